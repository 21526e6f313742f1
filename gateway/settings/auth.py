"""Who may call."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PositiveFloat, Secret, SecretStr, model_validator

from gateway.roles import Role
from gateway.settings.tables import Table, Url


class KeySettings(Table):
    """An access key of the gateway's own, made by ``fngraph keys create``; the key itself is not stored."""

    id: str = Field(description="name of the key, unique; shown in logs")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the key, in hexadecimal")
    roles: frozenset[Role] = Field(default=frozenset({Role.USER}), description="what its callers may be")
    forward: bool = Field(default=False, description="let upstreams with scheme `forward` have the key")


class UpstreamAuthSettings(Table):
    """Access keys that the prediction upstream knows."""

    admins: frozenset[str] = Field(default=frozenset(), description="usernames with the role ADMIN")
    cache_s: PositiveFloat = Field(default=60.0, description="seconds for which a verified key is not asked again")


class JwtSettings(Table):
    """JSON Web Tokens of an identity provider (RFC 7519), checked against its published keys (RFC 7517)."""

    jwks_url: Url = Field(description="address of the provider's JSON Web Key Set")
    issuer: str = Field(description="what `iss` must be")
    audience: str = Field(description="what `aud` must hold")
    algorithms: list[Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]] = Field(
        default=["RS256", "ES256"], description="how tokens may be signed"
    )
    roles_claim: str = Field(default="roles", description="claim that lists roles; dots go one level down")
    admin_value: str = Field(default="ADMIN", description="member of that claim that stands for ADMIN")
    forward: bool = Field(default=False, description="let upstreams with scheme `forward` have the token")
    leeway_s: float = Field(default=30.0, ge=0, description="seconds by which clocks may differ")
    cache_s: PositiveFloat = Field(default=300.0, description="seconds for which the provider's keys are kept")
    timeout_s: PositiveFloat = Field(default=5.0, description="seconds for the provider to answer")


class AuthorizationUrlSettings(Table):
    """An owner's own authorization of predictions (the vendor's "Custom Auth")."""

    owner: str = Field(description="account whose predictors this is for, the name in `@owner/name`")
    url: Url = Field(description="asked by `POST {tag, accessKey}`; 200 lets the prediction pass")
    credential: SecretStr = Field(description="the owner's access key, which the prediction is then made with")
    timeout_s: PositiveFloat = Field(default=5.0, description="seconds for the owner to answer")


class AuthSettings(Table):
    """Who may call. Authenticators are tried in ``order``; the first that knows the credential decides."""

    order: list[str] = Field(default=["keys", "upstream"], min_length=1, description="names of authenticators")
    keys: list[KeySettings] = []
    keys_file: Path = Field(default=Path("fngraph-keys.json"), description="where `fngraph keys` writes; may be absent")
    upstream: UpstreamAuthSettings = UpstreamAuthSettings()
    jwt: JwtSettings | None = None
    authorization_urls: list[AuthorizationUrlSettings] = []
    plugins: dict[str, Secret[dict[str, Any]]] = Field(
        default={}, description="settings of other authenticators, by name; never shown"
    )

    @model_validator(mode="after")
    def _consistent(self) -> AuthSettings:
        if ("jwt" in self.order) != (self.jwt is not None):
            raise ValueError("`jwt` in `order` and the table `auth.jwt` go together")
        if bool(self.authorization_urls) != ("authorization_url" in self.order):
            raise ValueError("`authorization_url` in `order` and the tables `auth.authorization_urls` go together")
        return self
