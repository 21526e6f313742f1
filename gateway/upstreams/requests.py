"""A request to an upstream, as its client asks for it and as it is sent."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Hashable, Mapping
from typing import Any, Protocol, TypedDict
from urllib.parse import quote

import msgspec
from yarl import URL

from gateway.errors import BadInput
from gateway.upstreams.resilience.deadlines import Deadline
from gateway.upstreams.resilience.peers import Peer

JSON_HEADERS = {"Content-Type": "application/json"}
SAFE_METHODS = ("GET", "HEAD")
_DIGEST_KEY = secrets.token_bytes(32)


class Pace(Protocol):
    """Turns to send in: one is taken before a request, and given back when it is answered."""

    @property
    def busy(self) -> bool:
        """Whether ``enter`` would wait."""

    async def enter(self) -> None: ...

    def leave(self) -> None: ...


class Options(TypedDict, total=False):
    """What a request may have beside its method and path."""

    query: Mapping[str, str] | None
    body: Any
    """Sent as JSON; None for no body."""
    headers: Mapping[str, str] | None
    url: str | None
    """Replaces the upstream's address."""
    key: str | None
    """Sent in place of the upstream's credential; None for none."""
    repeatable: bool
    """Whether sending it twice does no more than sending it once; by default what GET and HEAD promise."""
    ends_s: float
    """The moment of ``time.monotonic()`` at which the client gives up."""


class Credential:
    """A secret and the headers that carry it, which it alone decides."""

    __slots__ = ("_digest", "headers", "secret")

    def __init__(self, secret: str | None, headers: Mapping[str, str]) -> None:
        self.secret = secret
        self.headers = headers
        self._digest: bytes | None = None

    @property
    def digest(self) -> bytes:
        """Stands for the secret, and says nothing about it; made when something may be shared."""
        if self._digest is None:
            shown = (self.secret or "").encode("utf-8", "surrogatepass")
            self._digest = hashlib.blake2b(shown, key=_DIGEST_KEY, digest_size=16).digest()
        return self._digest


NO_CREDENTIAL = Credential(None, {})


class Call(msgspec.Struct, eq=False):
    """A request as it is sent, and what holds for it on its way. ``headers`` are those beside the credential.

    ``try_s``: seconds for one try. ``fresh``: the next one goes out on a new connection.
    """

    method: str
    url: URL
    headers: dict[str, str]
    content: bytes | None
    credential: Credential
    repeatable: bool
    try_s: float
    deadline: Deadline
    peer: Peer
    pace: Pace | None
    fresh: bool = False

    def __repr__(self) -> str:
        return f"Call({self.method!r}, {str(self.url)!r})"

    @property
    def reads(self) -> bool:
        """Whether it changes nothing, so that others may share its answer."""
        return self.repeatable and self.content is None and self.method in SAFE_METHODS

    @property
    def key(self) -> Hashable:
        """Equal for requests without a body that are equal in all that is sent, the credential included."""
        return self.method, self.peer, self.url.raw_path_qs, self.credential.digest, *self.headers.items()


def segment(value: str) -> str:
    """``value`` as one segment of a path, whatever it holds. Raises ``BadInput`` where it cannot be one.

    RFC 3986, section 3.3: a segment that is empty, ``.`` or ``..`` would change the path even when it is encoded. So
    would one with a slash: servers such as Starlette's decode the path before they look for its route.
    """
    if value in ("", ".", "..") or "/" in value:
        raise BadInput(f"{value!r} is not a valid id.")
    try:
        return quote(value, safe="@")
    except UnicodeEncodeError as error:
        raise BadInput("The id holds characters that are not valid Unicode.") from error


def encoded(body: Any) -> bytes:
    """``body`` as JSON. Raises ``BadInput`` for what JSON has no form for, such as half a surrogate pair."""
    try:
        return msgspec.json.encode(body)
    except (OverflowError, RecursionError, TypeError, ValueError) as error:
        raise BadInput("The input holds a value that cannot be sent as JSON.") from error
