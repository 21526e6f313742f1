"""What the hooks need of a tracer, and one that does nothing, where traces are off."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Literal, Protocol

Attributes = Mapping[str, str | int | bool]
Headers = Iterable[tuple[bytes, bytes]]
Kind = Literal["server", "client", "internal"]


class Span(Protocol):
    """A step of a trace. Attributes are the gateway's own words and numbers."""

    def describe(self, attributes: Attributes, *, name: str | None = None, failed: bool = False) -> None: ...

    def event(self, name: str) -> None: ...

    def end(self) -> None: ...

    def current(self) -> AbstractContextManager[None]:
        """Makes it the parent of what is inside, for a part of its life."""


class Tracer(Protocol):
    """As ``Tracing``."""

    def running(self) -> AbstractAsyncContextManager[None]: ...

    def span(
        self, name: str, kind: Kind = "internal", attributes: Attributes | None = None
    ) -> AbstractContextManager[Span]: ...

    def begin(self, name: str, attributes: Attributes | None = None) -> Span: ...

    def record(self, name: str, started_s: float) -> None: ...

    def called(self, headers: Headers) -> AbstractContextManager[None]: ...

    def carry(self, headers: dict[str, str]) -> None: ...

    def event(self, name: str) -> None: ...


class NoSpan:
    def describe(self, attributes: Attributes, *, name: str | None = None, failed: bool = False) -> None:
        pass

    def event(self, name: str) -> None:
        pass

    def end(self) -> None:
        pass

    def current(self) -> AbstractContextManager[None]:
        return contextlib.nullcontext()


class NoTracer:
    def running(self) -> AbstractAsyncContextManager[None]:
        return contextlib.nullcontext()

    def span(
        self, name: str, kind: Kind = "internal", attributes: Attributes | None = None
    ) -> AbstractContextManager[Span]:
        return contextlib.nullcontext(NoSpan())

    def begin(self, name: str, attributes: Attributes | None = None) -> Span:
        return NoSpan()

    def record(self, name: str, started_s: float) -> None:
        pass

    def called(self, headers: Headers) -> AbstractContextManager[None]:
        return contextlib.nullcontext()

    def carry(self, headers: dict[str, str]) -> None:
        pass

    def event(self, name: str) -> None:
        pass
