"""Inputs about stored functions."""

from __future__ import annotations

import strawberry

from gateway.upstreams.function_admin.records import FunctionType
from resolvers.function_admin.valves import ValvesMode
from schema.common import described_enum
from schema.scalars import JSONObject

described_enum(
    FunctionType,
    "What a function is, by the class that its code defines.",
    {
        "PIPE": "A model of its own (`Pipe`).",
        "FILTER": "Changes what goes in or out (`Filter`).",
        "ACTION": "A button under a message (`Action`).",
        "EVENT": "Reacts to events (`Event`, from 0.11 on).",
        "UNKNOWN": "A type that the vendor does not document.",
    },
)
described_enum(
    ValvesMode,
    "What becomes of valves that a change does not name.",
    {"MERGE": "They stay.", "REPLACE": "They are taken away, so that their defaults count again."},
)


@strawberry.input(description="Which function.")
class FunctionInput:
    id: strawberry.ID = strawberry.field(description="Function id; look-ups are case-sensitive.")


@strawberry.input(description="A page of functions, newest change first.")
class FunctionsInput:
    query: str | None = strawberry.field(default=None, description="Text in the id or name; all when null.")
    type: FunctionType | None = strawberry.field(default=None, description="Only this type; all when null.")
    is_active: bool | None = strawberry.field(default=None, description="Only active or inactive; all when null.")
    offset: int | None = strawberry.field(default=None, description="Functions to pass over. Defaults to 0.")
    count: int | None = strawberry.field(default=None, description="Most functions to return. Defaults to 100.")


@strawberry.input(description="A function to store. It starts inactive and not global.")
class CreateFunctionInput:
    id: strawberry.ID = strawberry.field(description="A Python identifier; the server puts it in lower case.")
    name: str = strawberry.field(description="Display name.")
    content: str = strawberry.field(description="Python code that defines Pipe, Filter, Action or Event.")
    description: str | None = strawberry.field(default=None, description="What it does.")
    meta: JSONObject | None = strawberry.field(default=None, description="Further members of `meta` to keep.")
    commit_message: str | None = strawberry.field(default=None, description="Kept with the version; from 0.12 on.")


@strawberry.input(description="Changes of a function; what is null stays as it is.")
class UpdateFunctionInput:
    id: strawberry.ID = strawberry.field(description="Function id.")
    name: str | None = strawberry.field(default=None, description="New display name.")
    content: str | None = strawberry.field(default=None, description="New code.")
    description: str | None = strawberry.field(default=None, description="New description.")
    meta: JSONObject | None = strawberry.field(default=None, description="Members of `meta` to change.")
    commit_message: str | None = strawberry.field(default=None, description="Kept with the version; from 0.12 on.")


@strawberry.input(description="Which function to delete.")
class DeleteFunctionInput:
    id: strawberry.ID = strawberry.field(description="Function id.")


@strawberry.input(description="Which function to toggle.")
class ToggleFunctionInput:
    id: strawberry.ID = strawberry.field(description="Function id.")


@strawberry.input(description="Which function to toggle for all models.")
class ToggleFunctionGlobalInput:
    id: strawberry.ID = strawberry.field(description="Function id.")


@strawberry.input(description="Whether a function shall be active.")
class SetFunctionActiveInput:
    id: strawberry.ID = strawberry.field(description="Function id.")
    value: bool = strawberry.field(description="On or off.")


@strawberry.input(description="Whether a function shall apply to all models.")
class SetFunctionGlobalInput:
    id: strawberry.ID = strawberry.field(description="Function id.")
    value: bool = strawberry.field(description="On or off.")


@strawberry.input(description="How to show valves.")
class ValvesInput:
    reveal: bool = strawberry.field(
        default=False, description="Show passwords instead of `********`; administrators only."
    )


@strawberry.input(description="Valves to set.")
class UpdateFunctionValvesInput:
    id: strawberry.ID = strawberry.field(description="Function id.")
    values: JSONObject = strawberry.field(
        description="Values by name. Null takes one away; `********` leaves the stored value as it is."
    )
    mode: ValvesMode = strawberry.field(
        default=ValvesMode.MERGE, description="What becomes of valves that are not named. Defaults to MERGE."
    )


@strawberry.input(description="Valves of the caller's own to set.")
class UpdateUserValvesInput:
    id: strawberry.ID = strawberry.field(description="Function id.")
    values: JSONObject = strawberry.field(
        description="Values by name. Null takes one away; `********` leaves the stored value as it is."
    )
    mode: ValvesMode = strawberry.field(
        default=ValvesMode.MERGE, description="What becomes of valves that are not named. Defaults to MERGE."
    )


@strawberry.input(description="Code to read.")
class LoadFunctionInput:
    url: str = strawberry.field(description="A public http or https address, which the server reads.")


@strawberry.input(description="A function as it shall be. What is null stays; in a new function it is empty, or off.")
class SyncedFunctionInput:
    id: strawberry.ID = strawberry.field(description="Function id, a Python identifier.")
    name: str | None = strawberry.field(default=None, description="Display name; needed for a new function.")
    content: str | None = strawberry.field(default=None, description="Python code; needed for a new function.")
    meta: JSONObject | None = strawberry.field(default=None, description="Members of `meta` to change.")
    valves: JSONObject | None = strawberry.field(
        default=None, description="All valves; `********` leaves a stored value as it is."
    )
    is_active: bool | None = strawberry.field(default=None, description="Whether it is switched on.")
    is_global: bool | None = strawberry.field(default=None, description="Whether it applies to all models.")


@strawberry.input(description="All the functions that there shall be.")
class SyncFunctionsInput:
    functions: list[SyncedFunctionInput] = strawberry.field(description="The functions; every other one is deleted.")
    dry_run: bool = strawberry.field(default=False, description="Only say what would change. Defaults to false.")
    allow_delete: bool = strawberry.field(
        default=False, description="Whether functions may be deleted; else it is refused. Defaults to false."
    )


@strawberry.input(description="A page of versions, newest first.")
class FunctionHistoryInput:
    offset: int | None = strawberry.field(default=None, description="Versions to pass over. Defaults to 0.")
    count: int | None = strawberry.field(default=None, description="Most versions to return. Defaults to 20.")


@strawberry.input(description="Which version of which function.")
class FunctionVersionInput:
    function_id: strawberry.ID = strawberry.field(description="Function id.")
    id: strawberry.ID = strawberry.field(description="Version id.")


@strawberry.input(description="Which version of a function shall be current.")
class SetFunctionVersionInput:
    function_id: strawberry.ID = strawberry.field(description="Function id.")
    id: strawberry.ID = strawberry.field(description="Version id.")


@strawberry.input(description="Which version of a function to delete.")
class DeleteFunctionVersionInput:
    function_id: strawberry.ID = strawberry.field(description="Function id.")
    id: strawberry.ID = strawberry.field(description="Version id.")


@strawberry.input(description="Which two versions of which function.")
class FunctionDiffInput:
    function_id: strawberry.ID = strawberry.field(description="Function id.")
    from_id: strawberry.ID = strawberry.field(description="Version to compare from.")
    to_id: strawberry.ID = strawberry.field(description="Version to compare to.")
