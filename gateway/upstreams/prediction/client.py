"""What the gateway asks of the prediction upstream, and what its two dialects have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from gateway.settings import PredictionSettings
from gateway.upstreams.http import segment
from gateway.upstreams.prediction.records import Prediction, Predictor, PredictorStatus, Profile, Value

DEFAULT_COUNT = 25


class PredictionClient(Protocol):
    """Reading and predicting. A look-up that finds nothing is None; everything else raises ``gateway.errors``."""

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
        """Run a predictor (CLOUD), or get what a device needs to run it (EDGE)."""


def tag_path(tag: str) -> str:
    """A tag in a path: two segments, ``@owner/name``."""
    return "/".join(segment(part) for part in tag.split("/", 1))


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
