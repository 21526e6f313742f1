"""The HTTP layer under the four clients: one session, deadlines, size limit, paths, records, and the error table.

An ``Upstream`` lives as long as the gateway. A ``Principal`` bound to it makes an ``Api``, which the clients use: it
puts the credential on, sends, and turns the answer into a record or into one of ``gateway.errors``.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec
from yarl import URL

from gateway.auth.outbound import Nothing, Outbound
from gateway.auth.principal import ANONYMOUS, Principal
from gateway.bodies import read_at_most
from gateway.errors import (
    BadInput,
    Conflict,
    Forbidden,
    GatewayError,
    NotFound,
    RateLimited,
    Unauthenticated,
    UpstreamInvalid,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.settings import UpstreamSettings

T = TypeVar("T")

MAX_MESSAGE_CHARS = 500
JSON_HEADERS = {"Content-Type": "application/json"}

# What goes wrong before there is an answer. The first row that fits counts; a test walks aiohttp's whole tree.
FAILURES: tuple[tuple[type[BaseException], type[GatewayError], str], ...] = (
    (TimeoutError, UpstreamTimeout, "The upstream did not answer in time."),
    (aiohttp.ClientPayloadError, UpstreamInvalid, "The upstream's answer broke off."),
    (aiohttp.ClientResponseError, UpstreamInvalid, "The upstream's answer is not valid HTTP."),
    (aiohttp.InvalidURL, BadInput, "The address is not valid."),
    (aiohttp.ClientError, UpstreamUnavailable, "The upstream cannot be reached."),
    (OSError, UpstreamUnavailable, "The upstream cannot be reached."),
    (msgspec.MsgspecError, UpstreamInvalid, "The upstream's answer does not have the documented shape."),
)

# What an HTTP status means when the vendor's client has no better word for it.
STATUSES: dict[int, tuple[type[GatewayError], str]] = {
    400: (BadInput, "The upstream refused the input."),
    401: (Unauthenticated, "The upstream did not accept the credential."),
    402: (Forbidden, "The upstream asks for payment."),
    403: (Forbidden, "The upstream does not allow this."),
    404: (NotFound, "Not found."),
    408: (UpstreamTimeout, "The upstream did not answer in time."),
    409: (Conflict, "The upstream reports a conflict."),
    413: (BadInput, "The input is too large for the upstream."),
    422: (BadInput, "The upstream refused the input."),
    429: (RateLimited, "The upstream's rate limit is reached."),
    504: (UpstreamTimeout, "The upstream did not answer in time."),
}

Verify = Callable[[], Awaitable[None]]
"""Raises ``Unauthenticated`` unless the caller is known."""

Explain = Callable[[int, bytes], "GatewayError | str | None"]
"""A vendor's own reading of a 4xx: the error, or just the text to relay, or None for the table's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, not decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def segment(value: str) -> str:
    """``value`` as one segment of a path, whatever it holds. Raises ``BadInput`` where it cannot be one.

    RFC 3986, section 3.3: a segment that is empty, ``.`` or ``..`` would change the path even when it is encoded.
    """
    if value in ("", ".", ".."):
        raise BadInput(f"{value!r} is not a valid id.")
    try:
        return quote(value, safe="@")
    except UnicodeEncodeError as error:
        raise BadInput("The id holds characters that are not valid Unicode.") from error


def encoded(body: Any) -> bytes:
    """``body`` as JSON. Raises ``BadInput`` for what JSON has no form for, such as an integer over 64 bits."""
    try:
        return msgspec.json.encode(body)
    except (OverflowError, RecursionError, TypeError, ValueError) as error:
        raise BadInput("The input holds a value that cannot be sent as JSON.") from error


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether an upstream answers at all: ``status`` is what it said, ``code`` why there is no answer."""

    reachable: bool
    duration_s: float
    status: int | None = None
    code: str | None = None


class Upstream:
    """One upstream for the life of the gateway. ``credential_header`` says how the vendor wants the secret."""

    def __init__(
        self,
        service: str,
        settings: UpstreamSettings,
        session: aiohttp.ClientSession,
        outbound: Outbound,
        *,
        credential_header: Callable[[str], dict[str, str]],
        explain: Explain,
        probe_path: str,
    ) -> None:
        self.service = service
        self.settings = settings
        self.session = session
        self.outbound = outbound
        self.credential_header = credential_header
        self.explain = explain
        self.probe_path = probe_path
        self.timeout = aiohttp.ClientTimeout(
            total=settings.total_timeout_s,
            sock_connect=settings.connect_timeout_s,
            sock_read=settings.read_timeout_s,
        )

    async def reach(self) -> Reach:
        """Ask for ``probe_path`` without a credential. Any answer below 500 shows that it is there."""
        started_s = time.perf_counter()
        try:
            answer = await Api(self, ANONYMOUS, outbound=Nothing()).exchange("GET", self.probe_path)
        except GatewayError as error:
            return Reach(False, time.perf_counter() - started_s, code=error.code)
        code = UpstreamUnavailable.code if answer.status >= 500 else None
        return Reach(code is None, time.perf_counter() - started_s, answer.status, code)


class Api:
    """An upstream as one caller sees it. All methods raise the errors of ``gateway.errors``, with ``service`` set."""

    def __init__(
        self,
        upstream: Upstream,
        principal: Principal,
        *,
        verify: Verify | None = None,
        outbound: Outbound | None = None,
    ) -> None:
        """``verify`` is awaited before a secret of the gateway's own is used; ``outbound`` replaces the upstream's."""
        self._upstream = upstream
        self._principal = principal
        self._verify = verify
        self._outbound = outbound or upstream.outbound

    async def get(self, path: str, record: type[T], query: Mapping[str, str] | None = None) -> T:
        return await self.json("GET", path, record, query=query)

    async def find(self, path: str, record: type[T], query: Mapping[str, str] | None = None) -> T | None:
        """As ``get``; None where the upstream has no such thing."""
        try:
            return await self.get(path, record, query)
        except NotFound:
            return None

    async def json(
        self, method: str, path: str, record: type[T], *, query: Mapping[str, str] | None = None, body: Any = None
    ) -> T:
        """Send ``body`` as JSON (none when it is None) and decode the JSON answer into ``record``."""
        answer = await self.send(method, path, query=query, body=body)
        return self.decode(answer, record)

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        url: str | None = None,
        credential: bool = True,
    ) -> Answer:
        """As ``exchange``; raises the error of ``gateway.errors`` for an answer that is not 2xx."""
        answer = await self.exchange(
            method, path, query=query, body=body, headers=headers, url=url, credential=credential
        )
        if not 200 <= answer.status < 300:
            raise self._refusal(answer)
        return answer

    async def exchange(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        url: str | None = None,
        credential: bool = True,
    ) -> Answer:
        """One request and its answer, whatever its status.

        ``path`` is encoded already (see ``segment``); ``url`` replaces the upstream's address; ``credential`` false
        leaves the upstream's own credential away.
        """
        upstream = self._upstream
        target = URL((url or upstream.settings.url) + path, encoded=True).update_query(query or {})
        sent = dict(headers or {})
        content_sent = None
        if body is not None:
            content_sent = encoded(body)
            sent.update(JSON_HEADERS)
        try:
            if credential:
                sent.update(await self._credential())
            async with upstream.session.request(
                method,
                target,
                data=content_sent,
                headers=sent,
                timeout=upstream.timeout,
                allow_redirects=False,
            ) as response:
                content = await read_at_most(response, upstream.settings.max_response_bytes)
        except GatewayError as error:
            error.service = error.service or upstream.service
            raise
        except tuple(row[0] for row in FAILURES) as error:
            raise failure_of(error, upstream.service) from error
        return Answer(response.status, response.headers, content)

    def decode(self, answer: Answer, record: type[T]) -> T:
        """The answer's JSON as a record; a missing key, a wrong type or another content type is ``UpstreamInvalid``."""
        content_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if content_type != "application/json" and not content_type.endswith("+json"):
            raise UpstreamInvalid("The upstream's answer is not JSON.", service=self._upstream.service)
        try:
            return msgspec.json.decode(answer.body, type=record)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise UpstreamInvalid(
                "The upstream's answer does not have the documented shape.", service=self._upstream.service
            ) from error

    async def _credential(self) -> dict[str, str]:
        if self._outbound.owned and self._verify is not None:
            await self._verify()
        secret = await self._outbound.secret(self._principal)
        return {} if secret is None else self._upstream.credential_header(secret)

    def _refusal(self, answer: Answer) -> GatewayError:
        error = refusal_of(answer.status, answer.body, self._upstream.explain)
        error.service = self._upstream.service
        retry_after = answer.headers.get("Retry-After")
        if retry_after is not None and retry_after.isdecimal():
            error.retry_after_s = float(retry_after)
        return error


def failure_of(error: BaseException, service: str) -> GatewayError:
    """The public error for an exchange that failed before there was a whole answer."""
    for foreign, ours, message in FAILURES:
        if isinstance(error, foreign):
            return ours(message, service=service)
    raise TypeError(f"no row for {type(error).__name__}") from error


def refusal_of(status: int, body: bytes, explain: Explain) -> GatewayError:
    """The public error for an answer that is not 2xx. Only the text of a 4xx may be relayed."""
    explained = explain(status, body) if 400 <= status < 500 else None
    if isinstance(explained, GatewayError):
        return explained
    if status in STATUSES:
        kind, message = STATUSES[status]
        return kind(explained[:MAX_MESSAGE_CHARS] if explained else message)
    if status >= 500:
        return UpstreamUnavailable("The upstream failed.")
    return UpstreamInvalid("The upstream answered with an unexpected status.")


def new_session() -> aiohttp.ClientSession:
    """The one session of the gateway: no cookies (they would travel between callers), no proxy from the environment."""
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        connector=aiohttp.TCPConnector(limit=0, limit_per_host=0, keepalive_timeout=15),
        trust_env=False,
        skip_auto_headers=("User-Agent",),
        headers={"Accept": "application/json"},
    )
