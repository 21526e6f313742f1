"""uvicorn, set up for the gateway, and its end on SIGINT and SIGTERM (docs/operating.md, "Shutdown")."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gateway.http.exchange import Spelt, spelt
from gateway.process.protocol import Protocol
from gateway.settings import Settings

COLLECTOR_THRESHOLDS = (50_000, 20, 20)
"""Objects that are made before the youngest are looked at, and how often before the older ones are, too."""

log = structlog.get_logger("fngraph.server")

TICK_S = 0.02
LINGER_S = 0.5
"""How long connections stay open that wait for their next request, which may be on its way."""
CLOSING_S = 1.0
"""For clients to answer the closing of their WebSocket, and for what is cut off to clean up."""
CLOSE = (b"connection", b"close")


class Server(uvicorn.Server):
    """Says where it listens, and ends on SIGINT and SIGTERM by itself; the second one cuts off what runs.

    uvicorn's own raises the signal again, past every clean-up. It also cuts WebSockets off, closes connections whose
    next request is on its way, and does not wait for the end of what it has cancelled.
    """

    def __init__(self, config: uvicorn.Config, delay_s: float) -> None:
        super().__init__(config)
        self._delay_s = delay_s
        self._at_once = False

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, in a process that does nothing else: the garbage collector is set for that.

        What is there now, schema and modules, stays for good, and a full collection would walk it for up to 40 ms. A
        request makes few cycles, so looking for them less often than every 700 objects saves a fifth of its time.
        """
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECTOR_THRESHOLDS)
        super().run(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in sockets or []:
            # asyncio does this only for sockets of its own. Without it an answer waits 40 ms for the client's ACK, and
            # the pieces of a stream run together.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await super().startup(sockets)
        for server in self.servers:
            host, port = server.sockets[0].getsockname()[:2]
            log.info("ready", url=f"http://{host}:{port}/graph")

    async def on_tick(self, counter: int) -> bool:
        ends = await super().on_tick(counter)
        state: Any = self.server_state
        if not isinstance(state.default_headers, Spelt):  # uvicorn has made them anew, with the second's date
            state.default_headers = Spelt(spelt(state.default_headers))
        return ends

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._at_once = self.should_exit
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Not ready from now on; listen for ``delay_s`` more, and give what runs then its time."""
        log.info("shutting down")
        self.lifespan.state["shutting_down"] = True
        ends_s = time.monotonic() + self._delay_s
        while time.monotonic() < ends_s and not self._at_once:
            await self.on_tick(0)  # the answers' date
            await asyncio.sleep(TICK_S)
        for server in self.servers:
            server.close()
        await self._drain(self.config.timeout_graceful_shutdown or 0)
        await self._cut_off()
        self.config.timeout_graceful_shutdown = 1
        await super().shutdown(sockets)

    async def _drain(self, timeout_s: float) -> None:
        """Let requests finish for ``timeout_s``, and close every connection and WebSocket."""
        ends_s = time.monotonic() + timeout_s
        self.server_state.default_headers = [*self.server_state.default_headers, CLOSE]
        self.lifespan.state["streams"].drain()
        closing = asyncio.create_task(self._close_websockets(timeout_s))
        await asyncio.sleep(TICK_S)  # for connections that are accepted, but not known yet
        await self._until(lambda: not self.server_state.connections, LINGER_S)
        await self._until(self._all_is_done, ends_s - time.monotonic())
        await self._until(closing.done, 2 * CLOSING_S)
        closing.cancel()

    async def _close_websockets(self, timeout_s: float) -> None:
        await self.lifespan.state["sockets"].drain(timeout_s)
        await self._until(lambda: not self._connections(websocket=True), CLOSING_S)
        for connection in self._connections(websocket=True):
            connection.transport.abort()  # its client reads nothing

    def _all_is_done(self) -> bool:
        """Closes the connections that wait for a request, and has the others closed after their answer."""
        for connection in self._connections(websocket=False):
            connection.shutdown()
        return not self.server_state.connections and not self.server_state.tasks

    async def _cut_off(self) -> None:
        tasks = set(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            log.warning("cut off", requests=len(tasks))
            await asyncio.wait(tasks, timeout=CLOSING_S)

    def _connections(self, *, websocket: bool) -> list[Any]:
        """uvicorn's protocols, which have ``shutdown()`` and ``transport``."""
        kinds = self.server_state.connections
        return [each for each in kinds if isinstance(each, WebSocketsSansIOProtocol) is websocket]

    async def _until(self, done: Callable[[], bool], timeout_s: float) -> None:
        """Wait for it, as uvicorn does; not after a second signal."""
        ends_s = time.monotonic() + timeout_s
        while not done() and time.monotonic() < ends_s and not self._at_once:  # noqa: ASYNC110
            await asyncio.sleep(TICK_S)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for number in signals:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)


def uvicorn_server(app: ASGIApp, settings: Settings) -> Server:
    """A server that is not running yet; running requests get ``shutdown_timeout_s`` when it ends."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        lifespan="on",
        http=Protocol,
        ws="websockets-sansio",
        ws_max_size=settings.websocket.max_message_bytes,
        timeout_keep_alive=settings.keep_alive_s,
        timeout_graceful_shutdown=settings.shutdown_timeout_s,
    )
    return Server(config, settings.shutdown_delay_s)
