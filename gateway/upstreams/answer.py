"""What an upstream answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Head(Protocol):
    """What is known of an answer when it begins."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...


class Answer(NamedTuple):
    """An answer, not decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes
