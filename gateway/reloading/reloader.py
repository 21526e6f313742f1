"""Settings that change while the gateway runs: read again on SIGHUP, and when one of their files changes.

What is wrong changes nothing: the last good settings go on serving, and the log names every problem.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import structlog

from gateway import logs
from gateway.reloading.files import Look, digest_of, files_of, look_of
from gateway.settings import Settings, SettingsError
from gateway.settings.differences import differences, running_on
from gateway.settings.safety import warnings_of

LOOK_S = 1.0
"""Between two looks at the files. A change counts when the next look finds no further one: a burst is one reload."""
MAX_LOOKS = 10
"""At which a change counts although there are further ones all the time."""

log = structlog.get_logger("fngraph.reload")

Apply = Callable[[Settings], Awaitable[None]]
"""Puts settings into force. Raises ``SettingsError``, and has changed nothing then."""


class Reloader:
    """``settings`` serve, and were read by ``read``, from ``file`` among others; ``apply`` is for who runs it.

    ``rejected``: the last change was wrong, and an older state serves. ``applied`` and ``refused`` count.
    """

    def __init__(self, read: Callable[[], Settings], file: Path) -> None:
        """Raises what ``read`` raises."""
        self.rejected = False
        self.applied = self.refused = 0
        self._read = read
        self._file = file
        self._files: list[Path] = []
        self._asked = asyncio.Event()
        self.settings, self._digest = self._read_all()

    @contextlib.asynccontextmanager
    async def running(self, apply: Apply) -> AsyncIterator[None]:
        """Reload as long as the context is open."""
        watching = asyncio.create_task(self._watch(apply))
        loop = asyncio.get_running_loop()
        if signals := threading.current_thread() is threading.main_thread():
            loop.add_signal_handler(signal.SIGHUP, self.ask)
        try:
            yield
        finally:
            if signals:
                loop.remove_signal_handler(signal.SIGHUP)
                signal.signal(signal.SIGHUP, signal.SIG_IGN)  # by default it would end the process, which is ending
            watching.cancel()
            await asyncio.wait([watching])

    def ask(self) -> None:
        """Reload soon, whether or not a file has changed."""
        self._asked.set()

    async def reload(self, apply: Apply) -> None:
        """Read everything again, and put into force what has changed."""
        try:
            settings, digest = await asyncio.to_thread(self._read_all)
            running, stay = running_on(self.settings, settings)
            if stay:
                log.warning("needs a restart", settings=stay)
            if running == self.settings and digest == self._digest:
                log.info("settings unchanged")
            else:
                await self._put(running, apply)
                self._applied(running, digest)
            self.rejected = False
        except SettingsError as error:
            self._refused(error.problems)
        except Exception as error:  # such as a secret's file that may not be read, or a mistake of an authenticator
            told = isinstance(error, OSError | UnicodeError)  # the text of any other may hold a secret
            self._refused([f"{type(error).__name__}: {error}" if told else type(error).__name__])

    def _refused(self, problems: list[str]) -> None:
        self.rejected = True
        self.refused += 1
        log.error("settings rejected, the last good ones serve", problems=problems)

    def _read_all(self) -> tuple[Settings, str]:
        """Looks at each file before it is read, so that no change goes unseen."""
        look = look_of([self._file])
        try:
            settings = self._read()
            self._files = files_of(settings)  # also if something in them turns out to be wrong: they make it right
        finally:
            self._loaded = look + look_of(self._files)
        return settings, digest_of(self._files)

    async def _put(self, settings: Settings, apply: Apply) -> None:
        """The level of the log comes first: loggers that are made keep it."""
        if settings.log_level == self.settings.log_level:
            return await apply(settings)
        self._log_from(settings.log_level)
        try:
            await apply(settings)
        except BaseException:
            self._log_from(self.settings.log_level)
            raise

    def _log_from(self, level: str) -> None:
        logs.configure(level, traced=self.settings.tracing.endpoint is not None)

    def _applied(self, settings: Settings, digest: str) -> None:
        changed = list(differences(self.settings, settings))
        self.applied += 1
        self.settings, self._digest = settings, digest
        _collect()
        log.info("settings reloaded", changed=changed or ["files"])
        for warning in warnings_of(settings):
            log.warning("settings", warning=warning)

    async def _watch(self, apply: Apply) -> None:
        seen, changing = self._loaded, 0
        while True:
            asked = await self._asked_within(LOOK_S)
            now = await self._look()
            changing = changing + 1 if now != self._loaded else 0
            if asked or (changing and now == seen) or changing >= MAX_LOOKS:
                await self.reload(apply)
                changing = 0
            seen = now

    async def _look(self) -> Look:
        """One that fails counts as a change: to read everything tells what is wrong, or finds it mended."""
        try:
            return await asyncio.to_thread(look_of, [self._file, *self._files])
        except Exception:
            log.exception("cannot look at the files")
            return ()

    async def _asked_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._asked.wait(), seconds)
        asked = self._asked.is_set()
        self._asked.clear()
        return asked


def _collect() -> None:
    """What was made of the old settings goes now: the server looks for cycles rarely, and not among what it froze."""
    frozen = gc.get_freeze_count() > 0
    gc.unfreeze()
    gc.collect()
    if frozen:
        gc.freeze()
