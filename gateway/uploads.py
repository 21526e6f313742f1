"""A file that came with an operation."""

from __future__ import annotations

import base64
import re

DEFAULT_MEDIA_TYPE = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")


class UploadedFile:
    """The whole file, in memory. A plain class, which no JSON encoder takes for a record."""

    __slots__ = ("content", "media_type", "name")

    def __init__(self, name: str, media_type: str, content: bytes) -> None:
        """``media_type`` is what the caller says, with or without parameters; anything malformed counts as bytes."""
        plain = media_type.partition(";")[0].strip().lower()
        self.name = name
        self.media_type = plain if _MEDIA_TYPE.fullmatch(plain) else DEFAULT_MEDIA_TYPE
        self.content = content

    def data_uri(self) -> str:
        """Source: RFC 2397."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.content).decode()}"
