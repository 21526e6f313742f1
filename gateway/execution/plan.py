"""Plans: compiled once, executed many times."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    assert_valid_schema,
)
from graphql.execution import experimental_execute_incrementally
from graphql.execution.values import VariableValues, get_variable_values
from graphql.pyutils import AwaitableOrValue

from gateway.execution.awaiting import Found, Later
from gateway.execution.codegen import WARM_ROWS
from gateway.execution.documents import Survey, fragments_of, operation_of
from gateway.execution.explain import explain
from gateway.execution.levels import generated, shape, shape_serially, with_care
from gateway.execution.outline import Level, N, Notes, outline
from gateway.execution.places import Root
from gateway.execution.planner import Planner, PlanUnsupported
from gateway.execution.run import Failed, Operation, Run
from gateway.execution.tree import Column, Selection

MAX_VARIANTS = 16
"""Variants that a plan keeps; the one that was used longest ago goes first."""

MAX_COERCION_ERRORS = 50
"""Errors in variables that are reported; graphql-core's default."""


def compile_plan(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation_name: str | None = None,
    *,
    hide_suggestions: bool = False,
    warm_rows: int = WARM_ROWS,
) -> Plan:
    """Plan an operation of a document that is valid for the schema. Raises ``PlanUnsupported``.

    ``hide_suggestions`` leaves "Did you mean" out of errors; a level's code is generated once it has shaped
    ``warm_rows`` rows.
    """
    assert_valid_schema(schema)
    operation = operation_of(document, operation_name)
    if operation is None:
        raise PlanUnsupported("which operation to execute is not clear")
    survey = Survey(document, operation)
    if survey.unsupported:
        raise PlanUnsupported(survey.unsupported)
    return Plan(document, Operation(schema, operation, fragments_of(document), hide_suggestions, warm_rows), survey)


class _Variant:
    """The plan for one set of values of the variables that ``@skip`` and ``@include`` use."""

    def __init__(self, operation: Operation, variables: VariableValues, fields_in_document: int) -> None:
        planner = Planner(operation, variables, fields_in_document)
        try:
            self.root = planner.root()
        except RecursionError:
            raise PlanUnsupported("fields are nested too deeply") from None
        self.levels = planner.levels


class Plan:
    """A planned operation.

    It has a variant for each set of values, as it has met them, of the variables that ``@skip`` and ``@include`` use.
    Most documents have no such variables, and so one variant.
    """

    def __init__(self, document: DocumentNode, operation: Operation, survey: Survey) -> None:
        self._document = document
        self._operation = operation
        self._survey = survey
        self._takes_variables = bool(operation.definition.variable_definitions)
        self._serial = operation.definition.operation is OperationType.MUTATION
        self._first = _Variant(operation, VariableValues({}, dict(survey.conditions)), survey.fields)
        self.immediate = not (self._takes_variables or self._serial or self._first.root.columns)
        """Whether it is a query without variables, all of whose fields generated code reads in place."""
        self._variants: dict[tuple[bool | None, ...], _Variant] = {tuple(survey.conditions.values()): self._first}

    @property
    def source(self) -> str:
        """The generated Python, with every ``@include`` and no ``@skip`` that hangs on a variable."""
        sources = {each.generator.source(each): None for each in self._first.levels}
        return "\n\n".join(sources)

    def outline(self, notes: Notes[N]) -> Level[N]:
        """The levels and where their values come from, with ``notes`` about the fields that are not read in place."""
        return outline(self._first.root, notes)

    def explain(self, notes: Notes[str] = lambda field: ()) -> str:
        """As ``outline``, as text."""
        return explain(self._operation.definition.operation.value, self.outline(notes))

    def execute(
        self, root_value: Any = None, context_value: Any = None, variables: dict[str, Any] | None = None
    ) -> AwaitableOrValue[ExecutionResult]:
        """Run it: the result, where resolvers give nothing to wait for, else a coroutine to be awaited at once.

        When the awaiting task is cancelled, all that was started is cancelled and waited for.
        """
        if self.immediate and (rows := generated(self._first.root, [root_value])):
            return ExecutionResult(rows[0], None)
        # Made anew each time: who runs batches under graphql-core knows an execution by it.
        coerced = self._coerced(variables or {}) if self._takes_variables else VariableValues({}, {})
        if isinstance(coerced, list):
            return ExecutionResult(None, coerced)
        try:
            variant = self._variant(coerced)
        except (PlanUnsupported, GraphQLError):
            return self._execute_by_reference(root_value, context_value, variables)
        return self._run(variant.root, Run(self._operation, root_value, context_value, coerced))

    def _coerced(self, variables: dict[str, Any]) -> VariableValues | list[GraphQLError]:
        operation = self._operation
        nodes = operation.definition.variable_definitions or ()
        return get_variable_values(operation.schema, nodes, variables, MAX_COERCION_ERRORS, operation.hide_suggestions)

    def _variant(self, variables: VariableValues) -> _Variant:
        """Raises ``GraphQLError`` where a condition is null, and ``PlanUnsupported``."""
        if not self._survey.conditions:
            return self._first
        key = tuple(variables.coerced.get(name) for name in self._survey.conditions)
        variant = self._variants.pop(key, None)
        if variant is None:
            variant = _Variant(self._operation, variables, self._survey.fields)
            if len(self._variants) == MAX_VARIANTS:
                del self._variants[next(iter(self._variants))]
        self._variants[key] = variant
        return variant

    def _run(self, root: Selection, run: Run) -> AwaitableOrValue[ExecutionResult]:
        rows = Column([run.root_value], Root())
        try:
            found = self._begin(run, root, rows)
        except BaseException:
            run.abandon()
            raise
        if isinstance(found, Later) or run.background:
            return _arrived(run, rows, found)
        return _result(run, rows, found)

    def _begin(self, run: Run, root: Selection, rows: Column) -> Found:
        if self._serial:
            return Later(partial(shape_serially, run, root, rows))
        return with_care(run, root, rows, []) if self.immediate else shape(run, root, rows)

    async def _execute_by_reference(
        self, root_value: Any, context_value: Any, variables: dict[str, Any] | None
    ) -> ExecutionResult:
        name = self._operation.definition.name
        # `execute` refuses schemas that have @defer and @stream; the document has neither.
        result = experimental_execute_incrementally(
            self._operation.schema,
            self._document,
            root_value,
            context_value,
            variables,
            name.value if name else None,
            hide_suggestions=self._operation.hide_suggestions,
        )
        result = await result if inspect.isawaitable(result) else result
        assert isinstance(result, ExecutionResult)
        return result


async def _arrived(run: Run, rows: Column, found: Found) -> ExecutionResult:
    try:
        values = await found.arrive() if isinstance(found, Later) else found
        if run.background:
            await run.finish()
    except BaseException:
        run.abandon()
        raise
    return _result(run, rows, values)


def _result(run: Run, rows: Column, values: list[Any]) -> ExecutionResult:
    [data] = values
    if isinstance(data, Failed):
        run.stop(data, rows.places, 0)
        data = None
    return ExecutionResult(data, run.errors() if run.failed else None)
