"""The state of the layers for one address that requests go to."""

from __future__ import annotations

from cachetools import LRUCache

from gateway.settings import UpstreamSettings
from gateway.upstreams.resilience.breaker import Breaker, BreakerState
from gateway.upstreams.resilience.budget import RetryBudget
from gateway.upstreams.resilience.concurrency import Gate, Streams
from gateway.upstreams.resilience.connections import Target
from gateway.upstreams.resilience.traffic import Traffic

MAX_OTHERS = 256


class Peer:
    """An address: its breaker, its retry budget, its places.

    ``target`` is what the connection pool knows it by; ``traffic`` is that of all addresses of the upstream.
    """

    __slots__ = ("breaker", "budget", "gate", "streams", "target", "traffic")

    def __init__(self, service: str, settings: UpstreamSettings, traffic: Traffic) -> None:
        self.breaker = Breaker(service, settings)
        self.budget = RetryBudget(settings.retry_budget, settings.retry_floor)
        self.gate = Gate(settings.max_concurrent, settings.max_queued, settings.queue_timeout_s)
        self.streams = Streams(settings.max_streams)
        self.target: Target | None = None
        self.traffic = traffic


class Peers:
    """The upstream's own address, and others that its records name: one service that fails costs no other one.

    Of the others only the last 256 in use are kept.
    """

    def __init__(self, service: str, settings: UpstreamSettings) -> None:
        self._service = service
        self._settings = settings
        self.traffic = Traffic()
        self.own = Peer(service, settings, self.traffic)
        self._others: LRUCache[str, Peer] = LRUCache(MAX_OTHERS)

    @property
    def breakers_open(self) -> int:
        """Addresses that are left alone at the moment, or tried with one request."""
        return sum(peer.breaker.state is not BreakerState.CLOSED for peer in (self.own, *self._others.values()))

    def at(self, url: str | None) -> Peer:
        """The state for an address; None is the upstream's own."""
        if url is None:
            return self.own
        peer = self._others.get(url)
        if peer is None:
            peer = self._others[url] = Peer(self._service, self._settings, self.traffic)
        return peer
