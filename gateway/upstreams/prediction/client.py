"""What the gateway asks of the prediction upstream, and what its two dialects have in common."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Protocol

import msgspec

from gateway.settings import PredictionSettings
from gateway.upstreams.answer import Answer
from gateway.upstreams.prediction.records import (
    EnvironmentVariable,
    Prediction,
    Predictor,
    PredictorForm,
    PredictorStatus,
    Profile,
    ProfileForm,
    UploadForm,
    Value,
    VariableForm,
)
from gateway.upstreams.requests import segment


class PredictionClient(Protocol):
    """All operations of the graph. A look-up that finds nothing is None; everything else raises ``gateway.errors``.

    What a dialect has no request for raises ``BadInput`` with a text that says so, and sends nothing.
    """

    async def current_user(self) -> Profile:
        """The caller. Raises ``Unauthenticated`` for an anonymous one."""

    async def user(self, username: str) -> Profile | None:
        """A user or an organization by name."""

    async def predictor(self, tag: str) -> Predictor | None:
        """A predictor by tag, ``@owner/name``."""

    async def predictors(self, query: str | None, offset: int, count: int) -> list[Predictor]:
        """Active predictors that fit the search text."""

    async def user_predictors(
        self, username: str | None, status: PredictorStatus, offset: int, count: int
    ) -> list[Predictor]:
        """Predictors of a user; of the caller when ``username`` is None."""

    async def create_prediction(
        self,
        tag: str,
        inputs: Mapping[str, Value],
        *,
        client: str,
        data_url_limit: int | None,
        configuration: str | None,
    ) -> Prediction:
        """Run a predictor (CLOUD), or get what a device needs to run it (EDGE).

        Outputs of fewer than ``data_url_limit`` bytes come as data URLs.
        """

    def stream_prediction(
        self,
        tag: str,
        inputs: Mapping[str, Value],
        *,
        client: str,
        data_url_limit: int | None,
        configuration: str | None,
    ) -> AsyncGenerator[Prediction, None]:
        """As ``create_prediction``, each state of the prediction as it comes. Close it to end the request."""

    async def update_user(self, form: ProfileForm) -> Profile:
        """Change the caller's profile."""

    async def create_predictor(self, form: PredictorForm) -> Predictor:
        """Create a predictor, which starts PROVISIONING. Raises ``Conflict`` for a tag that is taken."""

    async def archive_predictor(self, tag: str) -> Predictor | None:
        """Archive a predictor. Raises ``NotFound``."""

    async def delete_predictor(self, tag: str) -> bool:
        """Delete a predictor. Raises ``NotFound``."""

    async def environment_variables(self, username: str) -> list[EnvironmentVariable]:
        """Names of the variables of the caller, or of an organization of the caller's."""

    async def create_environment_variable(self, form: VariableForm, organization: str | None) -> EnvironmentVariable:
        """Set a variable for predictors that are created from now on."""

    async def delete_environment_variable(self, name: str, organization: str | None) -> bool:
        """Delete a variable. Raises ``NotFound``."""

    async def create_upload_url(self, form: UploadForm) -> str:
        """A URL of the upstream's to PUT a file to, without a credential, which then stands for the file."""


def tag_path(tag: str) -> str:
    """A tag in a path: two segments, ``@owner/name``."""
    return "/".join(segment(part) for part in tag.split("/", 1))


def confirmed(answer: Answer) -> bool:
    """Whether a deletion was done: the graph's Boolean, where the body holds one; else the status 2xx says it."""
    return answer.body.strip() != b"false"


def credential_header(secret: str) -> dict[str, str]:
    """Source: docs.fxn.ai, "Authentication"."""
    return {"Authorization": f"Bearer {secret}"}


class _Message(msgspec.Struct):
    message: str


class _Refusal(msgspec.Struct):
    errors: list[_Message] = []
    error: str | None = None


def explain(status: int, body: bytes) -> str | None:
    """The vendor's text: ``{"errors": [{"message"}]}``, or ``{"error"}`` until 2024."""
    try:
        refusal = msgspec.json.decode(body, type=_Refusal)
    except msgspec.MsgspecError:
        return None
    return refusal.errors[0].message if refusal.errors else refusal.error


def probe_path(settings: PredictionSettings) -> str:
    """Where to see whether the upstream answers."""
    return "/user" if settings.api == "v0" else "/v1/users"
