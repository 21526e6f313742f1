"""What the forms of a stream have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway.http.engine import Body


@dataclass(frozen=True, slots=True)
class Framing:
    """How bodies are written. ``failure`` writes the errors with which a stream breaks off."""

    media_type: str
    part: Callable[[Body], bytes]
    failure: Callable[[Body], bytes]
    opening: bytes = b""
    """What comes with the head of the answer."""
    closing: bytes = b""
    """Tells the client that all has come."""
    keep_alive: bytes = b""
    keep_alive_s: float | None = None
    """How often ``keep_alive`` is written, so that nobody on the way takes the connection for dead; None for never."""
