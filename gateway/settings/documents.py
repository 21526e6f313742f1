"""Documents that clients name instead of sending them."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, PositiveInt, model_validator

from gateway.settings.tables import MIB, Table


class DocumentSettings(Table):
    """Trusted documents from a manifest, and automatic persisted queries (docs/persisted-documents.md)."""

    manifest: Path | None = Field(
        default=None,
        description="file of trusted documents, as `fngraph persist`, graphql-codegen, Relay or Apollo write it",
    )
    trusted_only: bool = Field(default=False, description="refuse every document that is not in `manifest`")
    apq: bool = Field(default=True, description="remember documents that come with their hash, for every caller")
    apq_entries: PositiveInt = Field(default=1000, description="documents that are remembered")
    apq_bytes: PositiveInt = Field(default=8 * MIB, description="memory that they may take")

    @model_validator(mode="after")
    def _consistent(self) -> DocumentSettings:
        if self.trusted_only and self.manifest is None:
            raise ValueError("`trusted_only` needs a `manifest`")
        return self
