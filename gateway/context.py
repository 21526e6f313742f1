"""What one request carries from the front door to the resolvers."""

from __future__ import annotations

from gateway.auth.principal import Principal
from gateway.errors import Forbidden, Unauthenticated
from gateway.loaders import Loaders
from gateway.roles import Role
from gateway.settings import Settings
from gateway.upstreams.clients import Upstreams


class Context:
    """One per request. ``request_id`` is shown with errors and in the log."""

    def __init__(self, request_id: str, principal: Principal, settings: Settings, upstreams: Upstreams) -> None:
        self.request_id = request_id
        self.principal = principal
        self.settings = settings
        self.upstreams = upstreams
        self.clients = upstreams.clients(principal, self.require)
        self.loaders = Loaders(self.clients, settings)

    async def require(self, role: Role = Role.USER) -> None:
        """Raises ``Unauthenticated`` for a caller that is not known, ``Forbidden`` for one without the role."""
        if self.principal.anonymous:
            raise Unauthenticated("This needs an access key.")
        if not await self.has(role):
            raise Forbidden(f"This needs the role {role.value}.")

    async def has(self, role: Role) -> bool:
        """Whether the caller has the role; an anonymous one has none. Raises ``Unauthenticated`` for an unknown key."""
        return role in await self.upstreams.identity.roles(self.principal)

    def forget(self) -> None:
        """Drop what was loaded, after a mutation changed it."""
        self.loaders = Loaders(self.clients, self.settings)
