"""A GraphQL request: its members, and how they are read from a body or the parameters of a URL.

Source: GraphQL over HTTP, section 5 "Request", and its appendix on persisted documents (``documentId``). JSON is read
strictly (RFC 8259, sections 4 and 6): no member twice, no ``NaN``, UTF-8 only.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, NoReturn
from urllib.parse import parse_qsl

import msgspec

from gateway.errors import BadInput
from gateway.http.document_cache import SegmentedCache

MAX_PARAMETERS = 20
"""Of a URL. A GraphQL request has five."""

KEPT_BODIES = 1_000
KEPT_BODY_BYTES = 4_000
"""The longest body that is kept."""

_EXPECTED = (
    "The body must be a JSON object with `query` (text) or `documentId` (text), and `variables`, `operationName`, "
    "`extensions`."
)


class Operation(msgspec.Struct, rename="camel"):
    """A GraphQL request. It has a ``query`` or names a document that the gateway knows."""

    query: str | None = None
    document_id: str | None = None
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None

    @property
    def names_a_document(self) -> bool:
        """Whether it says what to run: by text, by id, or (in the extensions) by hash."""
        return self.query is not None or self.document_id is not None or bool(self.extensions)


class Operations:
    """Reads bodies. Small ones without variables, of which the same come again and again, are kept as they are read."""

    def __init__(self, max_batch: int) -> None:
        self._max_batch = max_batch
        self._kept: SegmentedCache[bytes, Operation] = SegmentedCache(KEPT_BODIES, KEPT_BODIES * KEPT_BODY_BYTES)

    def of(self, body: bytes) -> Operation | list[Operation]:
        """The request in a JSON body, or the requests of a batch. Raises ``BadInput``."""
        if len(body) > KEPT_BODY_BYTES:
            return self._read(body)
        kept = self._kept.get(body)
        if kept is not None:
            return kept
        operations = self._read(body)
        if isinstance(operations, Operation) and not (operations.variables or operations.extensions):
            self._kept.put(body, operations, len(body))
        return operations

    def _read(self, body: bytes) -> Operation | list[Operation]:
        content = strict_json(body, _EXPECTED)
        if not isinstance(content, list):
            return _operation(content, _EXPECTED)
        if not 1 <= len(content) <= self._max_batch:
            raise BadInput(f"A batch has 1 to {self._max_batch} operations.")
        return [_operation(each, f"Each operation of a batch is like a single one. {_EXPECTED}") for each in content]


def operation_in_form(text: str) -> Operation:
    """The request in the text field ``operations`` of a form. Raises ``BadInput``."""
    expected = "`operations` must be one GraphQL request, as a JSON object."
    return _operation(strict_json(text, expected), expected)


def operation_in_url(query_string: bytes) -> Operation:
    """The request in the parameters of a URL; an empty one is as good as none. Raises ``BadInput``."""
    parameters = _parameters(query_string)
    members: dict[str, Any] = {
        name: parameters[name] for name in ("query", "documentId", "operationName") if parameters.get(name)
    }
    for name in ("variables", "extensions"):
        if parameters.get(name):
            members[name] = strict_json(parameters[name], f"`{name}` must be a JSON object.")
    expected = "The URL must have the parameter `query` or `documentId`; `variables` and `extensions` are JSON objects."
    return _operation(members, expected)


def strict_json(text: str | bytes, expected: str) -> Any:
    """What ``text`` holds. Raises ``BadInput`` with ``expected``, or with what is wrong about its members."""
    try:
        if isinstance(text, bytes):
            text = text.decode()
        if "\\ud" in text or "\\uD" in text:
            msgspec.json.decode(text)  # refuses half a surrogate pair, which no answer could repeat
        return _DECODER.decode(text)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise BadInput(expected) from error


def _operation(content: Any, expected: str) -> Operation:
    try:
        operation = msgspec.convert(content, Operation)
    except msgspec.MsgspecError as error:
        raise BadInput(expected) from error
    if not operation.names_a_document:
        raise BadInput(expected)
    return operation


def _parameters(query_string: bytes) -> dict[str, str]:
    try:
        text = query_string.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except ValueError as error:
        raise BadInput("The parameters of the URL cannot be read.") from error
    return _unique(pairs)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadInput("A member is named twice.")
    return members


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _no_number(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_finite)
