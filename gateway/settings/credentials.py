"""Which secret an upstream is sent: one scheme per upstream."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from gateway.settings.secret import Secret
from gateway.settings.tables import PositiveFloat, Table


class NoCredential(Table, frozen=True):
    """Send no credential to this upstream."""

    scheme: Annotated[Literal["none"], "which credential"] = "none"


class ForwardCredential(Table, frozen=True):
    """Send the caller's own access key to this upstream."""

    scheme: Annotated[Literal["forward"], "which credential"] = "forward"


class StaticCredential(Table, frozen=True):
    """Send one secret for every caller: ``value``, or the content of ``file``."""

    scheme: Annotated[Literal["static"], "which credential"]
    value: Annotated[Secret[str] | None, "the secret"] = None
    file: Annotated[Path | None, "file that holds the secret, read again when it changes"] = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.file is None):
            raise ValueError("give either `value` or `file`")
        if self.file is not None and not self.file.is_file():
            raise ValueError(f"`file` {self.file} is not a readable file")

    def secret(self) -> str:
        if self.value is not None:
            return self.value.get_secret_value()
        assert self.file is not None
        return self.file.read_text().strip()


class ClientCredentials(Table, frozen=True):
    """OAuth 2.0 client credentials (RFC 6749, section 4.4): a token, cached and renewed early."""

    scheme: Annotated[Literal["client_credentials"], "which credential"]
    client_id: Annotated[str, "as whom the gateway asks for a token"]
    client_secret: Annotated[Secret[str], "its secret"]
    token_path: Annotated[str, Meta(pattern=r"^/"), "path below `url` that gives tokens, beginning with `/`"] = (
        "/connect/token"  # noqa: S105 (where tokens come from)
    )
    renew_early_s: Annotated[PositiveFloat, "seconds before its end that a token is renewed"] = 60.0
    renew_refused_after_s: Annotated[
        PositiveFloat, "age in seconds from which a token that the upstream refuses is renewed at once"
    ] = 5.0


class PerUserCredential(Table, frozen=True):
    """A secret for each caller, by the id of its principal, such as `key:ada` or `jwt:auth0|5f7c`."""

    scheme: Annotated[Literal["per_user"], "which credential"]
    secrets: Annotated[dict[str, Secret[str]], "secrets, by the principal's id"]


Credential = NoCredential | ForwardCredential | StaticCredential | ClientCredentials | PerUserCredential
"""One of them, by `scheme`."""
