"""Who calls: an administrator and a user, told apart by API key, and the ways in which a request may carry one.

The scheme of the ``Authorization`` header does not matter to Open WebUI; the ``token`` cookie comes next, then
``x-api-key``. Keys begin with ``sk-``; the stand-in hands out no session tokens, so anything else is a bad one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from aiohttp import web

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.function_admin.wire import ApiError

NOT_AUTHENTICATED = "Not authenticated"
BAD_TOKEN = "401 Unauthorized"  # noqa: S105
UNKNOWN_KEY = "Your session has expired or the token is invalid. Please sign in again."
FORBIDDEN = "You do not have permission to access this resource. Please contact your administrator for assistance."


@dataclass(frozen=True)
class User:
    id: str
    name: str
    role: str
    email: str

    @classmethod
    def called(cls, name: str, role: str) -> User:
        email = f"{name.lower()}@example.com"
        return cls(str(uuid5(NAMESPACE_DNS, email)), name, role, email)


YUSUF = User.called("Yusuf", "admin")
ADA = User.called("Ada", "user")


class Users:
    """The users by API key, and by id."""

    def __init__(self, accounts: Accounts) -> None:
        self._by_key = {accounts.yusuf_key: YUSUF, accounts.ada_key: ADA}
        self._by_id = {user.id: user for user in self._by_key.values()}

    def record(self, user_id: str | None) -> dict[str, Any] | None:
        """A user as shown beside a function; null for somebody who is gone."""
        user = self._by_id.get(user_id or "")
        return asdict(user) if user else None

    def name(self, user_id: str | None) -> dict[str, Any] | None:
        """A user as shown beside a version."""
        user = self._by_id.get(user_id or "")
        return {"name": user.name} if user else None

    def caller(self, request: web.Request) -> User:
        credential = _credential(request)
        if credential is None:
            raise ApiError(401, NOT_AUTHENTICATED)
        if not credential.startswith("sk-"):
            raise ApiError(401, BAD_TOKEN)
        user = self._by_key.get(credential)
        if user is None:
            raise ApiError(401, UNKNOWN_KEY)
        return user

    def admin(self, request: web.Request) -> User:
        user = self.caller(request)
        if user.role != "admin":
            raise ApiError(401, FORBIDDEN)
        return user


def _credential(request: web.Request) -> str | None:
    _, space, credential = request.headers.get("Authorization", "").partition(" ")
    if space:
        return credential
    return request.cookies.get("token") or request.headers.get("x-api-key")
