"""Every path that is not the gateway's own: the REST twins."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import structlog
from starlette.types import Receive, Scope, Send

from gateway.context import Context
from gateway.http.attendance import while_connected
from gateway.http.contexts import new_request_id
from gateway.http.documents import Refused
from gateway.http.engine import Body, Engine, refusal
from gateway.http.errors import public_failure
from gateway.http.exchange import CLIENT_LEFT, OPERATION, ROUTE, ClientLeft, send_json
from gateway.http.rest.answers import Answer, answer_of, refused
from gateway.http.rest.arguments import read_variables
from gateway.http.rest.predict_stream import PredictStream, wanted_form
from gateway.http.rest.routes import Routes
from gateway.http.rest.twin import Twin
from gateway.settings import Settings
from gateway.settled import settled

log = structlog.get_logger("fngraph.rest")


class TwinEndpoint:
    """The ASGI application of the twins. The lifespan's state holds ``contexts``."""

    def __init__(self, engine: Engine, settings: Settings, twins: Iterable[Twin]) -> None:
        self._engine = engine
        self._settings = settings
        self._routes = Routes(twins)
        self._streams = PredictStream(engine, settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = new_request_id()
        started_s = time.perf_counter()
        try:
            status = await self._serve(scope, receive, send, request_id)
        except ClientLeft:
            status = CLIENT_LEFT
        except Exception as error:
            status = await _send(scope, send, refused(public_failure(error, request_id), request_id), request_id)
        duration_s = round(time.perf_counter() - started_s, 6)
        operation = scope.get(OPERATION)
        log.info("request", request_id=request_id, status=status, duration_s=duration_s, operation=operation)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> int:
        match = self._routes.find(scope["method"], scope["raw_path"].decode("latin-1"))
        scope[ROUTE], scope[OPERATION] = match.twin.header.path, match.twin.operation.operation.value
        form, receive = await wanted_form(match.twin, scope, receive, self._settings)
        if form is not None:
            return await self._streams.answer(match, form, scope, receive, send, request_id)
        context = await settled(scope["state"]["contexts"].of(scope, request_id))
        variables = await read_variables(match, scope, receive, self._settings)
        body = await while_connected(receive, self._run(match.twin, variables, context))
        return await _send(scope, send, answer_of(match.twin, body, request_id), request_id)

    async def _run(self, twin: Twin, variables: dict[str, Any], context: Context) -> Body:
        try:
            prepared = self._engine.prepare_own(twin.text, variables)
        except Refused as error:
            return refusal(error, context.request_id)
        return await self._engine.execute(prepared, context)


async def _send(scope: Scope, send: Send, answer: Answer, request_id: str) -> int:
    headers = {"x-request-id": request_id, "cache-control": "no-store", **answer.headers}
    await send_json(scope, send, answer.status, answer.body, "application/json", headers)
    return answer.status
