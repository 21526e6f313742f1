"""The twins as OpenAPI 3.1, from their documents and the schema."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphql import GraphQLSchema

from gateway import __version__
from gateway.http.openapi.operations import Operations
from gateway.http.openapi.parts import DESCRIPTION, ERROR, GROUPS, SECURITY_SCHEMES
from gateway.http.rest.twin import METHODS, Twin


def openapi_document(twins: Iterable[Twin], schema: GraphQLSchema) -> dict[str, Any]:
    """The whole document: JSON values."""
    operations = Operations(schema)
    paths: dict[str, Any] = {}
    groups: dict[str, None] = {}
    for twin in sorted(twins, key=_place):
        groups[twin.group] = None
        paths.setdefault(twin.header.path, {})[twin.header.method.lower()] = operations.describe(twin)
    error = {"$ref": "#/components/schemas/Error"}
    return {
        "openapi": "3.1.1",
        "info": {"title": "fngraph", "version": __version__, "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": group, "description": GROUPS.get(group, "The operator's own.")} for group in groups],
        "security": [{"bearer": []}, {"basic": []}, {}],
        "paths": paths,
        "components": {
            "schemas": {**operations.components, "Error": ERROR},
            "responses": {
                "Error": {"description": "What went wrong.", "content": {"application/json": {"schema": error}}}
            },
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _place(twin: Twin) -> tuple[int, str, str, int]:
    """Where a twin stands: the gateway's groups, then the operator's; by path, and by method as people list them."""
    known = list(GROUPS)
    group = known.index(twin.group) if twin.group in GROUPS else len(known)
    return group, twin.group, twin.header.path, METHODS.index(twin.header.method)
