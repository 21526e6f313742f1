"""From a parsed file to a twin: everything that can be wrong with it is found here, at start-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInputType,
    GraphQLSchema,
    ObjectFieldNode,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    get_named_type,
    is_input_object_type,
    type_from_ast,
    validate,
    value_from_ast_untyped,
    visit,
)
from graphql.language import Node

from gateway.http.rest.twin import Header, Twin, TwinError, Variable, read_header

Fragments = Mapping[str, FragmentDefinitionNode]


def twin_of(
    text: str, document: DocumentNode, schema: GraphQLSchema, shared: Fragments, group: str, *, trusted: bool = False
) -> Twin:
    """The twin that a file holds; it may spread ``shared`` fragments. Raises ``TwinError``.

    ``trusted`` documents are not validated again: a test does it for those of the gateway.
    """
    header = read_header(text)
    operation = _only_operation(document, header)
    whole = _with_fragments(document, shared)
    errors = [] if trusted else validate(schema, whole)
    if errors:
        raise TwinError(errors[0].message)
    root = _root_field(operation)
    variables = _variables(operation, whole, schema)
    _check_names(header, variables)
    key = root.alias.value if root.alias else root.name.value
    return Twin(header, group, whole, operation, variables, key)


def _only_operation(document: DocumentNode, header: Header) -> OperationDefinitionNode:
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != 1:
        raise TwinError("it must hold one operation")
    kind = operations[0].operation
    if kind is OperationType.SUBSCRIPTION or (kind is OperationType.MUTATION and header.method == "GET"):
        raise TwinError(f"{header.method} cannot run a {kind.value}")
    return operations[0]


def _root_field(operation: OperationDefinitionNode) -> FieldNode:
    match operation.selection_set.selections:
        case [FieldNode() as root]:
            return root
    raise TwinError("its operation must select one field")


def _with_fragments(document: DocumentNode, shared: Fragments) -> DocumentNode:
    """The document and the shared fragments that it needs, directly or through another."""
    own = {node.name.value for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    needed: dict[str, FragmentDefinitionNode] = {}
    left: list[Node] = [document]
    while left:
        for name in _spread_in(left.pop()) - own - needed.keys():
            if name in shared:
                needed[name] = shared[name]
                left.append(shared[name])
    return DocumentNode(definitions=(*document.definitions, *needed.values()))


def _spread_in(node: Node) -> set[str]:
    names: set[str] = set()

    class Spreads(Visitor):
        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
            names.add(node.name.value)

    visit(node, Spreads())
    return names


def _variables(
    operation: OperationDefinitionNode, document: DocumentNode, schema: GraphQLSchema
) -> dict[str, Variable]:
    described = _descriptions(document, schema)
    variables = {}
    for node in operation.variable_definitions or ():
        name = node.variable.name.value
        kind: GraphQLInputType = type_from_ast(schema, node.type)  # type: ignore[assignment]
        default = None if node.default_value is None else value_from_ast_untyped(node.default_value)
        description = node.description.value if node.description else described.get(name)
        variables[name] = Variable(name, kind, node.default_value is not None, default, description)
    return variables


def _descriptions(document: DocumentNode, schema: GraphQLSchema) -> dict[str, str | None]:
    """What the schema says of the argument or input field that each variable fills."""
    info = TypeInfo(schema)
    found: dict[str, str | None] = {}

    class Uses(Visitor):
        def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
            parent = get_named_type(info.get_parent_input_type())
            if isinstance(node.value, VariableNode) and is_input_object_type(parent):
                found[node.value.name.value] = parent.fields[node.name.value].description

        def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
            argument = info.get_argument()
            if isinstance(node.value, VariableNode) and argument is not None:
                found[node.value.name.value] = argument.description

    visit(document, TypeInfoVisitor(info, Uses()))
    return found


def _check_names(header: Header, variables: Mapping[str, Variable]) -> None:
    named = [*header.parameters, *header.headers.values(), *([header.body] if header.body else [])]
    for name in named:
        if name not in variables:
            raise TwinError(f"its operation has no variable ${name}")
        if named.count(name) > 1:
            raise TwinError(f"${name} is filled twice")
    if header.body and header.method == "GET":
        raise TwinError("a GET has no body")
