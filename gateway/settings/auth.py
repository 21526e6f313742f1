"""Who may call."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from gateway.roles import Role
from gateway.settings.addresses import Url
from gateway.settings.secret import Secret
from gateway.settings.tables import NonNegativeFloat, PositiveFloat, Table


def _at_least_one(names: list[str]) -> list[str]:
    if not names:
        raise ValueError("name at least one")
    return names


class KeySettings(Table, frozen=True):
    """An access key of the gateway's own, made by ``fngraph keys create``; the key itself is not stored."""

    id: Annotated[str, "name of the key, unique; shown in logs"]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z"), "SHA-256 of the key, in hexadecimal"]
    roles: Annotated[frozenset[Role], "what its callers may be"] = frozenset({Role.USER})
    forward: Annotated[bool, "let upstreams with scheme `forward` have the key"] = False


class UpstreamAuthSettings(Table, frozen=True):
    """Access keys that the prediction upstream knows."""

    admins: Annotated[frozenset[str], "usernames with the role ADMIN"] = frozenset()
    cache_s: Annotated[PositiveFloat, "seconds for which a verified key is not asked again"] = 60.0


class JwtSettings(Table, frozen=True):
    """JSON Web Tokens of an identity provider (RFC 7519), checked against its published keys (RFC 7517)."""

    jwks_url: Annotated[Url, "address of the provider's JSON Web Key Set"]
    issuer: Annotated[str, "what `iss` must be"]
    audience: Annotated[str, "what `aud` must hold"]
    algorithms: Annotated[
        list[Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]], "how tokens may be signed"
    ] = field(default_factory=lambda: ["RS256", "ES256"])
    roles_claim: Annotated[str, "claim that lists roles; dots go one level down"] = "roles"
    admin_value: Annotated[str, "member of that claim that stands for ADMIN"] = "ADMIN"
    forward: Annotated[bool, "let upstreams with scheme `forward` have the token"] = False
    leeway_s: Annotated[NonNegativeFloat, "seconds by which clocks may differ"] = 30.0
    cache_s: Annotated[PositiveFloat, "seconds for which the provider's keys are kept"] = 300.0
    timeout_s: Annotated[PositiveFloat, "seconds for the provider to answer"] = 5.0


class AuthorizationUrlSettings(Table, frozen=True):
    """An owner's own authorization of predictions (the vendor's "Custom Auth")."""

    owner: Annotated[str, "account whose predictors this is for, the name in `@owner/name`"]
    url: Annotated[Url, "asked by `POST {tag, accessKey}`; 200 lets the prediction pass"]
    credential: Annotated[Secret[str], "the owner's access key, which the prediction is then made with"]
    timeout_s: Annotated[PositiveFloat, "seconds for the owner to answer"] = 5.0


class AuthSettings(Table, frozen=True):
    """Who may call. Authenticators are tried in ``order``; the first that knows the credential decides."""

    order: Annotated[list[str], _at_least_one, "names of authenticators"] = field(
        default_factory=lambda: ["keys", "upstream"]
    )
    keys: list[KeySettings] = []
    keys_file: Annotated[Path, "where `fngraph keys` writes; may be absent"] = Path("fngraph-keys.json")
    upstream: UpstreamAuthSettings = UpstreamAuthSettings()
    jwt: JwtSettings | None = None
    authorization_urls: list[AuthorizationUrlSettings] = []
    plugins: Annotated[dict[str, Secret[dict[str, Any]]], "settings of other authenticators, by name; never shown"] = {}

    def __post_init__(self) -> None:
        if ("jwt" in self.order) != (self.jwt is not None):
            raise ValueError("`jwt` in `order` and the table `auth.jwt` go together")
        if bool(self.authorization_urls) != ("authorization_url" in self.order):
            raise ValueError("`authorization_url` in `order` and the tables `auth.authorization_urls` go together")
