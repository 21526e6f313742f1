"""The valves: settings of a function, one set for the function and one for each user."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from gateway.sandbox.function_admin.functions import NOT_FOUND, Functions
from gateway.sandbox.function_admin.users import User
from gateway.sandbox.function_admin.wire import ApiError
from gateway.sandbox.store import Store

USER_VALVES = "user_valves"


class FunctionValves:
    """Only what was set is stored and answered: never a default."""

    def __init__(self, store: Store, functions: Functions) -> None:
        self._functions = functions
        self._user_valves = store.collection(USER_VALVES)

    def get(self, function_id: str) -> dict[str, Any]:
        valves: dict[str, Any] = self._functions.get(function_id)["valves"]
        return valves

    def spec(self, function_id: str) -> dict[str, Any] | None:
        valves = self._functions.module(self._functions.get(function_id)).valves
        return valves.spec() if valves else None

    def update(self, function_id: str, values: dict[str, Any]) -> dict[str, Any]:
        row = self._functions.get(function_id)
        valves = self._functions.module(row).valves
        if valves is None:
            raise ApiError(401, NOT_FOUND)
        try:
            accepted = valves.accepted(values)
        except ValidationError as error:
            raise ApiError(400, "[ERROR: Error updating function valves]") from error
        self._functions.put(row | {"valves": accepted})
        return accepted

    def get_of_user(self, function_id: str, user: User) -> dict[str, Any]:
        self._functions.get(function_id)
        return self._user_valves.get(user_key(function_id, user.id), {})

    def spec_of_user(self, function_id: str) -> dict[str, Any] | None:
        """Null for a function that is switched off, too."""
        row = self._functions.get(function_id)
        valves = self._functions.module(row).user_valves if row["is_active"] else None
        return valves.spec() if valves else None

    def update_of_user(self, function_id: str, values: dict[str, Any], user: User) -> dict[str, Any]:
        row = self._functions.get(function_id)
        if not row["is_active"]:
            raise ApiError(400, "Function is not active")
        valves = self._functions.module(row).user_valves
        if valves is None:
            raise ApiError(401, NOT_FOUND)
        try:
            accepted = valves.accepted(values)
        except ValidationError as error:
            raise ApiError(400, "[ERROR: Error updating function user valves]") from error
        self._user_valves[user_key(function_id, user.id)] = accepted
        return accepted


def user_key(function_id: str, user_id: str) -> str:
    return f"{user_id} {function_id}"
