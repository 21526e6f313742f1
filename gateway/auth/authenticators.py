"""The chain of authenticators: who a presented credential belongs to.

Each is pluggable by the entry-point group ``fngraph.authenticators``: a function from the settings and
the gateway's HTTP session to an ``Authenticator``. The operator names the order in ``auth.order``.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import Protocol

import aiohttp

from gateway.auth.inbound import Caller
from gateway.auth.principal import ANONYMOUS, Principal, fingerprint
from gateway.errors import Unauthenticated
from gateway.settings import Settings, SettingsError

GROUP = "fngraph.authenticators"


class Authenticator(Protocol):
    """Says who a credential belongs to. None: not mine, ask the next. Raises ``Unauthenticated``: mine, and refused."""

    async def authenticate(self, caller: Caller) -> Principal | None: ...


class Keys:
    """The gateway's own access keys, by their hash."""

    def __init__(self, settings: Settings, _: aiohttp.ClientSession) -> None:
        self._keys = settings.auth.keys

    async def authenticate(self, caller: Caller) -> Principal | None:
        if caller.access_key is None:
            return None
        digest = fingerprint(caller.access_key)
        # All are compared, each in constant time, so that time tells nothing.
        found = [key for key in self._keys if hmac.compare_digest(key.sha256, digest)]
        if not found:
            return None
        return Principal(f"key:{found[0].id}", found[0].roles, caller.access_key if found[0].forward else None)


class UpstreamKeys:
    """Any other access key: the prediction upstream knows whose it is, and is asked when that matters."""

    def __init__(self, *_: object) -> None:
        """Needs nothing: what there is to find out about a key, ``gateway.upstreams.identity`` keeps."""

    async def authenticate(self, caller: Caller) -> Principal | None:
        if caller.access_key is None:
            return None
        return Principal(f"upstream:{fingerprint(caller.access_key)[:12]}", None, caller.access_key)


class Chain:
    """The authenticators in their order."""

    def __init__(self, authenticators: Sequence[Authenticator]) -> None:
        self._authenticators = authenticators

    async def authenticate(self, caller: Caller) -> Principal:
        """The caller's principal; ``ANONYMOUS`` without a credential. Raises ``Unauthenticated``."""
        if caller.anonymous:
            return ANONYMOUS
        for authenticator in self._authenticators:
            principal = await authenticator.authenticate(caller)
            if principal is not None:
                return principal
        raise Unauthenticated("The credential is not accepted.")


def check_order(settings: Settings) -> None:
    """Raises ``SettingsError`` for a name in ``auth.order`` that no installed package provides, or that comes twice."""
    order, known = settings.auth.order, {point.name for point in entry_points(group=GROUP)}
    problems = [f"auth.order: no authenticator is called {name!r}" for name in order if name not in known]
    if len(set(order)) < len(order):
        problems.append("auth.order: an authenticator is named twice")
    if problems:
        raise SettingsError(problems)


def chain(settings: Settings, session: aiohttp.ClientSession) -> Chain:
    """The chain that ``auth.order`` names; ``session`` lives as long as the gateway."""
    known = {point.name: point for point in entry_points(group=GROUP)}
    return Chain([known[name].load()(settings, session) for name in settings.auth.order])
