"""The engine, with what it does told to ``gateway.observability``."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from typing import Any

import strawberry
from graphql import ExecutionResult

from gateway.context import Context
from gateway.errors import GatewayError
from gateway.http.documents import Prepared, Refused
from gateway.http.engine import Body, Engine, Response
from gateway.http.executable import Increment
from gateway.http.operation import Operation
from gateway.observability import Telemetry
from gateway.parts import Parts
from gateway.settings import Settings
from gateway.settled import settled
from gateway.store.interface import Store


class ObservedEngine(Engine):
    """Does what an engine does."""

    def __init__(
        self, schema: strawberry.Schema, settings: Settings, telemetry: Telemetry, store: Store, parts: Parts
    ) -> None:
        super().__init__(schema, settings, store, parts)
        self._seen = telemetry.operations
        self.on_socket = telemetry.requests.operation_on_socket

    async def prepare(self, operation: Operation, context: Context) -> Prepared:
        started_s = time.time()
        try:
            prepared = await super().prepare(operation, context)
        except (Refused, GatewayError):
            self._seen.refused()
            raise
        if prepared.spent_s:
            self._seen.prepared(started_s)
        return prepared

    def prepare_own(self, text: str, variables: dict[str, Any]) -> Prepared:
        started_s = time.time()
        try:
            prepared = super().prepare_own(text, variables)
        except Refused:
            self._seen.refused()
            raise
        if prepared.spent_s:
            self._seen.prepared(started_s)
        return prepared

    async def respond(self, prepared: Prepared, context: Context) -> Response:
        with self._seen.counted(prepared.executable.kind_name) as operation:
            response = await settled(super().respond(prepared, context))
            operation.outcome = "ok" if response.flawless else "errors"
            return response

    def stream(self, prepared: Prepared, context: Context) -> AsyncGenerator[Body, None]:
        bodies = super().stream(prepared, context)
        return self._seen.followed("subscription", bodies) if prepared.is_subscription else bodies

    def increments(self, prepared: Prepared, context: Context) -> AsyncGenerator[Increment, None]:
        return self._seen.followed("query", super().increments(prepared, context))

    async def _run(self, prepared: Prepared, context: Context) -> ExecutionResult:
        executable = prepared.executable
        with self._seen.executing(executable.kind_name):
            if not executable.planned:
                with self._seen.planning():
                    _ = executable.plan
            return await settled(super()._run(prepared, context))
