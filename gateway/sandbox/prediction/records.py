"""What the stand-in knows: profiles, predictors and environment variables, and who may see or change them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from gateway.sandbox.prediction.callers import Caller
from gateway.sandbox.prediction.errors import ApiError
from gateway.sandbox.prediction.inputs import CreatePredictorInput
from gateway.sandbox.prediction.signatures import SIGNATURES
from gateway.sandbox.store import Document, Store

PROVISIONING_S = 1.0
NEW_PREDICTOR_FUNCTION = "echo"


class Records:
    """Documents by username (profiles), tag (predictors) and ``owner/name`` (variables, whose values are not kept)."""

    def __init__(self, store: Store) -> None:
        self.profiles = store.collection("profiles")
        self.predictors = store.collection("predictors")
        self.variables = store.collection("variables")

    def profile(self, username: str) -> Document:
        """A user or an organization. Raises 404."""
        if username not in self.profiles:
            raise ApiError(404, f"There is no user {username!r}")
        return self.profiles[username]

    def predictor(self, tag: str, caller: Caller) -> Document:
        """A predictor that the caller may see. Raises 404, for a private one of somebody else too."""
        predictor = self.predictors.get(tag)
        if predictor is None or not caller.sees(predictor):
            raise ApiError(404, f"There is no predictor {tag}")
        return _provisioned(predictor)

    def visible_predictors(self, caller: Caller) -> list[Document]:
        return [_provisioned(row) for row in self.predictors.documents() if caller.sees(row)]

    def create_predictor(self, wanted: CreatePredictorInput, caller: Caller) -> Document:
        """A new predictor, which provisions for ``PROVISIONING_S``. Raises 401, 403 or 409."""
        owner = self._owner(wanted.tag, caller)
        if wanted.tag in self.predictors:
            if not wanted.overwrite:
                raise ApiError(409, f"There is a predictor {wanted.tag} already")
            self.delete_predictor(wanted.tag, caller)
        predictor = new_predictor(
            wanted.tag,
            owner,
            NEW_PREDICTOR_FUNCTION,
            type=wanted.type or "CLOUD",
            access=wanted.access or "PRIVATE",
            acceleration=None if wanted.type == "EDGE" else wanted.acceleration or "CPU",
            description=wanted.description,
            media=wanted.media,
            license=wanted.license,
            status="PROVISIONING",
            activeAt=time.time() + PROVISIONING_S,
        )
        self.predictors[wanted.tag] = predictor
        return predictor

    def archive_predictor(self, tag: str, caller: Caller) -> Document:
        """The predictor, archived. Raises 401, 403 or 404."""
        predictor = {**self._owned_predictor(tag, caller), "status": "ARCHIVED"}
        self.predictors[tag] = predictor
        return predictor

    def delete_predictor(self, tag: str, caller: Caller) -> None:
        """Raises 401, 403 or 404, and 400 for a public predictor that has been used."""
        predictor = self._owned_predictor(tag, caller)
        if predictor["access"] == "PUBLIC" and predictor["predictions"] > 0:
            raise ApiError(400, f"{tag} is public and has been used: it can be archived, but not deleted")
        del self.predictors[tag]

    def count_prediction(self, tag: str, caller: Caller) -> None:
        predictor = self.predictors[tag]
        predictor["predictions"] += 1
        if caller.username is not None and caller.username not in predictor["users"]:
            predictor["users"].append(caller.username)
        self.predictors[tag] = predictor

    def acting_for(self, organization: str | None, caller: Caller) -> str:
        """The username whose things are meant: the caller's, or its organization's. Raises 401, 403 or 404."""
        username = caller.signed_in()
        if organization is None:
            return username
        self.profile(organization)
        if organization not in caller.owned:
            raise ApiError(403, f"{organization} is not yours")
        return organization

    def _owner(self, tag: str, caller: Caller) -> str:
        caller.signed_in()
        owner = tag[1:].partition("/")[0]
        if owner not in caller.owned:
            raise ApiError(
                403, f"{tag} is not a tag of yours: its first part must be your username or an organization's"
            )
        return owner

    def _owned_predictor(self, tag: str, caller: Caller) -> Document:
        caller.signed_in()
        predictor = self.predictor(tag, caller)
        self._owner(tag, caller)
        return predictor


def new_predictor(tag: str, owner: str, function: str, **members: object) -> Document:
    """The document of a predictor: ACTIVE, PUBLIC and CLOUD with its function's signature unless ``members`` differ.

    ``activeAt`` is the time (seconds since 1970) at which a PROVISIONING one becomes ACTIVE, null for never; ``users``
    are the usernames of those who have used it.
    """
    document: Document = {
        "tag": tag,
        "owner": owner,
        "name": tag.partition("/")[2],
        "function": function,
        "type": "CLOUD",
        "status": "ACTIVE",
        "access": "PUBLIC",
        "predictions": 0,
        "created": timestamp(),
        "description": None,
        "card": None,
        "media": None,
        "acceleration": "CPU",
        "signature": SIGNATURES[function],
        "error": None,
        "license": None,
        "activeAt": None,
        "users": [],
        **members,
    }
    if document["status"] in ("PROVISIONING", "INVALID"):
        document["signature"] = None
    return document


def timestamp() -> str:
    """Now, as the API writes times."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _provisioned(predictor: Document) -> Document:
    active_at = predictor["activeAt"]
    if predictor["status"] != "PROVISIONING" or active_at is None or time.time() < active_at:
        return predictor
    return {**predictor, "status": "ACTIVE", "signature": SIGNATURES[predictor["function"]]}
