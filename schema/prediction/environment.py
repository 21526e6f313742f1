"""Environment variables of predictors."""

from __future__ import annotations

import strawberry

from gateway.upstreams.prediction import records


@strawberry.type(description="An environment variable of predictors. Its value can never be read back.")
class EnvironmentVariable:
    name: str = strawberry.field(description="Variable name.")


@strawberry.input(description="A variable of the predictor to create.")
class EnvironmentVariableInput:
    name: str = strawberry.field(description="Variable name.")
    value: str = strawberry.field(description="Variable value.")

    def form(self) -> records.VariableForm:
        return records.VariableForm(self.name, self.value)


@strawberry.input(description="A variable for the predictors that are created from now on.")
class CreateEnvironmentVariableInput(EnvironmentVariableInput):
    organization: str | None = strawberry.field(
        default=None, description="Organization whose variable it is; the current user's when null."
    )


@strawberry.input(description="Which variable to delete.")
class DeleteEnvironmentVariableInput:
    name: str = strawberry.field(description="Variable name.")
    organization: str | None = strawberry.field(
        default=None, description="Organization whose variable it is; the current user's when null."
    )
