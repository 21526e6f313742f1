"""What every field has in common that takes an ``input``."""

from __future__ import annotations

from graphql import GraphQLSchema, get_named_type, is_object_type


def describe_inputs(schema: GraphQLSchema) -> None:
    """Describe each ``input`` argument by its type, which says what the field wants to know."""
    for kind in schema.type_map.values():
        if is_object_type(kind) and not kind.name.startswith("__"):
            for field in kind.fields.values():
                for argument in field.args.values():
                    argument.description = get_named_type(argument.type).description
