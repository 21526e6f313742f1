"""The chain of authenticators: who a presented credential belongs to.

Each is pluggable by the entry-point group ``fngraph.authenticators``: a function from the settings to an
``Authenticator``. The operator names the order in ``auth.order``.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import Protocol

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

    def __init__(self, settings: Settings) -> None:
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

    def __init__(self, settings: Settings) -> None:
        """Needs no settings: what it finds out is kept by ``gateway.upstreams.identity``."""

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


def chain(settings: Settings) -> Chain:
    """The chain that ``auth.order`` names. Raises ``SettingsError`` for a name that no installed package provides."""
    known = {point.name: point for point in entry_points(group=GROUP)}
    missing = [name for name in settings.auth.order if name not in known]
    if missing:
        raise SettingsError([f"auth.order: no authenticator is called {name!r}" for name in missing])
    return Chain([known[name].load()(settings) for name in settings.auth.order])
