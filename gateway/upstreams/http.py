"""The HTTP layer under the four clients: one session, deadlines, size limits, paths, records.

An ``Upstream`` lives as long as the gateway. A ``Principal`` bound to it makes an ``Api``, which the clients use: it
puts the credential on, sends, and turns the answer into a record or into one of ``gateway.errors``.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict, TypeVar, Unpack
from urllib.parse import quote

import aiohttp
import msgspec
from yarl import URL

from gateway.auth.outbound import Nothing, Outbound
from gateway.auth.principal import ANONYMOUS, Principal
from gateway.bodies import read_at_most
from gateway.errors import BadInput, GatewayError, NotFound, UpstreamInvalid, UpstreamUnavailable
from gateway.settings import UpstreamSettings
from gateway.upstreams.failures import Explain, failures_of, refusal_of
from gateway.upstreams.retry_after import retry_after_s
from gateway.upstreams.streams import Stream

T = TypeVar("T")

JSON_HEADERS = {"Content-Type": "application/json"}

Verify = Callable[[], Awaitable[None]]
"""Raises ``Unauthenticated`` unless the caller is known."""

Pace = Callable[[], contextlib.AbstractAsyncContextManager[None]]
"""Entered when a request may be sent, left when it is answered."""


class Options(TypedDict, total=False):
    """What a request may have beside its method and path."""

    query: Mapping[str, str] | None
    body: Any
    """Sent as JSON; None for no body."""
    headers: Mapping[str, str] | None
    url: str | None
    """Replaces the upstream's address."""
    key: str | None
    """Sent in place of the upstream's credential; None for none."""


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
    """``body`` as JSON. Raises ``BadInput`` for what JSON has no form for, such as half a surrogate pair."""
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
        self.stream_timeout = aiohttp.ClientTimeout(
            total=settings.max_stream_s,
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
        pace: Pace = contextlib.nullcontext,
    ) -> None:
        """``verify`` is awaited before a secret of the gateway's own is used; ``outbound`` replaces the upstream's."""
        self._upstream = upstream
        self._principal = principal
        self._verify = verify
        self._outbound = outbound or upstream.outbound
        self._pace = pace

    def paced(self, pace: Pace) -> Api:
        """The same, where each exchange happens inside a context of ``pace``."""
        return Api(self._upstream, self._principal, verify=self._verify, outbound=self._outbound, pace=pace)

    @property
    def max_response_bytes(self) -> int:
        """The largest answer, and the largest piece of a stream."""
        return self._upstream.settings.max_response_bytes

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

    async def send(self, method: str, path: str, **options: Unpack[Options]) -> Answer:
        """As ``exchange``; raises the error of ``gateway.errors`` for an answer that is not 2xx."""
        return self.accepted(await self.exchange(method, path, **options))

    async def exchange(self, method: str, path: str, **options: Unpack[Options]) -> Answer:
        """One request and its answer, whatever its status. ``path`` is encoded already (see ``segment``)."""
        with failures_of(self._upstream.service):
            secret = await self._secret(options)
            answer = await self._once(method, path, secret, options)
            if answer.status == 401 and secret is not None and self._outbound.outdated(secret):
                # Nothing happened at the upstream yet, so that this is safe for every method.
                answer = await self._once(method, path, await self._secret(options), options)
            return answer

    @contextlib.asynccontextmanager
    async def stream(self, method: str, path: str, **options: Unpack[Options]) -> AsyncIterator[Stream]:
        """As ``send``, with the 2xx answer's body as it arrives; leaving the context closes the upstream's socket.

        The head of the answer, or a refusal, must come within ``total_timeout_s``; then every chunk within
        ``read_timeout_s`` of the one before, all of them within ``max_stream_s`` and ``max_stream_bytes``. What fails
        after the first chunks is raised after them.
        """
        upstream = self._upstream
        with contextlib.ExitStack() as cleanup:
            with failures_of(upstream.service):
                async with asyncio.timeout(upstream.settings.total_timeout_s):
                    secret = await self._secret(options)
                    response = await self._request(method, path, secret, options, upstream.stream_timeout)
                    cleanup.callback(response.close)
                    if not 200 <= response.status < 300:
                        raise self._refusal(await self._answer(response, secret))
            yield Stream(response, upstream.service, upstream.settings.max_stream_bytes)

    async def _once(self, method: str, path: str, secret: str | None, options: Options) -> Answer:
        async with self._pace():
            response = await self._request(method, path, secret, options, self._upstream.timeout)
            async with response:
                return await self._answer(response, secret)

    async def _request(
        self, method: str, path: str, secret: str | None, options: Options, deadlines: aiohttp.ClientTimeout
    ) -> aiohttp.ClientResponse:
        upstream = self._upstream
        base, body = options.get("url") or upstream.settings.url, options.get("body")
        sent = dict(options.get("headers") or {})
        content = None
        if body is not None:
            # A file, since aiohttp writes bytes in one piece, however many.
            content = io.BytesIO(encoded(body))
            sent.update(JSON_HEADERS)
        if secret is not None:
            sent.update(upstream.credential_header(secret))
        return await upstream.session.request(
            method,
            URL(base + path, encoded=True).update_query(options.get("query") or {}),
            data=content,
            headers=sent,
            timeout=deadlines,
            allow_redirects=False,
            # Without a body there is no media type to tell; aiohttp would call it application/octet-stream.
            skip_auto_headers=("Content-Type",),
        )

    async def _answer(self, response: aiohttp.ClientResponse, secret: str | None) -> Answer:
        content = await read_at_most(response, self._upstream.settings.max_response_bytes)
        if response.status >= 400 and secret and secret.encode() in content:
            content = b""  # a vendor that repeats what it was sent is not relayed
        return Answer(response.status, response.headers, content)

    @property
    def account(self) -> str | None:
        """Whose limits at the upstream this caller's requests count for; None without a credential."""
        return self._outbound.account(self._principal)

    def accepted(self, answer: Answer) -> Answer:
        """The answer, if it is 2xx; else raises the error of ``gateway.errors``."""
        if not 200 <= answer.status < 300:
            raise self._refusal(answer)
        return answer

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

    async def _secret(self, options: Options) -> str | None:
        if "key" in options:
            return options["key"]
        if self._outbound.owned and self._verify is not None:
            await self._verify()
        return await self._outbound.secret(self._principal)

    def _refusal(self, answer: Answer) -> GatewayError:
        error = refusal_of(answer.status, answer.body, self._upstream.explain)
        error.service = self._upstream.service
        error.retry_after_s = retry_after_s(answer.headers)
        return error


def new_session() -> aiohttp.ClientSession:
    """The one session of the gateway: no cookies (they would travel between callers), no proxy from the environment."""
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        connector=aiohttp.TCPConnector(limit=0, limit_per_host=0, keepalive_timeout=15),
        trust_env=False,
        skip_auto_headers=("User-Agent",),
        headers={"Accept": "application/json"},
    )
