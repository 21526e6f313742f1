"""Several processes on one socket: a parent that starts them, passes signals on, and replaces those that die.

The parent imports and serves nothing, so there is little in it that could fail. Workers are new processes, not forks:
each reads the settings by itself, reloads them by itself, and has its own limits, breakers and caches.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator, Sequence

import structlog

from gateway import logs
from gateway.process.metrics_folder import MetricsFolder, metrics_folder
from gateway.settings import Settings
from gateway.settings.safety import warnings_of

SETTLED_S = 60.0
"""A worker that has lived this long is replaced at once."""
PAUSE_S, MAX_PAUSE_S = 1.0, 30.0
"""Before one that has not is replaced; doubled each time."""
SLACK_S = 10.0
"""What workers may take to end beyond their own limits; then they are killed."""
WRONG_SETTINGS = 2

log = structlog.get_logger("fngraph.workers")


def supervise(settings: Settings, command: Sequence[str]) -> int:
    """0 after SIGINT or SIGTERM, 1 when the address is taken or a worker had to be killed, 2 for wrong settings."""
    logs.configure(settings.log_level)
    for warning in warnings_of(settings):
        log.warning("settings", warning=warning)
    try:
        listener = bound(settings)
    except OSError as error:
        log.error("cannot listen", host=settings.host, port=settings.port, reason=error.strerror)
        return 1
    with metrics_folder(settings) as folder:
        return asyncio.run(Workers(settings, command, listener, folder).run())


def bound(settings: Settings) -> socket.socket:
    """A socket that workers inherit. They listen, so that connections are refused until one of them is there."""
    family, kind, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    return listener


class Workers:
    """Keeps ``settings.workers`` of them running until a signal ends all."""

    def __init__(
        self, settings: Settings, command: Sequence[str], listener: socket.socket, folder: MetricsFolder
    ) -> None:
        self._settings = settings
        self._command = [*command, "--inherited", str(listener.fileno())]
        self._listener = listener
        self._folder = folder
        self._running: set[Process] = set()
        self._ending = asyncio.Event()
        self._status = 0

    async def run(self) -> int:
        """The exit status, once all have ended."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._end, number)
        loop.add_signal_handler(signal.SIGHUP, self._pass_on, signal.SIGHUP)
        await asyncio.gather(*(self._keep_one() for _ in range(self._settings.workers)))
        return self._status

    async def _keep_one(self) -> None:
        status, pause_s = await self._one(), 0.0
        if status == WRONG_SETTINGS and not self._ending.is_set():  # it has said what is wrong
            self._status = status
            self._end(signal.SIGTERM)
        while not await self._ends_within(pause_s):
            started_s = time.monotonic()
            await self._one()
            settled = time.monotonic() - started_s > SETTLED_S
            pause_s = 0.0 if settled else min(max(PAUSE_S, 2 * pause_s), MAX_PAUSE_S)

    async def _ends_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), seconds)
        return self._ending.is_set()  # also if that was in the turn of the time-out

    async def _one(self) -> int:
        """The status with which a worker ended: -9 for SIGKILL, 1 if it could not be started."""
        try:
            process = await self._start()
        except OSError as error:
            log.error("cannot start a worker", reason=error.strerror)
            return 1
        self._running.add(process)
        log.info("worker started", pid=process.pid)
        if self._ending.is_set():
            process.send_signal(signal.SIGTERM)
        status = await process.wait()
        self._running.remove(process)
        self._folder.forget(process.pid)
        if not self._ending.is_set():
            log.error("worker ended", pid=process.pid, status=status)
        return status

    async def _start(self) -> Process:
        with _hangups_blocked():
            return await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,
                pass_fds=[self._listener.fileno()],
                env=os.environ | self._folder.environment,
                start_new_session=True,  # Ctrl-C comes by way of the parent, once
            )

    def _end(self, number: signal.Signals) -> None:
        """Each signal is passed on: the second one cuts off what runs."""
        if not self._ending.is_set():
            self._ending.set()
            limit_s = self._settings.shutdown_delay_s + self._settings.shutdown_timeout_s + SLACK_S
            asyncio.get_running_loop().call_later(limit_s, self._kill)
            self._listener.close()
        self._pass_on(number)

    def _kill(self) -> None:
        log.error("workers killed", pids=[process.pid for process in self._running])
        self._status = 1
        self._pass_on(signal.SIGKILL)

    def _pass_on(self, number: signal.Signals) -> None:
        for process in self._running:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)


@contextlib.contextmanager
def _hangups_blocked() -> Iterator[None]:
    """SIGHUP waits. A process that starts inherits that: ``serve`` ignores the signal before it unblocks it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
