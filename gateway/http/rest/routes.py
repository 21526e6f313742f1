"""From a method and a path to a twin.

A path is matched as it was sent, so that a parameter may hold an encoded slash. A parameter whose variable is a ``Tag``
takes two segments, ``@owner/name``: clients send its slash raw (``/predict/@fxn/greeting``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from graphql import get_named_type

from gateway.errors import BadInput, NotFound
from gateway.http.rest.twin import PARAMETER, Twin

_SEGMENT = r"([^/]+)"
_TAG = r"((?:@|%40)(?:(?!%2[Ff])[^/])+(?:/|%2[Ff])[^/]+)"


class NotAllowed(BadInput):
    """The path is there, but not for this method; ``methods`` are those that work."""

    http_status = 405

    def __init__(self, methods: Iterable[str]) -> None:
        self.methods = sorted({*methods, *(["HEAD"] if "GET" in methods else [])})
        super().__init__(f"This path takes {', '.join(self.methods)}.")


@dataclass(frozen=True)
class Match:
    """A twin, and the values of the parameters in its path."""

    twin: Twin
    parameters: dict[str, str]


@dataclass
class _Path:
    pattern: re.Pattern[str]
    twins: dict[str, Twin] = field(default_factory=dict)


class Routes:
    """The routes of all twins, by the first segment of their paths."""

    def __init__(self, twins: Iterable[Twin]) -> None:
        paths: dict[str, _Path] = {}
        self._by_segment: dict[str, list[_Path]] = {}
        # A path without parameters is tried before one that has some.
        for twin in sorted(twins, key=lambda twin: len(twin.header.parameters)):
            pattern = _pattern(twin)
            if pattern not in paths:
                paths[pattern] = _Path(re.compile(pattern))
                self._by_segment.setdefault(_first(twin.header.path), []).append(paths[pattern])
            paths[pattern].twins[twin.header.method] = twin

    def find(self, method: str, raw_path: str) -> Match:
        """Raises ``NotFound`` where nothing is, ``NotAllowed`` where only other methods are."""
        wanted = "GET" if method == "HEAD" else method
        others: set[str] = set()
        for path in self._by_segment.get(_first(raw_path), ()):
            match = path.pattern.fullmatch(raw_path)
            if match is None:
                continue
            if wanted in path.twins:
                twin = path.twins[wanted]
                return Match(twin, dict(zip(twin.header.parameters, map(_decoded, match.groups()), strict=True)))
            others |= path.twins.keys()
        if others:
            raise NotAllowed(others)
        raise NotFound("There is nothing at this path.")


def _first(path: str) -> str:
    return path.split("/", 2)[1] if path.startswith("/") else ""


def _pattern(twin: Twin) -> str:
    def part(text: str) -> str:
        name = PARAMETER.fullmatch(text)
        if name is None:
            return re.escape(text)
        return _TAG if get_named_type(twin.variables[name[1]].type).name == "Tag" else _SEGMENT

    return "/".join(part(text) for text in twin.header.path.split("/"))


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise NotFound("There is nothing at this path.") from None
