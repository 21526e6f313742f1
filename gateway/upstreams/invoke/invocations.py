"""An invocation, and the request that it becomes: the function's kind of output decides where it goes.

Source: www.nyckel.com/docs, operations InvokeFunction and Invoke (Search); the SDK nyckel 0.4.23, which invokes Tags
functions under v0.9. OCR is known from third-party programs only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gateway.errors import BadInput
from gateway.uploads import UploadedFile
from gateway.upstreams.invoke.records import query_of
from gateway.upstreams.invoke.shared import Kind
from gateway.upstreams.requests import segment


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to invoke a function on: ``data``, or ``file`` for an image, or ``sample_id`` for a search.

    ``external_id`` and ``metadata`` are for the sample that the vendor captures.
    """

    data: Any = field(default=None, repr=False)
    file: UploadedFile | None = None
    sample_id: str | None = None
    external_id: str | None = None
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to invoke. ``retry``: send it again after 429 or 503, even if the vendor may then capture it twice."""

    label_count: int | None = None
    include_metadata: bool | None = None
    model_id: str | None = None
    capture: bool = True
    retry: bool = False
    sample_count: int | None = None
    include_data: bool | None = None
    include_regions: bool | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request by POST. ``repeatable``: sending it again cannot store anything twice."""

    path: str
    query: dict[str, str]
    body: dict[str, Any]
    repeatable: bool


def call_of(function_id: str, kind: Kind, given: Input, options: Options) -> Call:
    """The request. Raises ``BadInput`` for what this kind has no place for."""
    output = kind.output
    if given.file is not None and kind.input in ("Text", "Tabular"):
        raise BadInput(f"`file` is for Image functions; this one's input is {kind.input}.")
    if given.sample_id is not None and output != "Search":
        raise BadInput(f"`sampleId` is for Search functions; this one's output is {output}.")
    if options.model_id is not None and output in ("Tags", "Search", "Ocr"):
        raise BadInput(f"`modelId` cannot be pinned for the output {output}.")
    match output:
        case "Search":
            return _search(segment(function_id), given, options)
        case "Ocr":
            query = query_of(includeRegions=options.include_regions)
            return _invoke(f"/v0.9/functions/{segment(function_id)}/ocr", query, given, options)
        case "Tags":
            return _invoke(f"/v0.9/functions/{segment(function_id)}/invoke", _ratings(options), given, options)
        case _:
            query = _ratings(options) | query_of(modelId=options.model_id)
            return _invoke(f"/v1/functions/{segment(function_id)}/invoke", query, given, options)


def _invoke(path: str, query: dict[str, str], given: Input, options: Options) -> Call:
    query = query | query_of(capture=options.capture, externalId=given.external_id)
    body = {"data": _data(given), "externalId": given.external_id, "metadata": given.metadata}
    return Call(path, query, _given(body), repeatable=not options.capture)


def _search(function_id: str, given: Input, options: Options) -> Call:
    """A search stores nothing."""
    query = query_of(sampleCount=options.sample_count, includeData=options.include_data)
    body = {"sampleId": given.sample_id, "data": _data(given)}
    return Call(f"/v1/search-functions/{function_id}/invoke", query, _given(body), repeatable=True)


def _ratings(options: Options) -> dict[str, str]:
    return query_of(labelCount=options.label_count, includeMetadata=options.include_metadata)


def _data(given: Input) -> Any:
    """A file becomes its data URI only here, when it is sent: many inputs may share one."""
    return given.data if given.file is None else given.file.data_uri()


def _given(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
