"""Running operations: the one place between the transports (POST, WebSocket, REST twins) and the schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import strawberry
from graphql import GraphQLError

from gateway.context import Context
from gateway.http.errors import public_error
from gateway.http.exchange import Operation

Body = dict[str, Any]
"""A GraphQL response: ``data`` and ``errors`` as they leave."""


class Engine:
    """Executes and subscribes; every error in what it gives has passed the one exit."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema = schema

    async def execute(self, operation: Operation, context: Context) -> Body:
        """Run a query or mutation."""
        result = await self._schema.execute(
            operation.query, operation.variables, context_value=context, operation_name=operation.operation_name
        )
        return _body(result.data, result.errors, context)

    async def subscribe(self, operation: Operation, context: Context) -> AsyncIterator[Body]:
        """Run a subscription: one body per event; a single one, without ``data``, when it is refused.

        Close the iterator (``aclose``) to end it: that cancels what it awaits, down to the upstream.
        """
        events = await self._schema.subscribe(
            operation.query, operation.variables, context_value=context, operation_name=operation.operation_name
        )
        try:
            async for result in events:
                yield _body(result.data, result.errors, context)
        finally:
            await events.aclose()


def _body(data: dict[str, Any] | None, errors: list[GraphQLError] | None, context: Context) -> Body:
    body: Body = {}
    if errors:
        body["errors"] = [public_error(error, context.request_id) for error in errors]
    # A request that was refused before it ran has no `data` (specification, section 7.1).
    if data is not None or not errors or any(error.path for error in errors):
        body["data"] = data
    return body
