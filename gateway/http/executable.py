"""One operation of a valid document, ready to run: as a plan where there can be one, else by graphql-core."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    Visitor,
    subscribe,
    visit,
)
from graphql.execution import (
    ExperimentalIncrementalExecutionResults,
    InitialIncrementalExecutionResult,
    SubsequentIncrementalExecutionResult,
    experimental_execute_incrementally,
)
from graphql.execution.incremental import IncrementalExecutor
from graphql.pyutils import AwaitableOrValue

from gateway.execution import Plan, PlanUnsupported, compile_plan
from gateway.http.limits.survey import INCREMENTAL
from gateway.settled import settled

Increment = ExecutionResult | InitialIncrementalExecutionResult | SubsequentIncrementalExecutionResult
"""A part of an answer, or all of it."""


class Executable:
    """``node`` of ``document``, which says ``incremental``. Its plan is made when it first runs."""

    immediate = False
    """Whether its plan is made, and is a query that is read in place. It hardly ever waits, so nobody could join it."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        node: OperationDefinitionNode,
        incremental: frozenset[str],
        *,
        suggestions: bool,
    ) -> None:
        self.node = node
        self.kind: OperationType = node.operation
        self.kind_name: str = node.operation.value
        self.document = document
        self.incremental = incremental
        self._schema = schema
        self._suggestions = suggestions

    def execute(self, context: Any, variables: dict[str, Any]) -> AwaitableOrValue[ExecutionResult]:
        """The whole answer, whatever ``@defer`` and ``@stream`` say; at once, where there is nothing to wait for."""
        plan = self.plan
        return self._by_reference(context, variables) if plan is None else plan.execute(None, context, variables)

    async def _by_reference(self, context: Any, variables: dict[str, Any]) -> ExecutionResult:
        # `execute` refuses schemas that have @defer and @stream; this document has neither.
        found = experimental_execute_incrementally(
            self._schema,
            self._at_once,
            context_value=context,
            variable_values=variables,
            operation_name=self._name,
            hide_suggestions=not self._suggestions,
        )
        result = await settled(found)
        assert isinstance(result, ExecutionResult)
        return result

    async def increments(
        self, context: Any, variables: dict[str, Any], *, early: bool
    ) -> AsyncGenerator[Increment, None]:
        """The answer in parts, as ``@defer`` and ``@stream`` say; a single one if nothing is left for later.

        ``early``: what comes later begins at once, all of it side by side, so that the items of a streamed list load
        what they need together, not one by one. Otherwise it begins after the first part, and cannot hold that up.
        """
        executor = IncrementalExecutor.build(
            self._schema,
            self.document,
            context_value=context,
            raw_variable_values=variables,
            operation_name=self._name,
            enable_early_execution=early,
            hide_suggestions=not self._suggestions,
        )
        if isinstance(executor, list):
            yield ExecutionResult(None, executor)
            return
        try:
            found = executor.execute_operation()
            result: ExecutionResult | ExperimentalIncrementalExecutionResults = await settled(found)
            if isinstance(result, ExecutionResult):
                yield result
                return
            async with aclosing(result.subsequent_results) as increments:
                yield result.initial_result
                async for increment in increments:
                    yield increment
        finally:
            # Nobody else ends what began before the first part was read.
            await executor.cancel_incremental_work()

    async def subscribe(
        self, context: Any, variables: dict[str, Any]
    ) -> AsyncGenerator[ExecutionResult, None] | ExecutionResult:
        """The answers to a subscription; one with errors when it is refused."""
        found = subscribe(
            self._schema,
            self._at_once,
            context_value=context,
            variable_values=variables,
            operation_name=self._name,
            hide_suggestions=not self._suggestions,
        )
        events = await settled(found)
        assert isinstance(events, AsyncGenerator | ExecutionResult)
        return events

    @property
    def planned(self) -> bool:
        """Whether the plan is made."""
        return "plan" in vars(self)

    @cached_property
    def plan(self) -> Plan | None:
        """None where only graphql-core can run it."""
        try:
            plan = compile_plan(self._schema, self._at_once, self._name, hide_suggestions=not self._suggestions)
        except PlanUnsupported:
            return None
        self.immediate = plan.immediate
        return plan

    @cached_property
    def _at_once(self) -> DocumentNode:
        return without_incremental(self.document) if self.incremental else self.document

    @property
    def _name(self) -> str | None:
        return self.node.name.value if self.node.name else None


def without_incremental(document: DocumentNode) -> DocumentNode:
    """The document without ``@defer`` and ``@stream``."""
    stripped: DocumentNode = visit(document, _Strip())
    return stripped


class _Strip(Visitor):
    def enter_directive(self, node: Any, *_: Any) -> Any:
        return self.REMOVE if node.name.value in INCREMENTAL else None
