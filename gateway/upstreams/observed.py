"""Requests to one upstream, told to ``gateway.observability`` as they are sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from gateway.errors import GatewayError
from gateway.observability import Telemetry
from gateway.upstreams.answer import Head
from gateway.upstreams.failures import FOREIGN, failure_of, refusal_of
from gateway.upstreams.requests import Call

H = TypeVar("H", bound=Head)
H_co = TypeVar("H_co", bound=Head, covariant=True)

Attempt = Callable[[Call], Awaitable[H]]


class Sends(Protocol[H_co]):
    """What answers a call, as ``Retries`` do."""

    def answer(self, call: Call) -> Awaitable[H_co]: ...


class Observed(Generic[H]):
    """``sends``, with each request seen.

    Only what is sent gets here, not who shares its answer: so the trace's context that is put on is that of the first
    who asks, and comes after the key under which requests are shared.
    """

    def __init__(self, sends: Sends[H], telemetry: Telemetry, service: str) -> None:
        self._sends = sends
        self._seen = telemetry.exchanges
        self._service = service

    async def answer(self, call: Call) -> H:
        with self._seen.sent(self._service, call.method, call.headers) as exchange:
            try:
                head = await self._sends.answer(call)
            except Exception as error:
                exchange.code = _code_of(error, self._service)
                raise
            exchange.status = head.status
            exchange.code = None if head.status < 400 else refusal_of(head.status, b"", _unexplained).code
            return head


def observed(sends: Sends[H], telemetry: Telemetry | None, service: str) -> Sends[H]:
    return sends if telemetry is None else Observed(sends, telemetry, service)


def tried(attempt: Attempt[H], telemetry: Telemetry | None, service: str) -> Attempt[H]:
    """``attempt``, with each try seen."""
    if telemetry is None:
        return attempt
    seen = telemetry.exchanges

    def begin(call: Call) -> Awaitable[H]:
        seen.tried(service)
        return attempt(call)

    return begin


def _code_of(error: Exception, service: str) -> str:
    if isinstance(error, GatewayError):
        return error.code
    return failure_of(error, service).code if isinstance(error, FOREIGN) else "INTERNAL"


def _unexplained(status: int, body: bytes) -> None:
    return None
