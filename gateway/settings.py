"""Typed settings from ``fngraph.toml`` and ``FNGRAPH_*`` variables, read once; nothing else reads the environment.

A variable wins over the file; ``__`` goes one level down: ``FNGRAPH_PREDICTION__URL`` is ``url`` of ``[prediction]``.
Times are seconds, sizes bytes. ``load`` reports every wrong value at once.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    PositiveFloat,
    PositiveInt,
    Secret,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gateway.roles import Role

DEFAULT_FILE = Path("fngraph.toml")
ENV_PREFIX = "FNGRAPH_"
_MIB = 1024 * 1024


class SettingsError(Exception):
    """What is wrong with the settings: one line per value, each with its name."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _checked_url(value: str) -> str:
    TypeAdapter(HttpUrl).validate_python(value)
    return value.rstrip("/")


Url = Annotated[str, AfterValidator(_checked_url)]

InvokeHost = Annotated[
    str, StringConstraints(to_lower=True, pattern=r"^(\.?[A-Za-z0-9_-][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(:([0-9]{1,5}|\*))?$")
]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoCredential(_Table):
    """Send no credential to this upstream."""

    scheme: Literal["none"] = "none"


class ForwardCredential(_Table):
    """Send the caller's own access key to this upstream."""

    scheme: Literal["forward"] = "forward"


class StaticCredential(_Table):
    """Send one secret for every caller: ``value``, or the content of ``file``."""

    scheme: Literal["static"]
    value: SecretStr | None = None
    file: Path | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> StaticCredential:
        if (self.value is None) == (self.file is None):
            raise ValueError("give either `value` or `file`")
        if self.file is not None and not self.file.is_file():
            raise ValueError(f"`file` {self.file} is not a readable file")
        return self

    def secret(self) -> str:
        if self.value is not None:
            return self.value.get_secret_value()
        assert self.file is not None
        return self.file.read_text().strip()


class ClientCredentials(_Table):
    """OAuth 2.0 client credentials (RFC 6749, section 4.4): a token, cached and renewed early."""

    scheme: Literal["client_credentials"]
    client_id: str
    client_secret: SecretStr
    token_path: str = Field(default="/connect/token", pattern=r"^/")
    renew_early_s: PositiveFloat = 60.0


class PerUserCredential(_Table):
    """A secret for each caller, by the id of its principal, such as `key:ada` or `jwt:auth0|5f7c`."""

    scheme: Literal["per_user"]
    secrets: dict[str, SecretStr]


Credential = Annotated[
    NoCredential | ForwardCredential | StaticCredential | ClientCredentials | PerUserCredential,
    Field(discriminator="scheme"),
]


class UpstreamSettings(_Table):
    """What every upstream has."""

    url: Url
    credential: Credential = NoCredential()
    connect_timeout_s: PositiveFloat = Field(default=2.0, description="seconds to open a connection")
    read_timeout_s: PositiveFloat = Field(default=10.0, description="seconds without a byte of the answer")
    total_timeout_s: PositiveFloat = Field(default=30.0, description="seconds for the whole exchange")
    max_response_bytes: PositiveInt = Field(default=16 * _MIB, description="largest answer, after decompression")
    max_stream_s: PositiveFloat = Field(default=3600.0, description="seconds for a whole stream")
    max_stream_bytes: PositiveInt = Field(default=256 * _MIB, description="largest stream, after decompression")


class PredictionSettings(UpstreamSettings):
    """Function (fxn.ai)."""

    url: Url = "https://api.fxn.ai"
    credential: Credential = ForwardCredential()
    api: Literal["v0", "v1"] = Field(default="v1", description="the dialect that the upstream speaks")


class DeploymentSettings(UpstreamSettings):
    """Covalent Cloud function services."""

    url: Url = "https://api.covalent.xyz"
    prefix: str = Field(default="/fn/api/v0", pattern=r"^/")
    max_parallel: PositiveInt = Field(default=10, description="detail requests at once, for one operation")
    invoke_hosts: list[InvokeHost] = Field(
        default=[],
        description="hosts that services may have: `fn.prod.covalent.xyz`, or `.covalent.xyz` for all below, with the "
        "scheme's port unless `:8000` or `:*` follows; empty: host and port of `url`, and for the vendor's its domain",
    )
    status_interval_s: PositiveFloat = Field(default=10.0, description="seconds between two looks at a status")
    status_limit_s: PositiveFloat = Field(default=3600.0, description="seconds for a deployment to settle")


class FunctionAdminSettings(UpstreamSettings):
    """Open WebUI functions."""

    url: Url = "http://127.0.0.1:8080"
    credential: Credential = ForwardCredential()
    prefix: str = Field(default="/api/v1/functions", pattern=r"^/")
    max_parallel: PositiveInt = Field(default=10, description="requests for single functions at once, per operation")


class InvokeSettings(UpstreamSettings):
    """Nyckel."""

    url: Url = "https://www.nyckel.com"


class KeySettings(_Table):
    """An access key of the gateway's own, made by ``fngraph keys create``; the key itself is not stored."""

    id: str = Field(description="name of the key, unique; shown in logs")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the key, in hexadecimal")
    roles: frozenset[Role] = frozenset({Role.USER})
    forward: bool = Field(default=False, description="let upstreams with scheme `forward` have the key")


class UpstreamAuthSettings(_Table):
    """Access keys that the prediction upstream knows."""

    admins: frozenset[str] = Field(default=frozenset(), description="usernames with the role ADMIN")
    cache_s: PositiveFloat = Field(default=60.0, description="seconds for which a verified key is not asked again")


class JwtSettings(_Table):
    """JSON Web Tokens of an identity provider (RFC 7519), checked against its published keys (RFC 7517)."""

    jwks_url: Url = Field(description="address of the provider's JSON Web Key Set")
    issuer: str = Field(description="what `iss` must be")
    audience: str = Field(description="what `aud` must hold")
    algorithms: list[Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]] = ["RS256", "ES256"]
    roles_claim: str = Field(default="roles", description="claim that lists roles; dots go one level down")
    admin_value: str = Field(default="ADMIN", description="member of that claim that stands for ADMIN")
    forward: bool = Field(default=False, description="let upstreams with scheme `forward` have the token")
    leeway_s: float = Field(default=30.0, ge=0, description="seconds by which clocks may differ")
    cache_s: PositiveFloat = Field(default=300.0, description="seconds for which the provider's keys are kept")
    timeout_s: PositiveFloat = Field(default=5.0, description="seconds for the provider to answer")


class AuthorizationUrlSettings(_Table):
    """An owner's own authorization of predictions (the vendor's "Custom Auth")."""

    owner: str = Field(description="account whose predictors this is for, the name in `@owner/name`")
    url: Url = Field(description="asked by `POST {tag, accessKey}`; 200 lets the prediction pass")
    credential: SecretStr = Field(description="the owner's access key, which the prediction is then made with")
    timeout_s: PositiveFloat = Field(default=5.0, description="seconds for the owner to answer")


class AuthSettings(_Table):
    """Who may call. Authenticators are tried in ``order``; the first that knows the credential decides."""

    order: list[str] = Field(default=["keys", "upstream"], min_length=1)
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


class Settings(_Table):
    """All settings of the gateway."""

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    max_body_bytes: PositiveInt = Field(default=1 * _MIB, description="largest request body")
    max_tokens: PositiveInt = Field(default=2000, description="tokens in a GraphQL document")
    shutdown_timeout_s: PositiveInt = Field(default=10, description="seconds for running requests at shutdown")
    prediction: PredictionSettings = PredictionSettings()
    deployment: DeploymentSettings = DeploymentSettings()
    function_admin: FunctionAdminSettings = FunctionAdminSettings()
    invoke: InvokeSettings = InvokeSettings()
    auth: AuthSettings = AuthSettings()


class _FromEnvironment(Settings, BaseSettings):
    """The same, with ``FNGRAPH_*`` variables before the given values."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, env_nested_delimiter="__", hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # The file's values come in as arguments, so the environment goes first.
        return env_settings, init_settings


def load(file: Path | None = None) -> Settings:
    """Read the settings. ``file`` must exist when it is given; else ``fngraph.toml`` is read if it is there.

    Raises ``SettingsError`` with every wrong or unknown value, by name.
    """
    path = file or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    problems = _unknown_variables()
    try:
        settings = _FromEnvironment(**_read(path))
    except ValidationError as error:
        problems += [_line(problem) for problem in error.errors(include_input=False, include_url=False)]
    if problems:
        raise SettingsError(problems)
    return settings


def _read(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError([f"{path}: {error}"]) from error


def _unknown_variables() -> list[str]:
    """Misspelt ``FNGRAPH_*`` variables, which pydantic-settings passes over in silence."""
    known = {name.upper() for name in Settings.model_fields}
    names = [name for name in os.environ if name.upper().startswith(ENV_PREFIX)]
    return [
        f"{name}: there is no such setting"
        for name in sorted(names)
        if name.upper().removeprefix(ENV_PREFIX).split("__")[0] not in known
    ]


def _line(problem: Any) -> str:
    # A discriminated union adds the chosen scheme to the location: not a name that a user wrote.
    place = [str(part) for part in problem["loc"]]
    if "credential" in place:
        place = [part for part in place if part not in ("none", "forward", "static", "client_credentials", "per_user")]
    reason = (
        "there is no such setting"
        if problem["type"] == "extra_forbidden"
        else problem["msg"].removeprefix("Value error, ")
    )
    return f"{'.'.join(place)}: {reason}"
