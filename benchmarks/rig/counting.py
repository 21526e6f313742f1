"""How many requests an upstream received."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Sequence
from typing import Any, Protocol


class Counter(Protocol):
    """Requests since ``forget``."""

    def forget(self) -> None: ...

    def count(self) -> int: ...


class PostsCounter:
    """The counts of ``posts/upstream.c``."""

    def __init__(self, url: str) -> None:
        self._url = url + "/counts"

    def forget(self) -> None:
        _fetch(self._url, "DELETE")

    def count(self) -> int:
        return sum(_fetch(self._url).values())


class SandboxCounter:
    """The request logs of the sandbox's servers, without token requests."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = [url + "/__sandbox__/requests" for url in urls]

    def forget(self) -> None:
        for url in self._urls:
            _fetch(url, "DELETE")

    def count(self) -> int:
        lines = [line for url in self._urls for line in _fetch(url)["requests"]]
        return sum("/connect/token" not in line for line in lines)


def _fetch(url: str, method: str = "GET") -> Any:
    request = urllib.request.Request(url, method=method)  # noqa: S310 (our own address)
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        content = answer.read()
    return json.loads(content) if content else None
