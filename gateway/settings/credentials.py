"""Which secret an upstream is sent: one scheme per upstream."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, SecretStr, model_validator

from gateway.settings.tables import Table


class NoCredential(Table):
    """Send no credential to this upstream."""

    scheme: Literal["none"] = Field(default="none", description="which credential")


class ForwardCredential(Table):
    """Send the caller's own access key to this upstream."""

    scheme: Literal["forward"] = Field(default="forward", description="which credential")


class StaticCredential(Table):
    """Send one secret for every caller: ``value``, or the content of ``file``."""

    scheme: Literal["static"] = Field(description="which credential")
    value: SecretStr | None = Field(default=None, description="the secret")
    file: Path | None = Field(default=None, description="file that holds the secret, read again when it changes")

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


class ClientCredentials(Table):
    """OAuth 2.0 client credentials (RFC 6749, section 4.4): a token, cached and renewed early."""

    scheme: Literal["client_credentials"] = Field(description="which credential")
    client_id: str = Field(description="as whom the gateway asks for a token")
    client_secret: SecretStr = Field(description="its secret")
    token_path: str = Field(
        default="/connect/token", pattern=r"^/", description="path below `url` that gives tokens, beginning with `/`"
    )
    renew_early_s: PositiveFloat = Field(default=60.0, description="seconds before its end that a token is renewed")
    renew_refused_after_s: PositiveFloat = Field(
        default=5.0, description="age in seconds from which a token that the upstream refuses is renewed at once"
    )


class PerUserCredential(Table):
    """A secret for each caller, by the id of its principal, such as `key:ada` or `jwt:auth0|5f7c`."""

    scheme: Literal["per_user"] = Field(description="which credential")
    secrets: dict[str, SecretStr] = Field(description="secrets, by the principal's id")


Credential = Annotated[
    NoCredential | ForwardCredential | StaticCredential | ClientCredentials | PerUserCredential,
    Field(discriminator="scheme"),
]
