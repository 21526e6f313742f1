"""The twins that make predictions, followed: each state of the prediction as it comes.

``POST /predict/{tag}?stream=true`` answers one whole JSON prediction per write, because the clients (fxn 0.0.22 to
0.0.35, fxnjs) parse each read from the network as one document. ``POST /v1/predictions/remote`` with ``"stream": true``
or ``Accept: text/event-stream`` answers server-sent events ``prediction`` and ``error``.

The document is the twin's own with ``createPrediction`` of the mutation made ``prediction`` of the subscription. What
fails before the first state is answered as by any twin.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

import msgspec
from graphql import DocumentNode, FieldNode, NameNode, OperationType, SelectionSetNode
from starlette.types import Receive, Scope, Send

from gateway.context import Context
from gateway.errors import GatewayError
from gateway.http.attendance import while_connected
from gateway.http.documents import Refused
from gateway.http.engine import Body, Engine, refusal
from gateway.http.exchange import header, read_body, replayed, send_json
from gateway.http.rest.answers import answer_of
from gateway.http.rest.arguments import read_variables
from gateway.http.rest.routes import Match
from gateway.http.rest.twin import Twin
from gateway.settings import Settings
from gateway.settled import settled

EVENT_STREAM = "text/event-stream"
GAP_S = 0.02
"""Long enough for a JSON object to leave, and arrive, alone."""
FIRST_MEMBERS = ("id", "tag", "type", "created")

Prediction = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """How states are written. ``failed`` writes what went wrong after some of them; its body is that of a refusal."""

    media_type: str
    gap_s: float
    state: Callable[[Prediction], bytes]
    failed: Callable[[Prediction, dict[str, Any]], bytes]


def _object(prediction: Prediction) -> bytes:
    return msgspec.json.encode(prediction) + b"\n"


def _failed_object(last: Prediction, refusal: dict[str, Any]) -> bytes:
    """A failed prediction: the clients know no other way to hear of an error here."""
    return _object({**last, "results": None, "error": refusal["error"]})


def _event(kind: str, data: Any) -> bytes:
    return f"event: {kind}\ndata: {msgspec.json.encode(data).decode()}\n\n".encode()


OBJECTS = Form("application/json", GAP_S, _object, _failed_object)
EVENTS = Form(EVENT_STREAM, 0, lambda state: _event("prediction", state), lambda _, refusal: _event("error", refusal))


async def wanted_form(twin: Twin, scope: Scope, receive: Receive, settings: Settings) -> tuple[Form | None, Receive]:
    """The form in which a request wants to follow its prediction, if it does, and where to read its body.

    Raises ``TooLarge`` or ``BadInput`` as ``read_body``.
    """
    if twin.header.path == "/predict/{tag}":
        wants = b"true" in parse_qs(scope["query_string"]).get(b"stream", [])
        return (OBJECTS if wants else None), receive
    if twin.header.path != "/v1/predictions/remote":
        return None, receive
    body = await read_body(scope, receive, settings)
    wants = EVENT_STREAM in ",".join(header(scope, b"accept")).lower() or _asks(body)
    return (EVENTS if wants else None), replayed(body, receive)


class _Asked(msgspec.Struct):
    stream: bool = False


def _asks(body: bytes) -> bool:
    try:
        return msgspec.json.decode(body, type=_Asked).stream
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False


class PredictStream:
    """Answers a request that wants to follow its prediction. The lifespan's state holds ``contexts``."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings

    async def answer(
        self, match: Match, form: Form, scope: Scope, receive: Receive, send: Send, request_id: str
    ) -> int:
        """Answer, and give the status. Raises the errors of ``gateway.errors`` before anything is sent."""
        context = await settled(scope["state"]["contexts"].of(scope, request_id))
        variables = await read_variables(match, scope, receive, self._settings)
        twin = followed(match.twin)
        states = self._states(twin, variables, context)
        relay = _Relay(twin, form, scope, send, request_id)
        await while_connected(receive, relay.run(states))
        return relay.status

    async def _states(self, twin: Twin, variables: dict[str, Any], context: Context) -> AsyncGenerator[Body, None]:
        """What ``Engine.stream`` gives; what the upstream fails with, at whatever point, is a body too."""
        try:
            prepared = self._engine.prepare_own(twin.text, variables)
            async with aclosing(self._engine.stream(prepared, context)) as bodies:
                async for body in bodies:
                    yield body
        except (Refused, GatewayError) as error:
            yield refusal(error, context.request_id)


class _Relay:
    """One answer while it is sent. ``status`` is what it began with."""

    def __init__(self, twin: Twin, form: Form, scope: Scope, send: Send, request_id: str) -> None:
        self.status = 0
        self._twin = twin
        self._form = form
        self._scope = scope
        self._bare_edge = b"fxn-configuration-token" not in dict(scope["headers"])
        self._send = send
        self._request_id = request_id
        self._last: Prediction = {}

    async def run(self, bodies: AsyncGenerator[Body, None]) -> None:
        async with aclosing(bodies):
            async for body in bodies:
                answer = answer_of(self._twin, body, self._request_id)
                if answer.status == 200:
                    await self._state(answer.body)
                elif self.status:
                    await self._write(self._form.failed(self._last, answer.body))
                else:
                    self.status = answer.status
                    headers = {**self._headers(), **answer.headers}
                    await send_json(self._scope, self._send, answer.status, answer.body, "application/json", headers)
                    return
        await self._send({"type": "http.response.body"})

    async def _state(self, prediction: Prediction) -> None:
        if not self.status:
            self.status = 200
            await self._start()
        if self._bare_edge and prediction.get("type") == "EDGE":
            # fxn 0.0.22 and 0.0.23 know no configuration, and refuse an object with further members.
            prediction = {name: prediction[name] for name in FIRST_MEMBERS}
        await self._write(self._form.state(prediction))
        self._last = prediction

    async def _start(self) -> None:
        fields = {"content-type": self._form.media_type, **self._headers(), "x-accel-buffering": "no"}
        headers = [(name.encode(), value.encode()) for name, value in fields.items()]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})

    async def _write(self, content: bytes) -> None:
        if self._last:
            await asyncio.sleep(self._form.gap_s)
        await self._send({"type": "http.response.body", "body": content, "more_body": True})

    def _headers(self) -> dict[str, str]:
        return {"x-request-id": self._request_id, "cache-control": "no-store"}


def followed(twin: Twin) -> Twin:
    """The twin as a subscription."""
    [field] = twin.operation.selection_set.selections
    assert isinstance(field, FieldNode)
    root = replace(field, name=NameNode(value="prediction"))
    operation = replace(
        twin.operation, operation=OperationType.SUBSCRIPTION, selection_set=SelectionSetNode(selections=(root,))
    )
    definitions = tuple(operation if part is twin.operation else part for part in twin.document.definitions)
    return replace(twin, document=DocumentNode(definitions=definitions), operation=operation, root="prediction")
