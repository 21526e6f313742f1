"""Documents that clients name instead of sending them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from gateway.settings.tables import MIB, PositiveInt, Table


class DocumentSettings(Table, frozen=True):
    """Trusted documents from a manifest, and automatic persisted queries (docs/persisted-documents.md)."""

    manifest: Annotated[
        Path | None, "file of trusted documents, as `fngraph persist`, graphql-codegen, Relay or Apollo write it"
    ] = None
    trusted_only: Annotated[bool, "refuse every document that is not in `manifest`"] = False
    apq: Annotated[bool, "remember documents that come with their hash, for every caller"] = True
    apq_entries: Annotated[PositiveInt, "documents that are remembered"] = 1000
    apq_bytes: Annotated[PositiveInt, "memory that they may take"] = 8 * MIB

    def __post_init__(self) -> None:
        if self.trusted_only and self.manifest is None:
            raise ValueError("`trusted_only` needs a `manifest`")
