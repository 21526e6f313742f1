"""From the text of a request to an operation that may run: parsed once, within its limits, valid.

Parsing, the limits of the document, validation and planning happen once per text. All of that is one synchronous step,
so that of many requests that bring the same new text at once, one does it and the others find it done.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    value_from_ast_untyped,
)

from gateway.errors import BadInput
from gateway.http.document_cache import SegmentedCache
from gateway.http.executable import Executable
from gateway.http.limits.list_sizes import ListSizes
from gateway.http.limits.survey import Survey, surveyed
from gateway.http.limits.variables import check_variables
from gateway.http.limits.weight import Scales, Weight
from gateway.http.validation import Validator
from gateway.settings import LimitSettings

BYTES_PER_TOKEN = 700
"""What a token of a parsed and planned document takes in memory, measured with tracemalloc."""


class Refused(Exception):  # noqa: N818
    """The request does not run; ``errors`` say why."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = list(errors)


@dataclass(slots=True)
class Prepared:
    """An operation that may run, with its variables, and what it costs: values in its answer."""

    executable: Executable
    variables: dict[str, Any]
    cost: float
    spent_s: float = 0.0
    """Seconds of work that a document took which was not known yet."""
    plan: Any = None
    """What the request says of ``extensions.plan``."""

    @property
    def incremental(self) -> frozenset[str]:
        """Which of ``defer`` and ``stream`` the document says."""
        return self.executable.incremental

    @property
    def is_subscription(self) -> bool:
        return self.executable.kind is OperationType.SUBSCRIPTION

    @property
    def is_query(self) -> bool:
        return self.executable.kind is OperationType.QUERY


class _Document:
    """A parsed document whose own numbers are within the limits."""

    def __init__(self, document: DocumentNode, survey: Survey) -> None:
        self.document = document
        self.incremental = frozenset(survey.incremental)
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.order = _in_order(survey.spreads)
        self.errors: list[GraphQLError] = []
        self.operations: dict[str | None, _Operation] = {}


@dataclass(slots=True)
class _Operation:
    """One operation of a document, by the name that requests give.

    ``cost`` is None where it hangs on variables. ``prepared`` is for requests without any, once the document is valid.
    """

    executable: Executable
    defaults: dict[str, Any]
    cost: float | None = None
    prepared: Prepared | None = None


class Documents:
    """Prepares requests, and keeps what it made of their documents. ``hits`` and ``misses`` count whether it had it."""

    def __init__(
        self, schema: GraphQLSchema, limits: LimitSettings, *, introspection: bool = True, suggestions: bool = True
    ) -> None:
        self._schema = schema
        self._limits = limits
        self._suggestions = suggestions
        self._sizes = ListSizes(schema)
        self._validator = Validator(schema, limits, introspection=introspection, suggestions=suggestions)
        self.kept: SegmentedCache[str | tuple[str], _Document] = SegmentedCache(
            self._limits.kept_documents, self._limits.kept_documents_bytes
        )
        self.hits = self.misses = 0

    def known(self, text: str, name: str | None) -> Prepared | None:
        """An operation that was prepared before, and costs the same each time; without variables."""
        document = self.kept.get(text)
        operation = None if document is None or document.errors else document.operations.get(name)
        if operation is None or operation.cost is None:
            return None
        self.hits += 1
        if operation.prepared is None:
            operation.prepared = Prepared(operation.executable, {}, operation.cost)
        return operation.prepared

    def prepare(
        self, text: str, variables: dict[str, Any] | None = None, name: str | None = None, *, limited: bool = True
    ) -> Prepared:
        """Parse, check the limits (of the variables alone, if it is not ``limited``), validate; in this order.

        Raises ``Refused``.
        """
        try:
            return self._prepared(text, name, variables or {}, limited)
        except BadInput as error:
            raise Refused([GraphQLError(error.message, original_error=error)]) from error
        except GraphQLSyntaxError as error:
            raise Refused([error]) from error

    def _prepared(self, text: str, name: str | None, variables: dict[str, Any], limited: bool) -> Prepared:
        if variables:
            check_variables(variables, self._limits)
        key = text if limited else (text,)  # what had no limits is not found by callers
        started_s, spent_s = None, 0.0
        document = self.kept.get(key)
        if document is not None:
            self.hits += 1
        else:
            self.misses += 1
            started_s = time.thread_time()
            document = self._read(text) if limited else self._read_own(text)
        operation = self._operation(document, name)
        cost = self._cost(document, operation, variables, limited)
        if started_s is not None:
            document.errors = self._validator.errors_of(document.document)
            self.kept.put(key, document, _size_of(document.document))
            spent_s = time.thread_time() - started_s
        if document.errors:
            raise Refused(document.errors)
        return Prepared(operation.executable, variables, cost, spent_s)

    def _read(self, text: str) -> _Document:
        self._check("bytes", len(text.encode(errors="surrogatepass")), self._limits.max_document_bytes)
        document = self._parsed(text)
        survey = surveyed(document)
        self._check_survey(survey)
        return _Document(document, survey)

    @staticmethod
    def _read_own(text: str) -> _Document:
        document = parse(text)
        return _Document(document, surveyed(document))

    def _parsed(self, text: str) -> DocumentNode:
        try:
            return parse(text, max_lexical_tokens=self._limits.max_tokens)
        except GraphQLSyntaxError as error:
            if error.message.startswith("Syntax Error: Document contains more than"):
                raise BadInput(f"The document has more than {self._limits.max_tokens} tokens.") from error
            raise

    def _check_survey(self, survey: Survey) -> None:
        self._check("operations", survey.operations, self._limits.max_operations)
        self._check("aliases", survey.aliases, self._limits.max_aliases)
        self._check("directives", survey.directives, self._limits.max_directives)
        at_one_place = self._limits.max_directives_at_one_place
        self._check("directives at one place", survey.directives_at_one_place, at_one_place)

    def _operation(self, document: _Document, name: str | None) -> _Operation:
        found = document.operations.get(name)
        if found is None:
            node = get_operation_ast(document.document, name)
            if node is None:
                raise BadInput("The document must have one operation, or `operationName` must name one of them.")
            executable = Executable(
                self._schema, document.document, node, document.incremental, suggestions=self._suggestions
            )
            found = document.operations[name] = _Operation(executable, _defaults(node))
        return found

    def _cost(self, document: _Document, operation: _Operation, variables: dict[str, Any], limited: bool) -> float:
        """Checks depth, root fields and cost. Where no list's length hangs on a variable, that is done once."""
        if operation.cost is not None:
            return operation.cost
        scales = Scales(self._schema, self._sizes, operation.defaults | variables)
        scales.weigh_fragments(document.fragments, document.order)
        weight = scales.operation(operation.executable.node)
        if limited:
            self._check_weight(weight)
        if not scales.used_variables:
            operation.cost = weight.cost
        return weight.cost

    def _check_weight(self, weight: Weight) -> None:
        self._check("levels of fields", weight.depth, self._limits.max_depth)
        self._check("root fields", weight.fields, self._limits.max_root_fields)
        if weight.cost > self._limits.max_cost:
            raise BadInput(f"The operation costs {weight.cost:.0f}, more than {self._limits.max_cost}.")

    @staticmethod
    def _check(what: str, found: float, limit: int) -> None:
        if found > limit:
            raise BadInput(f"The document has {found:.0f} {what}, more than {limit}.")


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    """The default values of its variables."""
    return {
        node.variable.name.value: value_from_ast_untyped(node.default_value)
        for node in operation.variable_definitions or ()
        if node.default_value is not None
    }


def _in_order(spreads: dict[str, set[str]]) -> list[str]:
    """Names of fragments, each after those that it spreads."""
    try:
        return list(TopologicalSorter(spreads).static_order())
    except CycleError as error:
        raise BadInput("Fragments spread each other in a circle.") from error


def _size_of(document: DocumentNode) -> int:
    return (document.token_count or 0) * BYTES_PER_TOKEN
