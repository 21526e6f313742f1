"""Running operations: the one place between the transports (POST, WebSocket, REST twins) and the schema."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    execute,
)

from gateway.context import Context
from gateway.http.documents import Documents, Refused
from gateway.http.errors import public_error
from gateway.http.exchange import Operation
from gateway.settings import LimitSettings
from schema.ready_document import ready

Body = dict[str, Any]
"""A GraphQL response: ``data`` and ``errors`` as they leave."""


class Engine:
    """Executes and subscribes; every error in what it gives has passed the one exit."""

    def __init__(self, schema: strawberry.Schema, limits: LimitSettings) -> None:
        self._schema = schema
        self._documents = Documents(self.schema, limits)

    @property
    def schema(self) -> GraphQLSchema:
        """What documents are validated against."""
        return self._schema._schema

    async def run(self, document: DocumentNode, variables: dict[str, Any], context: Context) -> Body:
        """Run the query or mutation of a document that was parsed and validated before."""
        found = execute(self.schema, document, context_value=context, variable_values=variables)
        result: ExecutionResult = await found if inspect.isawaitable(found) else found
        return _body(result.data, result.errors, context)

    async def execute(self, operation: Operation, context: Context) -> Body:
        """Run a query or mutation."""
        try:
            prepared = self._documents.prepare(operation)
        except Refused as refused:
            return _body(None, refused.errors, context)
        result = await self._schema.execute(
            operation.query,
            operation.variables,
            context_value=context,
            operation_name=operation.operation_name,
            operation_extensions=ready(prepared.document),
        )
        return _body(result.data, result.errors, context)

    def stream(self, operation: Operation, context: Context) -> AsyncGenerator[Body, None]:
        """Run any operation: one body, or those of a subscription. Close it to end it."""
        return self.subscribe(operation, context) if self.is_subscription(operation) else self._once(operation, context)

    async def _once(self, operation: Operation, context: Context) -> AsyncGenerator[Body, None]:
        yield await self.execute(operation, context)

    def is_subscription(self, operation: Operation) -> bool:
        """Whether it is one. A document that cannot be read is not: ``execute`` says what is wrong with it."""
        try:
            return self._documents.prepare(operation).is_subscription
        except Refused:
            return False

    async def subscribe(self, operation: Operation, context: Context) -> AsyncGenerator[Body, None]:
        """Run a subscription: one body per event; a single one, without ``data``, when it is refused.

        Close the iterator (``aclose``) to end it: that cancels what it awaits, down to the upstream.
        """
        try:
            prepared = self._documents.prepare(operation)
        except Refused as refused:
            yield _body(None, refused.errors, context)
            return
        events = await self._schema.subscribe(
            operation.query,
            operation.variables,
            context_value=context,
            operation_name=operation.operation_name,
            operation_extensions=ready(prepared.document),
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
