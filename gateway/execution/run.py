"""What one execution carries, and how its errors become the response's.

Errors are collected as they occur and put in order at the end: they read as if the fields had been executed one after
the other in the order of the document, whatever finished first. Once an error has turned a parent into null, further
errors below that parent are left out (specification, section 6.4.4).
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLResolveInfoHelpers,
    GraphQLSchema,
    OperationDefinitionNode,
    located_error,
)
from graphql.execution.values import VariableValues
from graphql.pyutils import gather_with_cancel, is_awaitable

from gateway.execution.places import Places, Steps, keys_of
from gateway.execution.tree import Field


class Failed:
    """Stands in a column for a value that failed in a non-null place, until a nullable place stops it."""

    __slots__ = ("error", "steps")

    def __init__(self, error: GraphQLError, steps: Steps) -> None:
        self.error = error
        self.steps = steps


@dataclass(slots=True, frozen=True)
class Operation:
    """What a plan was made for; the same in all of its executions."""

    schema: GraphQLSchema
    definition: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    hide_suggestions: bool
    warm_rows: int


class Run:
    """One execution of a plan."""

    __slots__ = ("_stopped", "background", "begun", "context", "failed", "operation", "root_value", "variables")

    def __init__(self, operation: Operation, root_value: Any, context: Any, variables: VariableValues) -> None:
        self.operation = operation
        self.root_value = root_value
        self.context = context
        self.variables = variables
        self.failed = False
        """Whether anything failed so far; while nothing has, nobody looks for ``Failed``."""
        self.begun: list[Any] = []
        """Awaitables that may not be awaited yet (other values, too); closed when the execution ends early."""
        self.background: list[Awaitable[Any]] = []
        """What resolvers gave to ``info.async_helpers.track``."""
        self._stopped: list[tuple[Failed, Steps]] = []

    @property
    def helpers(self) -> GraphQLResolveInfoHelpers:
        """What resolvers find under ``info.async_helpers``."""
        return GraphQLResolveInfoHelpers(gather=_gather, track=self._track)

    def _track(self, values: Sequence[Any]) -> None:
        self.background += [value for value in values if is_awaitable(value)]

    async def finish(self) -> None:
        """Wait for what resolvers want to be waited for."""
        await asyncio.gather(*self.background, return_exceptions=True)

    def abandon(self) -> None:
        """The execution was cancelled: close the coroutines that it did not get to."""
        for each in self.begun:
            if inspect.iscoroutine(each):
                each.close()

    def fail(self, field: Field, places: Places, index: int, error: Exception) -> Failed:
        """Value ``index`` failed."""
        self.failed = True
        steps = places.steps(index)
        return Failed(located_error(error, field.nodes, keys_of(steps)), steps)

    def stop(self, failed: Failed, places: Places, index: int) -> None:
        """A nullable place takes the failure and becomes null."""
        self._stopped.append((failed, places.steps(index)))

    def errors(self) -> list[GraphQLError] | None:
        """The errors of the response."""
        if not self._stopped:
            return None
        nulled: set[tuple[str | int, ...]] = set()
        errors = []
        for failed, place in sorted(self._stopped, key=_document_order):
            path = tuple(keys_of(place))
            if not any(path[:length] in nulled for length in range(len(path) + 1)):
                nulled.add(path)
                errors.append(failed.error)
        return errors


def _document_order(stopped: tuple[Failed, Steps]) -> list[int]:
    return [position for position, _, _ in stopped[0].steps]


def _gather(values: Sequence[Awaitable[Any]]) -> Awaitable[list[Any]]:
    return gather_with_cancel(*values)
