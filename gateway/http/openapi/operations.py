"""One twin as an OpenAPI operation: its parameters, body and answer."""

from __future__ import annotations

from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, GraphQLSchema, get_named_type, is_input_object_type

from gateway.http.openapi.parts import ENCODED_VALUE, INPUTS
from gateway.http.openapi.types import Composite, Schemas, not_null
from gateway.http.rest.shapes import SHAPES, JsonSchema
from gateway.http.rest.twin import PARAMETER, Twin, Variable

_WITH_BODY = ("POST", "PUT", "PATCH")


class Operations:
    """Describes twins; what they share is in ``components``."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._schemas = Schemas(schema)

    @property
    def components(self) -> dict[str, JsonSchema]:
        return self._schemas.components

    def describe(self, twin: Twin) -> dict[str, Any]:
        """The operation object."""
        summary, _, more = twin.header.description.partition("\n")
        parts = {"description": more.strip(), "parameters": self._parameters(twin), "requestBody": self._body(twin)}
        return {
            "operationId": _operation_id(twin),
            "summary": summary.removesuffix("."),
            "tags": [twin.group],
            **{name: part for name, part in parts.items() if part},
            "responses": {
                "200": {"description": "The answer.", "content": _json(self._answer(twin))},
                "default": {"$ref": "#/components/responses/Error"},
            },
        }

    def _answer(self, twin: Twin) -> JsonSchema:
        fragments = {
            node.name.value: node for node in twin.document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        [node] = twin.operation.selection_set.selections
        root = self._schema.get_root_type(twin.operation.operation)
        assert isinstance(node, FieldNode)
        assert root is not None
        kind: Any = root.fields[node.name.value].type
        if twin.header.shape is None and not twin.header.unwrap:
            return not_null(self._schemas.output(kind, node.selection_set, fragments))
        described = self._object(kind, node, fragments)
        for name in twin.header.unwrap:
            described = not_null(described["properties"][name])
        return SHAPES[twin.header.shape].describe(described) if twin.header.shape else described

    def _object(self, kind: Composite, node: FieldNode, fragments: dict[str, FragmentDefinitionNode]) -> JsonSchema:
        """Written out, so that its members can be reached; nothing of a scalar."""
        return self._schemas.object(kind, node.selection_set, fragments) if node.selection_set else {}

    def _parameters(self, twin: Twin) -> list[dict[str, Any]]:
        fields = {name: field for field, name in twin.header.headers.items()}
        found = []
        for name, variable in twin.variables.items():
            if name in twin.header.parameters:
                found.append(self._parameter(name, "path", variable))
            elif name in fields:
                found.append(self._parameter(fields[name], "header", variable))
            elif name != twin.header.body and not _takes_members(twin):
                found.append(self._parameter(name, "query", variable))
        return found

    def _parameter(self, name: str, place: str, variable: Variable) -> dict[str, Any]:
        schema = not_null(self._variable(variable))
        required = place == "path" or variable.required
        form = {"content": _json(schema)} if _is_json(variable) else {"schema": schema}
        return _said(variable, {"name": name, "in": place, "required": required, **form})

    def _body(self, twin: Twin) -> dict[str, Any] | None:
        if twin.header.body is not None:
            variable = twin.variables[twin.header.body]
            return {"required": variable.required, "content": _json(self._variable(variable))}
        if not _takes_members(twin):
            return None
        taken = {*twin.header.parameters, *twin.header.headers.values()}
        members = [variable for name, variable in twin.variables.items() if name not in taken]
        return self._members(members, twin.header.tolerant) if members else None

    def _members(self, members: list[Variable], tolerant: bool) -> dict[str, Any]:
        required = [variable.name for variable in members if variable.required]
        schema: JsonSchema = {
            "type": "object",
            "properties": {variable.name: _said(variable, self._variable(variable)) for variable in members},
            **({"required": required} if required else {}),
            **({} if tolerant else {"additionalProperties": False}),
        }
        return {"required": bool(required), "content": _json(schema)}

    def _variable(self, variable: Variable) -> JsonSchema:
        schema = self._inputs() if variable.by_name else self._schemas.input(variable.type)
        return {**schema, "default": variable.default} if variable.has_default else schema

    def _inputs(self) -> JsonSchema:
        self._schemas.named("Dtype")
        self.components.setdefault("EncodedValue", ENCODED_VALUE)
        self.components.setdefault("Inputs", INPUTS)
        return {"anyOf": [{"$ref": "#/components/schemas/Inputs"}, {"type": "null"}]}


def _takes_members(twin: Twin) -> bool:
    """Whether its variables are members of the body; else they are in the query."""
    return twin.header.method in _WITH_BODY and twin.header.body is None


def _operation_id(twin: Twin) -> str:
    """The method and the words of the path: ``getPredictorsTag``."""
    words = PARAMETER.sub(r"\1", twin.header.path).replace("-", "/").split("/")
    return twin.header.method.lower() + "".join(word[:1].upper() + word[1:] for word in words)


def _is_json(variable: Variable) -> bool:
    """Whether a value of it is written as JSON where others are text."""
    kind = get_named_type(variable.type)
    return is_input_object_type(kind) or kind.name in ("JSON", "JSONObject")


def _json(schema: JsonSchema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _said(variable: Variable, part: JsonSchema) -> JsonSchema:
    """The part with the variable's description."""
    return {**part, "description": variable.description} if variable.description else part
