"""What one request carries from the front door to the resolvers."""

from __future__ import annotations

from functools import partial

from propcache.api import cached_property

from gateway.auth.authenticators import Chain
from gateway.auth.principal import Principal
from gateway.callers.accounts import Account
from gateway.errors import Unauthenticated
from gateway.loaders import Loaders
from gateway.roles import Role
from gateway.settings import Settings
from gateway.upstreams.clients import Clients, Upstreams
from gateway.upstreams.prediction.client import PredictionClient
from gateway.upstreams.resilience.allowance import Allowance


class Context:
    """One per operation. ``request_id`` is shown with errors and in the log.

    Its cost is charged to ``account``. ``allowance`` is what its clients may ask of the upstreams, all together:
    unlimited until it is limited. Clients and loaders are made when they are first needed.
    """

    def __init__(
        self,
        request_id: str,
        principal: Principal,
        account: Account,
        settings: Settings,
        upstreams: Upstreams,
        chain: Chain,
    ) -> None:
        self.request_id = request_id
        self.principal = principal
        self.account = account
        self.settings = settings
        self.upstreams = upstreams
        self._chain = chain
        self.allowance = Allowance()
        self._loaders: Loaders | None = None

    @cached_property
    def clients(self) -> Clients:
        return self._clients_as(self.principal)

    @property
    def loaders(self) -> Loaders:
        if self._loaders is None:
            self._loaders = Loaders(self.clients, self.settings)
        return self._loaders

    async def require(self, role: Role = Role.USER) -> None:
        """Raises ``Unauthenticated`` for a caller that is not known, ``Forbidden`` for one without the role."""
        await self.upstreams.identity.require(self.principal, role)

    async def has(self, role: Role) -> bool:
        """Whether the caller has the role; an anonymous one has none. Raises ``Unauthenticated`` for an unknown key."""
        return role in await self.upstreams.identity.roles(self.principal)

    async def predicting(self, tag: str) -> PredictionClient:
        """The client to predict with ``tag``: for a key that nobody knows, it may be the owner's, if the owner lets it.

        Raises ``Forbidden`` with the owner's text.
        """
        key, urls = self.principal.unknown_key, self._chain.authorization_urls
        if key is None or urls is None or not urls.judges(tag):
            return self.clients.prediction
        if self._chain.before("upstream", "authorization_url") and await self._known():
            return self.clients.prediction
        owner = await urls.authorize(tag, key)
        return self._clients_as(owner).prediction

    def _clients_as(self, principal: Principal) -> Clients:
        """What they must verify first is the caller. They do not hold this context, which holds them."""
        return self.upstreams.clients(
            principal, partial(self.upstreams.identity.require, self.principal), self.allowance
        )

    async def _known(self) -> bool:
        try:
            await self.upstreams.identity.roles(self.principal)
        except Unauthenticated:
            return False
        return True

    def forget(self) -> None:
        """Drop what was loaded, after a mutation changed it."""
        self._loaders = None
