"""An upstream as one caller sees it: puts the credential on, sends, and makes of the answer a record or an error."""

from __future__ import annotations

import contextlib
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from functools import lru_cache
from typing import Any, TypeVar, Unpack

import msgspec
from yarl import URL

from gateway.auth.outbound import Outbound
from gateway.auth.principal import Principal
from gateway.errors import GatewayError, NotFound, UpstreamInvalid
from gateway.upstreams.answer import Answer
from gateway.upstreams.failures import FOREIGN, failure_of, failures_of, refusal_of
from gateway.upstreams.http import Upstream
from gateway.upstreams.requests import (
    JSON_HEADERS,
    NO_CREDENTIAL,
    SAFE_METHODS,
    Call,
    Credential,
    Options,
    Pace,
    encoded,
)
from gateway.upstreams.resilience.allowance import Allowance
from gateway.upstreams.resilience.deadlines import Deadline, Within
from gateway.upstreams.retry_after import retry_after_s
from gateway.upstreams.streams import Stream

T = TypeVar("T")

Verify = Callable[[], Awaitable[None]]
"""Raises ``Unauthenticated`` unless the caller is known."""

MAX_KNOWN = 256


@lru_cache(MAX_KNOWN)
def _url(address: str, query: tuple[tuple[str, str], ...]) -> URL:
    url = URL(address, encoded=True)
    return url.update_query(query) if query else url


@lru_cache(MAX_KNOWN)
def _decoder(record: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(record)


@lru_cache(MAX_KNOWN)
def _is_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


class Api:
    """All methods raise the errors of ``gateway.errors``, with ``service`` set."""

    def __init__(
        self,
        upstream: Upstream,
        principal: Principal,
        *,
        verify: Verify | None = None,
        outbound: Outbound | None = None,
        pace: Pace | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        """``verify`` is awaited before a secret of the gateway's own is used; ``outbound`` replaces the upstream's."""
        self._upstream = upstream
        self._principal = principal
        self._verify = verify
        self._outbound = outbound or upstream.outbound
        self._pace = pace
        self._allowance = allowance or Allowance()
        self._credential = NO_CREDENTIAL

    def paced(self, pace: Pace) -> Api:
        """The same, where each request has its turn in a context of ``pace``, which no time-out counts."""
        return Api(
            self._upstream,
            self._principal,
            verify=self._verify,
            outbound=self._outbound,
            pace=pace,
            allowance=self._allowance,
        )

    @property
    def max_response_bytes(self) -> int:
        """The largest answer, and the largest piece of a stream."""
        return self._upstream.settings.max_response_bytes

    @property
    def account(self) -> str | None:
        """Whose limits at the upstream this caller's requests count for; None without a credential."""
        return self._outbound.account(self._principal)

    def get(self, path: str, record: type[T], query: Mapping[str, str] | None = None) -> Coroutine[Any, Any, T]:
        return self.json("GET", path, record, query=query)

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
        answer = await self.exchange(method, path, query=query, body=body)
        return self.decode(self.accepted(answer), record)

    async def send(self, method: str, path: str, **options: Unpack[Options]) -> Answer:
        """As ``exchange``; raises the error of ``gateway.errors`` for an answer that is not 2xx."""
        return self.accepted(await self.exchange(method, path, **options))

    async def exchange(self, method: str, path: str, **options: Unpack[Options]) -> Answer:
        """A request and its answer, whatever its status. ``path`` is encoded already (see ``segment``).

        It has ``total_timeout_s``, or what is left of the operation's time. A read may share the answer to an equal one
        that is under way; what is repeatable may be sent again. Raises ``BadInput`` when the operation has used up its
        requests.
        """
        self._allowance.take()
        upstream = self._upstream
        try:
            deadline = self._deadline(options)
            secret = await self._secret(options, deadline)
            answer = await self._sent(method, path, secret, options, deadline)
            if answer.status == 401 and secret is not None and self._outbound.outdated(secret):
                # Nothing happened at the upstream yet, so that this is safe for every method.
                secret = await self._secret(options, deadline)
                answer = await self._sent(method, path, secret, options, deadline)
            return answer
        except GatewayError as error:
            error.service = error.service or upstream.service
            raise
        except FOREIGN as error:
            raise failure_of(error, upstream.service) from error

    @contextlib.asynccontextmanager
    async def stream(self, method: str, path: str, **options: Unpack[Options]) -> AsyncIterator[Stream]:
        """As ``send``, with the 2xx answer's body as it arrives; leaving the context closes the upstream's socket.

        The head of the answer, or a refusal, must come within ``total_timeout_s``; then every chunk within
        ``read_timeout_s`` of the one before, all of them within ``max_stream_s`` and ``max_stream_bytes``. What fails
        after the first chunks is raised after them. Nothing is sent again once the head is there.
        """
        upstream = self._upstream
        self._allowance.take()
        async with contextlib.AsyncExitStack() as cleanup:
            with failures_of(upstream.service):
                deadline = self._deadline(options)
                secret = await self._secret(options, deadline)
                call = self._call(method, path, secret, options, deadline)
                head = await cleanup.enter_async_context(upstream.sender.stream(call))
                if isinstance(head, Answer):
                    raise self._refusal(head)
            yield Stream(head, upstream.service, upstream.settings.max_stream_bytes)

    def accepted(self, answer: Answer) -> Answer:
        """The answer, if it is 2xx; else raises the error of ``gateway.errors``."""
        if not 200 <= answer.status < 300:
            raise self._refusal(answer)
        return answer

    def decode(self, answer: Answer, record: type[T]) -> T:
        """The answer's JSON as a record; a missing key, a wrong type or another content type is ``UpstreamInvalid``."""
        if not _is_json(answer.headers.get("Content-Type", "")):
            raise UpstreamInvalid("The upstream's answer is not JSON.", service=self._upstream.service)
        try:
            decoded: T = _decoder(record).decode(answer.body)  # type: ignore[arg-type] # a type is hashable
            return decoded
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise UpstreamInvalid(
                "The upstream's answer does not have the documented shape.", service=self._upstream.service
            ) from error

    def _sent(
        self, method: str, path: str, secret: str | None, options: Options, deadline: Deadline
    ) -> Awaitable[Answer]:
        answering = self._upstream.sender.exchange(self._call(method, path, secret, options, deadline))
        recorder = self._allowance.recorder
        if recorder is None:
            return answering
        elsewhere = options.get("url") is not None
        return recorder.watched(answering, self._upstream.service, method, path, elsewhere=elsewhere)

    def _call(self, method: str, path: str, secret: str | None, options: Options, deadline: Deadline) -> Call:
        upstream = self._upstream
        settings = upstream.settings
        address, query, body = options.get("url"), options.get("query"), options.get("body")
        headers = dict(options.get("headers") or ())
        content = None
        if body is not None:
            content = encoded(body)
            headers.update(JSON_HEADERS)
        repeatable = options.get("repeatable", method in SAFE_METHODS)
        return Call(
            method,
            _url((address or settings.url) + path, tuple(query.items()) if query else ()),
            headers,
            content,
            self._credential_of(secret),
            repeatable,
            settings.try_timeout_s if repeatable else settings.total_timeout_s,
            deadline,
            upstream.peers.at(address),
            self._pace,
        )

    def _credential_of(self, secret: str | None) -> Credential:
        """The secret as the vendor wants it; made once, as most requests of a caller carry the same one."""
        if secret is None:
            return NO_CREDENTIAL
        if secret != self._credential.secret:
            self._credential = Credential(secret, self._upstream.credential_header(secret))
        return self._credential

    def _deadline(self, options: Options) -> Deadline:
        caller_ends_s = min(self._allowance.ends_s, options.get("ends_s", math.inf))
        return Deadline(self._upstream.settings.total_timeout_s, caller_ends_s)

    async def _secret(self, options: Options, deadline: Deadline) -> str | None:
        if "key" in options:
            return options["key"]
        if not self._outbound.owned:
            return await self._outbound.secret(self._principal)
        with Within(deadline.left_s(), self._upstream.sender.ticker):
            if self._verify is not None:
                await self._verify()
                self._verify = None
            return await self._outbound.secret(self._principal)

    def _refusal(self, answer: Answer) -> GatewayError:
        error = refusal_of(answer.status, answer.body, self._upstream.explain)
        error.service = self._upstream.service
        error.retry_after_s = retry_after_s(answer.headers)
        return error
