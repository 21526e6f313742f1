"""Uploads of values too large for a data URL, of media, and of notebooks."""

from __future__ import annotations

import strawberry

from gateway.upstreams.prediction import records
from schema.prediction.enums import UploadType


@strawberry.input(description="A file to upload.")
class CreateUploadUrlInput:
    type: UploadType = strawberry.field(description="What the file is for.")
    name: str = strawberry.field(description="File name.")
    key: str | None = strawberry.field(default=None, description="Groups related files.")

    def form(self) -> records.UploadForm:
        return records.UploadForm(self.type, self.name, self.key)
