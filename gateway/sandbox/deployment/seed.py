"""The function services of a new stand-in: one of each case that matters to a client, and as many more as asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.sandbox.deployment.behaviours import EXAMPLE_ID, ODD_NAMES_ID
from gateway.sandbox.deployment.functions import new_key
from gateway.sandbox.store import Document

STARTING_ID = "6650b3d19c8e4f00127a5a02"
NEW_ID = "6650b3d19c8e4f00127a5a03"
FAILED_ID = "6650b3d19c8e4f00127a5a04"
OPEN_ID = "6650b3d19c8e4f00127a5a05"
STOPPED_ID = "6650b3d19c8e4f00127a5a06"
BUILDING_ID = "6650b3d19c8e4f00127a5a07"

NAMED_FROM = datetime(2024, 5, 24, 9, 30, tzinfo=UTC)
GENERATED_FROM = datetime(2024, 1, 1, tzinfo=UTC)
GENERATED_STATUSES = ("ACTIVE", "ACTIVE", "INACTIVE", "ACTIVE", "ERROR", "ACTIVE", "CREATING")
GENERATED_ROUTES = ("/predict", "/generate", "/embed", "/health")
GENERATED_TITLES = ("Summarizer", "Image tagger", "Chat model", "Translator", "Embedding service")


def seed(rows: int) -> dict[str, Document]:
    """The named services and ``rows`` generated ones, by id; the named ones are the newest."""
    functions = [*map(_generated, range(rows)), *_named()]
    return {function["id"]: function for function in functions}


def _named() -> list[Document]:
    new = _function(NEW_ID, "new_service", "Waits for a machine", status="NEW_OBJECT", tags=None)
    failed = _function(FAILED_ID, "failed_service", "Its initializer raises", status="ERROR")
    failed |= {"error": "Initializer failed", "stderr": "Traceback (most recent call last):\nValueError: no weights"}
    functions = [
        _function(BUILDING_ID, "building_service", "In a status newer than its clients", status="BUILDING"),
        _function(STOPPED_ID, "stopped_service", "Was torn down", status="INACTIVE"),
        failed,
        new,
        _function(STARTING_ID, "starting_service", "Starts when it is looked at", status="CREATING"),
        _function(OPEN_ID, "open_service", "Needs no inference key") | {"auth": False, "inference_keys": []},
        _function(ODD_NAMES_ID, "odd_names_service", "Routes that clients trip over", endpoints=_odd_names()),
        _function(EXAMPLE_ID, "example_service", "Example service", tags=["demo", "example"], endpoints=_example()),
    ]
    return [_dated(function, NAMED_FROM + timedelta(minutes=at)) for at, function in enumerate(functions)]


def _example() -> list[Document]:
    return [
        _endpoint("/hello", description="Says hello", source="def hello(message, number=42): ..."),
        _endpoint("/stream", streaming=True, description="Streams", source="def stream(message, items): ..."),
        _endpoint("/custom-endpoint", name="Custom", description=""),
        _endpoint("/peek", method="GET", description="GET endpoint"),
        _endpoint("/boom", description="fails"),
    ]


def _odd_names() -> list[Document]:
    """Routes that collide in the vendor's client, or that its documentation does not show."""
    posted = ["/status", "/self", "/method", "/v1/gen-text", "/a-b", "/a_b", "/nothing", "no-slash"]
    both = [_endpoint("/both", method=method) for method in ("GET", "POST")]
    return [*map(_endpoint, posted), *both, _endpoint("/echo-stream", streaming=True)]


def _generated(index: int) -> Document:
    title = f"{GENERATED_TITLES[index % len(GENERATED_TITLES)]} {index + 1}"
    status = GENERATED_STATUSES[index % len(GENERATED_STATUSES)]
    endpoints = [_endpoint(route, streaming=route == "/generate") for route in GENERATED_ROUTES[: 1 + index % 4]]
    described = f"Generated service {index + 1}"
    function = _function(f"6592{index:020x}", title, described, status=status, tags=["generated"], endpoints=endpoints)
    return _dated(function, GENERATED_FROM + timedelta(minutes=index))


def _function(
    function_id: str,
    title: str,
    description: str,
    *,
    status: str = "ACTIVE",
    tags: Sequence[str] | None = (),
    endpoints: list[Document] | None = None,
) -> Document:
    return {
        "id": function_id,
        "title": title,
        "description": description,
        "status": status,
        "auth": True,
        "tags": None if tags is None else list(tags),
        "endpoints": endpoints or [_endpoint("/echo", description="Answers what it is given")],
        "inference_keys": [],
        "error": None,
        "stderr": None,
    }


def _dated(function: Document, created: datetime) -> Document:
    at = created.strftime("%Y-%m-%dT%H:%M:%SZ")
    keys = [new_key(1, at)] if function["auth"] else []
    return function | {"created_at": at, "updated_at": at, "inference_keys": keys}


def _endpoint(
    route: str,
    *,
    method: str = "POST",
    name: str | None = None,
    streaming: bool = False,
    description: str | None = None,
    source: str = "",
) -> Document:
    """An endpoint of the record; one without a description has no such key, as null breaks the vendor's client."""
    described: dict[str, Any] = {} if description is None else {"description": description}
    return {
        "method": method,
        "route": route,
        "name": name or route.strip("/"),
        "endpoint_fn": None,
        "endpoint_fn_source": source,
        "streaming": streaming,
        "test_endpoint_enabled": True,
    } | described
