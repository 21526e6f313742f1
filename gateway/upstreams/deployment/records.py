"""Records of the management API. Times are ISO 8601 texts, as the vendor writes them.

Source: what the SDK covalent-cloud 1.4.4 takes as answers. Where it breaks on a null or on an unknown status, these
records do not.
"""

from __future__ import annotations

from enum import Enum

import msgspec


class DeploymentStatus(Enum):
    NEW_OBJECT = "NEW_OBJECT"
    CREATING = "CREATING"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    ERROR = "ERROR"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def _missing_(cls, value: object) -> DeploymentStatus:
        return cls.UNKNOWN


class DeploymentSort(Enum):
    """Keys that lists were seen to be sorted by."""

    CREATED_AT = "created_at"
    TITLE = "title"


class SortDirection(Enum):
    ASC = "ASC"
    DESC = "DESC"


class Endpoint(msgspec.Struct):
    """``streaming`` is known from a deployment's own record only, not from a list."""

    route: str
    method: str
    name: str | None = None
    description: str | None = None
    streaming: bool | None = None


class KeyInRecord(msgspec.Struct):
    """A key that the service takes; its value does not show in ``repr``."""

    key: str | None = None

    def __repr__(self) -> str:
        return "KeyInRecord(...)"


class InferenceKey(msgspec.Struct):
    """A key as it is managed. ``key`` is there once, in the answer that makes it, and does not show in ``repr``."""

    id: str | int
    key: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    last_used: str | None = None

    def __repr__(self) -> str:
        return f"InferenceKey(id={self.id!r})"


class Deployment(msgspec.Struct):
    """A row of a list."""

    id: str
    title: str
    status: DeploymentStatus
    description: str | None = None
    tags: list[str] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class DeploymentDetails(Deployment, kw_only=True):
    """A deployment's own record."""

    invoke_url: str | None
    auth: bool | None
    endpoints: list[Endpoint]
    inference_keys: list[KeyInRecord] | None = None
    error: str | None = None
    stderr: str | None = None

    @property
    def inference_key(self) -> str | None:
        """The key that calls of the service carry: the first one, as the SDK has it."""
        return next((each.key for each in self.inference_keys or [] if each.key), None)


class DeploymentPage(msgspec.Struct):
    records: list[Deployment]
