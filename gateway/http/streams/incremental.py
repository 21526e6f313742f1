"""The parts of an answer with ``@defer`` and ``@stream``, in the two formats that clients read.

Source: GraphQL, pull request 1110 (``pending``, ``incremental``, ``completed``), which Apollo calls v0.2; GraphQL
specification at commit 48cf726 (``label`` and ``path``), which Apollo calls v0.1 or 20220824.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import ExecutionResult, GraphQLError
from graphql.execution import (
    CompletedResult,
    IncrementalDeferResult,
    IncrementalResult,
    InitialIncrementalExecutionResult,
    PendingResult,
    SubsequentIncrementalExecutionResult,
)

from gateway.http.engine import Body, body_of
from gateway.http.errors import public_errors
from gateway.http.executable import Increment


class Pending2023:
    """What is left for later has an id, by which it comes. Every error passes the one exit."""

    def __init__(self, request_id: str, max_errors: int) -> None:
        self._request_id = request_id
        self._max_errors = max_errors

    def body(self, increment: Increment) -> Body:
        """The part that tells of ``increment``."""
        if isinstance(increment, SubsequentIncrementalExecutionResult):
            return self._subsequent(increment)
        pending = increment.pending if isinstance(increment, InitialIncrementalExecutionResult) else []
        return _first(increment, self._request_id, self._max_errors) | _unless_empty(
            pending=[_pending(each) for each in pending]
        )

    def _subsequent(self, increment: SubsequentIncrementalExecutionResult) -> Body:
        return {"hasNext": increment.has_next} | _unless_empty(
            pending=[_pending(each) for each in increment.pending or ()],
            incremental=[self._delivered(each) for each in increment.incremental or ()],
            completed=[{"id": each.id} | self._errors(each) for each in increment.completed or ()],
        )

    def _delivered(self, result: IncrementalResult) -> Body:
        place = {"id": result.id} | _unless_empty(subPath=result.sub_path)
        return place | _value(result) | self._errors(result)

    def _errors(self, result: IncrementalResult | CompletedResult) -> Body:
        return _unless_empty(errors=public_errors(result.errors or (), self._request_id, self._max_errors))


class Labels2022:
    """What was left for later comes with its label and path. Deferred fragments only: streamed items have no index.

    A fragment's label comes once, with the last of its values, or with null when it failed; clients take the fragment
    for complete then. Values that other fragments need too come by their path alone.
    """

    def __init__(self, request_id: str, max_errors: int) -> None:
        self._request_id = request_id
        self._max_errors = max_errors
        self._pending: dict[str, PendingResult] = {}

    def body(self, increment: Increment) -> Body:
        """The part that tells of ``increment``."""
        if not isinstance(increment, ExecutionResult):
            self._pending |= {each.id: each for each in increment.pending or ()}
        if not isinstance(increment, SubsequentIncrementalExecutionResult):
            return _first(increment, self._request_id, self._max_errors)
        return _unless_empty(incremental=list(self._patches(increment))) | {"hasNext": increment.has_next}

    def _patches(self, increment: SubsequentIncrementalExecutionResult) -> Iterator[Body]:
        ends = {each.id: each for each in increment.completed or ()}
        last = {each.id: each for each in increment.incremental or ()}
        for result in increment.incremental or ():
            assert isinstance(result, IncrementalDeferResult)
            pending, label = self._pending[result.id], None
            if result is last[result.id] and not result.sub_path and result.id in ends:
                del ends[result.id]
                label = pending.label
            yield self._patch([*pending.path, *(result.sub_path or ())], label, result.data, result.errors)
        for end in ends.values():
            pending = self._pending[end.id]
            yield self._patch(pending.path, pending.label, None if end.errors else {}, end.errors)

    def _patch(self, path: Any, label: str | None, data: Any, errors: list[GraphQLError] | None) -> Body:
        named = {} if label is None else {"label": label}
        public = public_errors(errors or (), self._request_id, self._max_errors)
        return {"path": path, **named, "data": data} | _unless_empty(errors=public)


Format = Pending2023 | Labels2022


def _first(increment: ExecutionResult | InitialIncrementalExecutionResult, request_id: str, max_errors: int) -> Body:
    body = body_of(ExecutionResult(increment.data, increment.errors), request_id, max_errors)
    return body | {"hasNext": isinstance(increment, InitialIncrementalExecutionResult)}


def _pending(result: PendingResult) -> Body:
    return {"id": result.id, "path": result.path} | ({} if result.label is None else {"label": result.label})


def _value(result: IncrementalResult) -> Body:
    return {"data": result.data} if isinstance(result, IncrementalDeferResult) else {"items": result.items}


def _unless_empty(**members: Any) -> Body:
    return {name: value for name, value in members.items() if value}
