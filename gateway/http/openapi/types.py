"""GraphQL types as JSON Schema (2020-12, the dialect of OpenAPI 3.1): input types, and selections of output types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    TypeNameMetaFieldDef,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)

from gateway.http.rest.shapes import JsonSchema

Fragments = Mapping[str, FragmentDefinitionNode]
Composite = GraphQLObjectType | GraphQLInterfaceType

_SCALARS: dict[str, JsonSchema] = {
    "Boolean": {"type": "boolean"},
    "Float": {"type": "number"},
    "ID": {"type": "string"},
    "Int": {"type": "integer", "format": "int32"},
    "String": {"type": "string"},
    "DateTime": {"type": "string", "format": "date-time"},
    "JSON": {},
    "JSONObject": {"type": "object"},
    "URL": {"type": "string", "format": "uri"},
}
RESERVED = ("EncodedValue", "Error", "Inputs")
"""Components that are not made here."""
_STANDARD = ("Boolean", "Float", "ID", "Int", "String")


class Schemas:
    """Builds schemas; what has a name (scalars, enumerations, inputs, fragments) is kept in ``components``."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._named_for: dict[str, object] = dict.fromkeys(RESERVED)
        self.components: dict[str, JsonSchema] = {}

    def input(self, kind: GraphQLInputType) -> JsonSchema:
        """Of a value that is sent."""
        if is_non_null_type(kind):
            return self._input(kind.of_type)
        return nullable(self._input(kind))

    def output(self, kind: GraphQLOutputType, selected: SelectionSetNode | None, fragments: Fragments) -> JsonSchema:
        """Of a value that is answered, with what is selected of it."""
        if is_non_null_type(kind):
            return self._output(kind.of_type, selected, fragments)
        return nullable(self._output(kind, selected, fragments))

    def object(self, kind: Composite, selected: SelectionSetNode, fragments: Fragments) -> JsonSchema:
        """Of an object, written out."""
        properties: dict[str, JsonSchema] = {}
        required: list[str] = []
        for field, always in _fields(kind, selected, fragments, self._schema):
            name = field.node.alias.value if field.node.alias else field.node.name.value
            properties[name] = self._property(field.definition, field.node, fragments)
            if always:
                required.append(name)
        return {"type": "object", "properties": properties, **({"required": required} if required else {})}

    def named(self, name: str) -> JsonSchema:
        """Of a scalar, an enumeration or an input type, by reference."""
        return self._named(self._schema.type_map[name])

    def _input(self, kind: Any) -> JsonSchema:
        if is_list_type(kind):
            return {"type": "array", "items": self.input(kind.of_type)}
        return self._named(kind)

    def _output(self, kind: Any, selected: SelectionSetNode | None, fragments: Fragments) -> JsonSchema:
        if is_list_type(kind):
            return {"type": "array", "items": self.output(kind.of_type, selected, fragments)}
        if selected is None:
            return self._named(kind)
        match selected.selections:
            case [FragmentSpreadNode(name=name, directives=() | [] | None)] if _is_of(kind, fragments[name.value]):
                return self._fragment(kind, fragments[name.value], fragments)
        return self.object(kind, selected, fragments)

    def _fragment(self, kind: Composite, fragment: FragmentDefinitionNode, fragments: Fragments) -> JsonSchema:
        name = fragment.name.value
        # An operator's fragment may have a name that is taken: it is written out.
        if self._named_for.setdefault(name, fragment) is not fragment:
            return self.object(kind, fragment.selection_set, fragments)
        if name not in self.components:
            self.components[name] = {}  # holds the place while its members are described
            described = self.object(kind, fragment.selection_set, fragments)
            self.components[name] = {"description": kind.description or name, **described}
        return _reference(name)

    def _named(self, kind: GraphQLNamedType) -> JsonSchema:
        if kind.name in _STANDARD:
            return dict(_SCALARS[kind.name])
        if self._named_for.setdefault(kind.name, kind) is not kind:
            return self._described(kind)
        if kind.name not in self.components:
            self.components[kind.name] = {}
            self.components[kind.name] = self._described(kind)
        return _reference(kind.name)

    def _described(self, kind: GraphQLNamedType) -> JsonSchema:
        description = {"description": kind.description} if kind.description else {}
        match kind:
            case GraphQLScalarType():
                return {**_SCALARS.get(kind.name, {"type": "string"}), **description}
            case GraphQLEnumType():
                return _enumeration(kind)
            case GraphQLInputObjectType():
                return {**self._input_object(kind), **description}
        raise TypeError(f"{kind.name} needs a selection")

    def _input_object(self, kind: GraphQLInputObjectType) -> JsonSchema:
        properties = {
            name: {**self.input(field.type), **_said(field.description)} for name, field in kind.fields.items()
        }
        required = [name for name, field in kind.fields.items() if is_required_input_field(field)]
        rest = {"required": required} if required else {}
        return {"type": "object", "properties": properties, **rest, "additionalProperties": False}

    def _property(self, field: GraphQLField, node: FieldNode, fragments: Fragments) -> JsonSchema:
        deprecated = {"deprecated": True} if field.deprecation_reason else {}
        return {**self.output(field.type, node.selection_set, fragments), **_said(field.description), **deprecated}


class _Selected:
    """A field of a selection and what the schema says of it."""

    def __init__(self, node: FieldNode, definition: GraphQLField) -> None:
        self.node = node
        self.definition = definition


def _fields(
    kind: Composite, selected: SelectionSetNode, fragments: Fragments, schema: GraphQLSchema, always: bool = True
) -> Iterable[tuple[_Selected, bool]]:
    """The fields, those of fragments too, and whether each is in every answer."""
    for node in selected.selections:
        here = always and not node.directives
        match node:
            case FieldNode():
                is_meta = node.name.value == "__typename"
                yield _Selected(node, TypeNameMetaFieldDef if is_meta else kind.fields[node.name.value]), here
            case InlineFragmentNode():
                condition = node.type_condition.name.value if node.type_condition else kind.name
                yield from _fields_on(kind, condition, node.selection_set, fragments, schema, here)
            case FragmentSpreadNode():
                fragment = fragments[node.name.value]
                condition = fragment.type_condition.name.value
                yield from _fields_on(kind, condition, fragment.selection_set, fragments, schema, here)


def _fields_on(
    kind: Composite, condition: str, selected: SelectionSetNode, fragments: Fragments, schema: GraphQLSchema, here: bool
) -> Iterable[tuple[_Selected, bool]]:
    narrowed = schema.type_map[condition]
    assert isinstance(narrowed, GraphQLObjectType | GraphQLInterfaceType)
    return _fields(narrowed, selected, fragments, schema, here and condition == kind.name)


def not_null(schema: JsonSchema) -> JsonSchema:
    """What ``nullable`` was given."""
    if isinstance(schema.get("type"), list):
        return {**schema, "type": schema["type"][0]}
    if "anyOf" not in schema:
        return schema
    return {**schema["anyOf"][0], **{name: value for name, value in schema.items() if name != "anyOf"}}


def nullable(schema: JsonSchema) -> JsonSchema:
    """The same, or null."""
    if not schema:
        return schema
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _is_of(kind: GraphQLNamedType, fragment: FragmentDefinitionNode) -> bool:
    return fragment.type_condition.name.value == kind.name


def _reference(name: str) -> JsonSchema:
    return {"$ref": f"#/components/schemas/{name}"}


def _said(description: str | None) -> JsonSchema:
    return {"description": description} if description else {}


def _enumeration(kind: GraphQLEnumType) -> JsonSchema:
    lines = [f"- `{name}`: {value.description}" for name, value in kind.values.items()]
    return {"type": "string", "enum": list(kind.values), "description": "\n".join([kind.description or "", "", *lines])}
