"""Every path that is not the gateway's own: the REST twins."""

from __future__ import annotations

import time
from collections.abc import Iterable

import structlog
from starlette.types import Receive, Scope, Send

from gateway.context import Context
from gateway.errors import GatewayError
from gateway.http.contexts import new_request_id
from gateway.http.engine import Engine
from gateway.http.exchange import header, send_json, while_connected
from gateway.http.rest.answers import Answer, answer_of, refused
from gateway.http.rest.arguments import read_variables
from gateway.http.rest.predict_stream import PredictStream, wanted_form
from gateway.http.rest.routes import Match, Routes
from gateway.http.rest.twin import Twin
from gateway.settings import Settings

log = structlog.get_logger("fngraph.rest")

CLIENT_LEFT = 499
"""For the log only: nobody was there to be answered."""


class TwinEndpoint:
    """The ASGI application of the twins. The lifespan's state holds ``contexts``."""

    def __init__(self, engine: Engine, settings: Settings, twins: Iterable[Twin]) -> None:
        self._engine = engine
        self._max_body_bytes = settings.max_body_bytes
        self._routes = Routes(twins)
        self._streams = PredictStream(engine, settings.max_body_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = new_request_id()
        started_s = time.perf_counter()
        try:
            status = await self._serve(scope, receive, send, request_id)
        except GatewayError as error:
            status = await _send(send, refused(error, request_id), request_id)
        log.info("request", request_id=request_id, status=status, duration_s=round(time.perf_counter() - started_s, 6))

    async def _serve(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> int:
        match = self._routes.find(scope["method"], scope["raw_path"].decode("latin-1"))
        form, receive = await wanted_form(match.twin, scope, receive, self._max_body_bytes)
        if form is not None:
            return await self._streams.answer(match, form, scope, receive, send, request_id)
        context = await scope["state"]["contexts"].open(request_id, header(scope, b"authorization"))
        answer = await self._answer(match, scope, receive, context)
        return CLIENT_LEFT if answer is None else await _send(send, answer, request_id)

    async def _answer(self, match: Match, scope: Scope, receive: Receive, context: Context) -> Answer | None:
        """The answer; None when the client left before it was there."""
        variables = await read_variables(match, scope, receive, self._max_body_bytes)
        answers: list[Answer] = []

        async def run() -> None:
            response = await self._engine.run(match.twin.document, variables, context)
            answers.append(answer_of(match.twin, response, context.request_id))

        await while_connected(receive, run())
        return answers[0] if answers else None


async def _send(send: Send, answer: Answer, request_id: str) -> int:
    headers = {"x-request-id": request_id, "cache-control": "no-store", **answer.headers}
    await send_json(send, answer.status, answer.body, "application/json", headers)
    return answer.status
