"""From the text of a request to a document that may run: parsed once, within its limits, valid."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from cachetools import LRUCache
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
from gateway.http.exchange import Operation
from gateway.http.limits.list_sizes import ListSizes
from gateway.http.limits.survey import Survey, surveyed
from gateway.http.limits.variables import check_variables
from gateway.http.limits.weight import Scales, Weight
from gateway.http.validation import Validator
from gateway.settings import LimitSettings


class Refused(Exception):  # noqa: N818
    """The request does not run; ``errors`` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True)
class Prepared:
    """A document that may run, the operation of it that is asked for, and what this costs: values in its answer."""

    document: DocumentNode
    operation: OperationDefinitionNode
    cost: float

    @property
    def is_subscription(self) -> bool:
        return self.operation.operation is OperationType.SUBSCRIPTION


@dataclass(frozen=True)
class _Read:
    """A parsed document whose own numbers are within the limits."""

    document: DocumentNode
    fragments: dict[str, FragmentDefinitionNode]
    order: list[str]


class Documents:
    """Prepares requests. Keeps the last valid documents, so that a text that comes again is not parsed again."""

    def __init__(self, schema: GraphQLSchema, limits: LimitSettings) -> None:
        self._schema = schema
        self._limits = limits
        self._sizes = ListSizes(schema)
        self._validator = Validator(schema, limits)
        self._valid: LRUCache[str, _Read] = LRUCache(limits.kept_documents)

    def prepare(self, operation: Operation) -> Prepared:
        """Parse, check the limits, validate; in this order. Raises ``Refused``."""
        try:
            return self._prepared(operation)
        except BadInput as error:
            raise Refused([GraphQLError(error.message, original_error=error)]) from error
        except GraphQLSyntaxError as error:
            raise Refused([error]) from error

    def _prepared(self, operation: Operation) -> Prepared:
        check_variables(operation.variables, self._limits)
        kept = self._valid.get(operation.query)
        read = kept or self._read(operation.query)
        chosen = _chosen(read.document, operation.operation_name)
        weight = self._weight(read, chosen, operation.variables or {})
        if kept is None:
            self._validate(read.document)
            self._valid[operation.query] = read
        return Prepared(read.document, chosen, weight.cost)

    def _read(self, text: str) -> _Read:
        self._check("bytes", len(text.encode(errors="surrogatepass")), self._limits.max_document_bytes)
        document = self._parsed(text)
        survey = surveyed(document)
        self._check_survey(survey)
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        return _Read(document, fragments, _in_order(survey.spreads))

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

    def _weight(self, read: _Read, chosen: OperationDefinitionNode, variables: dict[str, Any]) -> Weight:
        scales = Scales(self._schema, self._sizes, _defaults(chosen) | variables)
        scales.weigh_fragments(read.fragments, read.order)
        weight = scales.operation(chosen)
        self._check("levels of fields", weight.depth, self._limits.max_depth)
        self._check("root fields", weight.fields, self._limits.max_root_fields)
        if weight.cost > self._limits.max_cost:
            raise BadInput(f"The operation costs {weight.cost:.0f}, more than {self._limits.max_cost}.")
        return weight

    def _validate(self, document: DocumentNode) -> None:
        errors = self._validator.errors_of(document)
        if errors:
            raise Refused(errors)

    @staticmethod
    def _check(what: str, found: float, limit: int) -> None:
        if found > limit:
            raise BadInput(f"The document has {found:.0f} {what}, more than {limit}.")


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    found = get_operation_ast(document, name)
    if found is not None:
        return found
    raise BadInput("The document must have one operation, or `operationName` must name one of them.")


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
