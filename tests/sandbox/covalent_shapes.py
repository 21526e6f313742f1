"""What the SDK covalent-cloud 1.4.4 takes as answers: unknown keys are passed over, except where it has no use for any.

``test_deployment_edge_cases`` holds ``Deployment`` to the records that the SDK was seen to take and to refuse.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Method = Literal["GET", "POST", "PUT", "DELETE", "PATCH"]


class Endpoint(msgspec.Struct):
    route: str
    method: Method
    streaming: bool
    description: str = ""


class InferenceKey(msgspec.Struct):
    key: str | None = None


class Deployment(msgspec.Struct):
    id: str
    title: str
    description: str
    invoke_url: str | None
    status: Literal["NEW_OBJECT", "CREATING", "ACTIVE", "INACTIVE", "ERROR"]
    tags: list[str] | None
    auth: bool | None
    endpoints: list[Endpoint]
    inference_keys: list[InferenceKey] = []
    error: str | None = None
    stderr: str | None = None


class RowEndpoint(msgspec.Struct, forbid_unknown_fields=True):
    route: str
    method: str
    name: str
    description: str = ""


class Row(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    title: str
    description: str
    status: str
    created_at: str
    updated_at: str
    endpoints: list[RowEndpoint]
    tags: list[str]
    auth: bool


class Metadata(msgspec.Struct):
    total_count: int
    page: int
    count: int


class Page(msgspec.Struct):
    records: list[Row]
    metadata: Metadata


class CreatedKey(msgspec.Struct):
    id: int
    key: str
    created_at: str


class ListedKey(msgspec.Struct, forbid_unknown_fields=True):
    id: int
    created_at: str
    last_used: str | None


class Refusal(msgspec.Struct):
    detail: str


class TornDown(msgspec.Struct):
    id: str
    status: Literal["INACTIVE"]
