"""The JSON of profiles and predictors: in v0 the shape of the graph, in v1 what its clients know."""

from __future__ import annotations

from typing import Any

from gateway.sandbox.prediction.callers import Caller
from gateway.sandbox.prediction.records import Records
from gateway.sandbox.store import Document

PROFILE = ("username", "created", "name", "avatar", "bio", "website", "github")
PREDICTOR_V0 = (
    *("tag", "name", "type", "status", "access", "predictions", "created", "description"),
    *("card", "media", "acceleration", "signature", "error", "license"),
)
PREDICTOR_V1 = ("tag", "name", "status", "access", "signature", "created", "description", "card", "media", "license")


def profile_v0(profile: Document, caller: Caller) -> Document:
    """A user or an organization; only the user itself sees its ``email``."""
    return {"__typename": profile["type"], **profile_v1(profile, caller)}


def profile_v1(profile: Document, caller: Caller) -> Document:
    shown = {member: profile[member] for member in PROFILE}
    if profile["type"] == "User" and profile["username"] == caller.username:
        shown["email"] = profile["email"]
    return shown


def predictor_v0(predictor: Document, records: Records, caller: Caller) -> Document:
    owner = profile_v0(records.profile(predictor["owner"]), caller)
    return {**{member: predictor[member] for member in PREDICTOR_V0}, "owner": owner}


def predictor_v1(predictor: Document, records: Records, caller: Caller) -> Document:
    """``fxn`` 0.0.43 and later call PROVISIONING COMPILING, none of them takes a null signature, or knows defaults."""
    shown = {member: predictor[member] for member in PREDICTOR_V1}
    shown["owner"] = profile_v1(records.profile(predictor["owner"]), caller)
    shown["signature"] = _signature_v1(predictor["signature"] or {"inputs": [], "outputs": []})
    if shown["status"] == "PROVISIONING":
        shown["status"] = "COMPILING"
    return shown


def _signature_v1(signature: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {side: [_without_default(parameter) for parameter in signature[side]] for side in ("inputs", "outputs")}


def _without_default(parameter: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameter.items() if name != "defaultValue"}
