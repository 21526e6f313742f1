"""An upstream for the life of the gateway, and the one session that all of them share.

A ``Principal`` bound to an ``Upstream`` makes an ``Api`` (``gateway.upstreams.api``), which the clients use.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
from yarl import URL

from gateway.auth.outbound import Outbound
from gateway.errors import GatewayError, UpstreamUnavailable
from gateway.observability import Telemetry
from gateway.settings import UpstreamSettings
from gateway.upstreams.failures import Explain, failures_of
from gateway.upstreams.requests import NO_CREDENTIAL, Call
from gateway.upstreams.resilience.breaker import BreakerState
from gateway.upstreams.resilience.connections import Connector
from gateway.upstreams.resilience.deadlines import Deadline
from gateway.upstreams.resilience.peers import Peers
from gateway.upstreams.resilience.retries import PASSING
from gateway.upstreams.resilience.traffic import Traffic
from gateway.upstreams.sending import Sender


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether an upstream answers at all: ``status`` is what it said, ``code`` why there is no answer."""

    reachable: bool
    duration_s: float
    status: int | None = None
    code: str | None = None


class Upstream:
    """One upstream. ``credential_header`` says how the vendor wants the secret, ``passing`` which statuses pass."""

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
        passing: frozenset[int] = PASSING,
        telemetry: Telemetry | None = None,
    ) -> None:
        self.service = service
        self.settings = settings
        self.outbound = outbound
        self.credential_header = credential_header
        self.explain = explain
        self.peers = Peers(service, settings)
        self.sender = Sender(service, settings, session, passing, telemetry)
        self._probe_url = URL(settings.url + probe_path, encoded=True)

    @property
    def breaker(self) -> BreakerState:
        """Whether requests to the upstream's own address are sent at the moment."""
        return self.peers.own.breaker.state

    @property
    def traffic(self) -> Traffic:
        """What it was asked in the last minutes."""
        return self.peers.traffic

    async def reach(self) -> Reach:
        """Ask once without a credential, whatever the breaker says. Any answer below 500 shows that it is there."""
        started_s = time.perf_counter()
        call = Call(
            method="GET",
            url=self._probe_url,
            headers={},
            content=None,
            credential=NO_CREDENTIAL,
            repeatable=True,
            try_s=self.settings.try_timeout_s,
            deadline=Deadline(self.settings.total_timeout_s, math.inf),
            peer=self.peers.own,
            pace=None,
        )
        try:
            with failures_of(self.service):
                answer = await self.sender.probe(call)
        except GatewayError as error:
            return Reach(False, time.perf_counter() - started_s, code=error.code)
        code = UpstreamUnavailable.code if answer.status >= 500 else None
        return Reach(code is None, time.perf_counter() - started_s, answer.status, code)


def new_session() -> aiohttp.ClientSession:
    """The one session of the gateway: no cookies (they would travel between callers), no proxy from the environment."""
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        connector=Connector(),
        trust_env=False,
        skip_auto_headers=("User-Agent",),
        headers={"Accept": "application/json"},
    )
