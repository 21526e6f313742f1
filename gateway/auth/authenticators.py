"""The chain of authenticators: who a presented credential belongs to.

Each is pluggable by the entry-point group ``fngraph.authenticators``: a function from the settings and
the gateway's HTTP session to an ``Authenticator``. The operator names the order in ``auth.order``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from importlib.metadata import entry_points
from typing import Protocol

import aiohttp

from gateway.auth.authorization_url import AuthorizationUrls
from gateway.auth.inbound import Caller
from gateway.auth.principal import ANONYMOUS, Principal
from gateway.auth.revoked import Revoked
from gateway.errors import Unauthenticated
from gateway.parts import Parts
from gateway.settings import Settings, SettingsError
from gateway.settled import settled

GROUP = "fngraph.authenticators"
BUILT_IN = frozenset({"authorization_url", "jwt", "keys", "upstream"})


Authenticate = Callable[[Caller], Principal | Awaitable[Principal | None] | None]


class Authenticator(Protocol):
    """Says who a credential belongs to. None: not mine, ask the next. Raises ``Unauthenticated``: mine, and refused.

    ``authenticate`` may be ``async``, or a plain function where it has nothing to wait for. It has
    ``limits.operation_timeout_s``, and nobody looks meanwhile whether the client is still there.
    """

    def authenticate(self, caller: Caller) -> Principal | Awaitable[Principal | None] | None: ...


class UpstreamKeys:
    """Any other access key: the prediction upstream knows whose it is, and is asked when that matters."""

    def __init__(self, *_: object) -> None:
        """Needs nothing: what there is to find out about a key, ``gateway.upstreams.identity`` keeps."""

    def authenticate(self, caller: Caller) -> Principal | None:
        if caller.access_key is None:
            return None
        key = caller.access_key
        known_as = caller.fingerprint
        return Principal(f"upstream:{known_as}", None, key, unknown_key=key, secret_fingerprint=known_as)


class Chain:
    """The authenticators by name, in their order. ``revoked`` are keys that none of them is asked about."""

    def __init__(self, authenticators: Mapping[str, Authenticator], revoked: Revoked | None = None) -> None:
        self._names = list(authenticators)
        self._authenticate = [each.authenticate for each in authenticators.values()]
        self._revoked = revoked
        found = authenticators.get("authorization_url")
        self.authorization_urls = found if isinstance(found, AuthorizationUrls) else None

    def authenticate(self, caller: Caller) -> Principal | Awaitable[Principal]:
        """The caller's principal; ``ANONYMOUS`` without a credential. At once, where nobody has anything to wait for.

        Raises ``Unauthenticated``.
        """
        if caller.access_key is None:
            return ANONYMOUS
        if self._revoked and caller.fingerprint in self._revoked:
            raise Unauthenticated("The credential is not accepted.")
        return self._ask(iter(self._authenticate), caller)

    def _ask(self, authenticators: Iterator[Authenticate], caller: Caller) -> Principal | Awaitable[Principal]:
        for authenticate in authenticators:
            found = authenticate(caller)
            if isinstance(found, Principal):
                return found
            if found is not None:
                return self._wait(found, authenticators, caller)
        if self.authorization_urls is not None:
            return Principal("unknown", frozenset(), unknown_key=caller.access_key)
        raise Unauthenticated("The credential is not accepted.")

    async def _wait(
        self, asked: Awaitable[Principal | None], others: Iterator[Authenticate], caller: Caller
    ) -> Principal:
        found = await asked
        return await settled(self._ask(others, caller)) if found is None else found

    def before(self, first: str, second: str) -> bool:
        """Whether ``first`` is in the chain, before ``second``."""
        names = self._names
        return first in names and names.index(first) < names.index(second)


def check_order(settings: Settings) -> None:
    """Raises ``SettingsError`` for a name in ``auth.order`` that no installed package provides, or that comes twice."""
    order, known = settings.auth.order, {point.name for point in entry_points(group=GROUP)}
    problems = [f"auth.order: no authenticator is called {name!r}" for name in order if name not in known]
    if len(set(order)) < len(order):
        problems.append("auth.order: an authenticator is named twice")
    if problems:
        raise SettingsError(problems)


def chain(settings: Settings, session: aiohttp.ClientSession, revoked: Revoked | None = None) -> Chain:
    """The chain that ``auth.order`` names; ``session`` lives as long as the gateway."""
    known = {point.name: point for point in entry_points(group=GROUP)}
    return Chain({name: known[name].load()(settings, session) for name in settings.auth.order}, revoked)


def kept_chain(settings: Settings, session: aiohttp.ClientSession, parts: Parts, revoked: Revoked | None) -> Chain:
    """That of before, with the keys that it has fetched; authenticators of others may read any of the settings."""
    own = BUILT_IN.issuperset(settings.auth.order)
    return parts.get("chain", settings.auth if own else settings, lambda: chain(settings, session, revoked))
