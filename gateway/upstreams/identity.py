"""Whose access key it is: asked of the prediction upstream, kept for a short while."""

from __future__ import annotations

from cachetools import TTLCache

from gateway.auth.outbound import Forward
from gateway.auth.principal import Principal, fingerprint, is_token
from gateway.errors import Forbidden, Unauthenticated
from gateway.roles import Role
from gateway.settings import Settings
from gateway.upstreams.api import Api
from gateway.upstreams.http import Upstream
from gateway.upstreams.prediction.records import Profile

MAX_KNOWN = 10_000


class Identity:
    """The roles behind a principal. Only keys that were accepted are kept, by their fingerprint."""

    def __init__(self, settings: Settings, prediction: Upstream) -> None:
        self._admins = settings.auth.upstream.admins
        self._prediction = prediction
        self._path = "/user" if settings.prediction.api == "v0" else "/v1/users"
        self._names: TTLCache[str, str] = TTLCache(MAX_KNOWN, settings.auth.upstream.cache_s)

    async def require(self, principal: Principal, role: Role = Role.USER) -> None:
        """Raises ``Unauthenticated`` for a caller that is not known, ``Forbidden`` for one without the role."""
        if principal.anonymous:
            raise Unauthenticated("This needs an access key.")
        if role not in await self.roles(principal):
            raise Forbidden(f"This needs the role {role.value}.")

    async def roles(self, principal: Principal) -> frozenset[Role]:
        """USER for a key that the upstream knows, and ADMIN when its user is one. Raises ``Unauthenticated``."""
        if principal.roles is not None:
            return principal.roles
        name = await self._username(principal)
        return frozenset({Role.USER, Role.ADMIN} if name in self._admins else {Role.USER})

    async def _username(self, principal: Principal) -> str:
        if principal.secret is None or not is_token(principal.secret):
            raise Unauthenticated("The credential is not accepted.")
        known_as = fingerprint(principal.secret)
        name = self._names.get(known_as)
        if name is None:
            # The caller's own key, whatever credential is configured for predictions.
            api = Api(self._prediction, principal, outbound=Forward())
            name = self._names[known_as] = (await api.get(self._path, Profile)).username
        return name
