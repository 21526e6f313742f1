"""What Open WebUI's functions API sends and takes. Source: the vendor's page "Functions API"; 0.6.43 to 0.12.4.

Members that only some endpoints or versions send are unset or null where they are missing; unknown ones are passed over
(0.6.43 sends the whole record of an owner). Times are epoch seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any

import msgspec

from gateway.errors import UpstreamInvalid


class FunctionType(Enum):
    """By the class that the code defines, in the order in which the server looks for them."""

    PIPE = "pipe"
    FILTER = "filter"
    ACTION = "action"
    EVENT = "event"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> FunctionType:
        return cls.UNKNOWN


class Owner(msgspec.Struct):
    id: str
    name: str
    role: str
    email: str


class Function(msgspec.Struct):
    """A stored function. ``content``, ``user`` and ``valves`` are unset where the endpoint does not send them.

    ``stored_meta`` is ``meta`` as it came: few ask for it, and it is half of what a list holds.
    """

    id: str
    user_id: str | None
    name: str
    type: FunctionType
    stored_meta: msgspec.Raw = msgspec.field(name="meta")
    is_active: bool
    is_global: bool
    updated_at: int
    created_at: int
    version_id: str | None = None
    content: str | msgspec.UnsetType = msgspec.UNSET
    user: Owner | msgspec.UnsetType | None = msgspec.UNSET
    valves: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    user_valves: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    """Never sent: set after the caller's own were changed."""

    @property
    def meta(self) -> dict[str, Any]:
        """Every key that was stored; ``manifest`` is the front matter of the content. Raises ``UpstreamInvalid``."""
        try:
            return msgspec.json.decode(self.stored_meta, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise UpstreamInvalid("A function's `meta` is no object.", service="function_admin") from error

    @property
    def updated(self) -> datetime:
        return datetime.fromtimestamp(self.updated_at, UTC)

    @property
    def created(self) -> datetime:
        return datetime.fromtimestamp(self.created_at, UTC)


class FunctionParts(msgspec.Struct):
    """What lists leave out of a function; unset as in ``Function``."""

    id: str
    content: str | msgspec.UnsetType = msgspec.UNSET
    valves: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET


class FunctionForm(msgspec.Struct):
    """The body of create and update; on update the ``id`` in it is ignored by the server."""

    id: str
    name: str
    content: str
    meta: dict[str, Any]
    commit_message: str | msgspec.UnsetType = msgspec.UNSET


class SyncedFunction(msgspec.Struct):
    """A function as ``POST /sync`` takes it. The server writes ``user_id`` and ``updated_at`` itself."""

    id: str
    user_id: str
    name: str
    type: str
    content: str
    meta: dict[str, Any]
    valves: dict[str, Any]
    is_active: bool
    is_global: bool
    updated_at: int
    created_at: int
    version_id: str | msgspec.UnsetType = msgspec.UNSET


class LoadedFunction(msgspec.Struct):
    """Code from an address, and the name that the server made of the address; nothing is stored."""

    name: str
    content: str


class VersionAuthor(msgspec.Struct):
    name: str


class Snapshot(msgspec.Struct):
    name: str
    content: str
    meta: dict[str, Any]


class Version(msgspec.Struct):
    """A version of a function (0.12.4). ``snapshot`` is sent with a single one only."""

    id: str
    function_id: str
    created_at: int
    parent_id: str | None = None
    user_id: str | None = None
    commit_message: str | None = None
    user: VersionAuthor | None = None
    snapshot: Snapshot | msgspec.UnsetType = msgspec.UNSET

    @property
    def created(self) -> datetime:
        return datetime.fromtimestamp(self.created_at, UTC)


class VersionDiff(msgspec.Struct):
    """What lies between two versions. ``metadata`` has ``before`` and ``after`` of a changed ``name`` and ``meta``."""

    from_id: str
    to_id: str
    metadata: dict[str, Any]
    content_diff: str
    line_endings_only: bool
