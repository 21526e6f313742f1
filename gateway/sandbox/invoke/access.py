"""Who may call, and how often: access tokens of client credentials, and the account's limits.

Source: www.nyckel.com/docs, "Authentication" and "API throttling": a token lasts an hour; an account has 25 requests a
second and 25 at once, above which the answer is 429. Asking for a token counts for neither.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl

from aiohttp import web

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.invoke.answers import ApiError, Handler

WINDOW_S = 1.0


class Throttle:
    """The limits of one account; raises ``ApiError`` 429 for a request above them, which is not counted."""

    def __init__(self, requests_per_second: int, concurrent: int) -> None:
        self._requests_per_second = requests_per_second
        self._concurrent = concurrent
        self._started_s: deque[float] = deque()
        self._in_progress = 0

    @contextmanager
    def admitted(self) -> Iterator[None]:
        now_s = time.monotonic()
        while self._started_s and now_s - self._started_s[0] >= WINDOW_S:
            self._started_s.popleft()
        if len(self._started_s) >= self._requests_per_second or self._in_progress >= self._concurrent:
            raise ApiError(429, "Throttled")
        self._started_s.append(now_s)
        self._in_progress += 1
        try:
            yield
        finally:
            self._in_progress -= 1


class Access:
    """Issues tokens and guards handlers. A request that ``is_open`` needs no token and has limits of its own."""

    def __init__(
        self,
        accounts: Accounts,
        token_lifetime_s: int,
        new_throttle: Callable[[], Throttle],
        is_open: Callable[[web.Request], bool],
    ) -> None:
        self._clients = {
            accounts.nyckel_client_id: accounts.nyckel_client_secret,
            "yusuf": accounts.yusuf_key,
        }
        self._token_lifetime_s = token_lifetime_s
        self._expires_s: dict[str, float] = {}
        self._account = new_throttle()
        self._everyone = new_throttle()
        self._is_open = is_open

    async def issue(self, request: web.Request) -> web.Response:
        """``POST /connect/token`` with a form."""
        form = dict(parse_qsl((await request.read()).decode("utf-8", "replace")))
        if form.get("grant_type") != "client_credentials":
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        expected = self._clients.get(form.get("client_id", ""))
        if expected is None or not _same(form.get("client_secret"), expected):
            return web.json_response({"error": "invalid_client"}, status=400)
        token = secrets.token_urlsafe(32)
        self._forget_expired()
        self._expires_s[token] = time.monotonic() + self._token_lifetime_s
        answer = {"access_token": token, "expires_in": self._token_lifetime_s, "token_type": "Bearer", "scope": "api"}
        return web.json_response(answer)

    def guarded(self, handler: Handler) -> Handler:
        """The handler for those who may call; what it raises as ``ApiError`` becomes the answer."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                with self._limits_for(request).admitted():
                    return await handler(request)
            except ApiError as error:
                return web.json_response(error.body, status=error.status)

        return guarded

    def _limits_for(self, request: web.Request) -> Throttle:
        authorization = request.headers.get("Authorization")
        if authorization is None and self._is_open(request):
            return self._everyone
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or self._expires_s.get(token, 0.0) <= time.monotonic():
            raise ApiError(401, "Unauthorized")
        return self._account

    def _forget_expired(self) -> None:
        now_s = time.monotonic()
        self._expires_s = {token: expires_s for token, expires_s in self._expires_s.items() if expires_s > now_s}


def _same(given: str | None, expected: str) -> bool:
    return hmac.compare_digest((given or "").encode(), expected.encode())
