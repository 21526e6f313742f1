"""One socket: its initialisation, its operations, and their end.

Messages are read one at a time; every operation runs in a task of its own, and none outlives the socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, aclosing
from typing import Any

import msgspec
import structlog
from starlette.types import Receive, Send

from gateway.errors import Forbidden, GatewayError, RateLimited, Unauthenticated
from gateway.http.contexts import new_request_id
from gateway.http.documents import Refused
from gateway.http.engine import refusal
from gateway.http.errors import described, public_failure
from gateway.http.generations import Generation
from gateway.http.transport_ws import protocol
from gateway.http.transport_ws.protocol import CloseSocket, Complete, ConnectionInit, Message, Ping, Pong, Subscribe
from gateway.settings import WebSocketSettings
from gateway.settled import settled

log = structlog.get_logger("fngraph.websocket")


class Session:
    """An accepted socket. ``authorization`` is what its handshake brought; ``connection_init`` may replace it.

    Each operation belongs to the generation that ``current`` gives when it begins; the socket itself holds none.
    """

    def __init__(
        self,
        current: Callable[[], Generation],
        authorization: list[str],
        address: str | None,
        receive: Receive,
        send: Send,
    ) -> None:
        self._current = current
        self._authorization = authorization
        self._address = address
        self._receive = receive
        self._send_event = send
        self._acknowledged = False
        self._draining = False
        self._closed = False
        self._by_id: dict[str, asyncio.Task[None]] = {}
        # Every task until it has ended, also after its id is free again.
        self._tasks: set[asyncio.Task[None]] = set()
        self._subscriptions: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve the socket until either side closes it."""
        try:
            await self._serve()
        except CloseSocket as wanted:
            await self.close(wanted.code, wanted.reason)
        except OSError:
            pass  # the client left while something was sent to it
        except Exception:
            log.exception("internal error")
            await self.close(protocol.INTERNAL_ERROR, "Internal error.")
        finally:
            self._closed = True
            await self._cancel(*self._tasks)

    async def drain(self, timeout_s: float) -> None:
        """End subscriptions, let queries and mutations finish for at most ``timeout_s``, and close with 1001.

        Clients connect again after that code and repeat what was not completed.
        """
        self._draining = True
        await self._cancel(*self._subscriptions)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout_s)
        await self.close(protocol.GOING_AWAY, "The gateway is shutting down.")

    async def close(self, code: int, reason: str) -> None:
        """Close the socket, if it is open; nothing is sent afterwards."""
        if not self._closed:
            self._closed = True
            log.debug("closing", code=code, reason=reason)
            with contextlib.suppress(OSError):
                await self._send_event(protocol.closing(code, reason))

    @property
    def _settings(self) -> WebSocketSettings:
        return self._current().settings.websocket

    async def _serve(self) -> None:
        deadline = asyncio.timeout(self._settings.init_timeout_s)
        try:
            async with deadline:
                while (event := await self._receive())["type"] != "websocket.disconnect":
                    message = protocol.read_message(event, self._settings.max_message_bytes)
                    if isinstance(message, ConnectionInit):
                        deadline.reschedule(None)
                    await self._take(message)
        except TimeoutError as error:
            raise CloseSocket(protocol.INITIALISATION_TIMEOUT, "Connection initialisation timeout") from error

    async def _take(self, message: Message) -> None:
        match message:
            case ConnectionInit():
                await self._initialise(message)
            case Ping():
                await self._send({"type": "pong"})
            case Pong():
                pass
            case Subscribe():
                await self._subscribe(message)
            case Complete():
                task = self._by_id.pop(message.id, None)
                if task is not None:
                    task.cancel()

    async def _initialise(self, message: ConnectionInit) -> None:
        if self._acknowledged:
            raise CloseSocket(protocol.TOO_MANY_INITIALISATIONS, "Too many initialisation requests")
        authorization = protocol.authorization_of(message.payload)
        if authorization is not None:
            self._authorization = authorization
        try:
            await settled(self._current().contexts.open(new_request_id(), self._authorization, self._address))
        except (Unauthenticated, Forbidden) as error:
            raise CloseSocket(protocol.FORBIDDEN, "Forbidden") from error
        except GatewayError as error:
            raise CloseSocket(protocol.TRY_AGAIN_LATER, error.message) from error
        self._acknowledged = True
        await self._send({"type": "connection_ack"})

    async def _subscribe(self, message: Subscribe) -> None:
        if not self._acknowledged:
            raise CloseSocket(protocol.UNAUTHORIZED, "Unauthorized")
        if message.id in self._by_id:
            raise CloseSocket(protocol.SUBSCRIBER_EXISTS, f"Subscriber for {message.id} already exists")
        if self._draining:
            return
        if len(self._tasks) >= self._settings.max_operations:
            refused = RateLimited(f"A socket has at most {self._settings.max_operations} operations at once.")
            await self._error(message.id, [described(refused, new_request_id())])
            return
        on_socket = self._current().engine.on_socket
        task = asyncio.create_task(self._operate(message) if on_socket is None else self._seen(message, on_socket()))
        self._by_id[message.id] = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(self._subscriptions.discard)

    async def _seen(self, message: Subscribe, on_socket: AbstractContextManager[None]) -> None:
        with on_socket:
            await self._operate(message)

    async def _operate(self, message: Subscribe) -> None:
        request_id = new_request_id()
        started_s = time.perf_counter()
        told: dict[str, str | None] = {"request_id": request_id, "operation": None}
        try:
            errors = await self._results(message, request_id, told)
        except OSError:
            return  # the client left
        except Exception as error:
            errors = [described(public_failure(error, request_id), request_id)]
        if self._by_id.get(message.id) is not asyncio.current_task():
            return  # the client has completed it, and may have used the id again
        del self._by_id[message.id]
        with contextlib.suppress(OSError):
            await (self._error(message.id, errors) if errors else self._send({"type": "complete", "id": message.id}))
        duration_s = round(time.perf_counter() - started_s, 6)
        log.info("operation", **told, refused=bool(errors), duration_s=duration_s)

    async def _results(self, message: Subscribe, request_id: str, told: dict[str, str | None]) -> list[dict[str, Any]]:
        """Send every result. Gives the errors of an operation that was refused, or whose stream failed.

        What it is goes into ``told``, for the log."""
        generation = self._current()
        context = await settled(generation.contexts.open(request_id, self._authorization, self._address))
        try:
            prepared = await generation.engine.prepare(message.payload, context)
        except Refused as refused:
            errors: list[dict[str, Any]] = refusal(refused, request_id)["errors"]
            return errors
        told["operation"] = prepared.executable.kind_name
        if prepared.is_subscription:
            self._subscribed()
        async with aclosing(generation.engine.stream(prepared, context)) as bodies:
            async for body in bodies:
                if "data" not in body:
                    return list(body["errors"])
                await self._send({"type": "next", "id": message.id, "payload": body})
        return []

    def _subscribed(self) -> None:
        """The current task is a subscription; one that begins while the socket drains does not run."""
        task = asyncio.current_task()
        assert task is not None
        self._subscriptions.add(task)
        if self._draining:
            raise asyncio.CancelledError

    async def _error(self, operation_id: str, errors: list[dict[str, Any]]) -> None:
        await self._send({"type": "error", "id": operation_id, "payload": errors})

    async def _send(self, message: dict[str, Any]) -> None:
        if not self._closed:
            await self._send_event({"type": "websocket.send", "text": msgspec.json.encode(message).decode()})

    async def _cancel(self, *tasks: asyncio.Task[None]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
