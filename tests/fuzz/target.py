"""The running gateway, seen from the tests: its address, what it logs, and what it has not finished."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from tests.fault_matrix.process import STAND_INS_LOGGER
from tests.fuzz.served import CANARIES

PATIENCE_S = 10.0
"""For an answer, and for the end of what it started; a loaded machine has slack."""
CANARY = "canary"
HARMLESS = {"debug", "info", "warning"}


@dataclass
class Target:
    """Talks to ``tests.fuzz.served``. ``admin`` is the key of yusuf, ``user`` that of ada."""

    process: subprocess.Popen[str]
    log: IO[str]
    address: tuple[str, int]
    admin: str = CANARIES.yusuf_key
    user: str = CANARIES.ada_key
    logged: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """As it is in a URL."""
        return "{}:{}".format(*self.address)

    def settle(self) -> None:
        """Wait until nothing runs any more, and hold what was logged meanwhile to the rules."""
        ends_s = time.monotonic() + PATIENCE_S
        while (unfinished := self._unfinished()) and time.monotonic() < ends_s:
            time.sleep(0.005)
        self.logged = self.log.read().splitlines()
        assert not unfinished, f"left behind: {unfinished}"
        wrong = [line for line in self.logged if not _harmless(line)]
        assert not wrong, "\n".join(["in the log:", *wrong])[:5000]

    def _unfinished(self) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.poll() is None, f"the gateway died: {self.log.read()[-5000:]}"
        self.process.stdin.write("?\n")
        self.process.stdin.flush()
        state = json.loads(self.process.stdout.readline())
        return str(state) if state["tasks"] or state["requests"] else ""


def _harmless(line: str) -> bool:
    """One JSON object, no error, no traceback, no secret."""
    try:
        entry: dict[str, Any] = json.loads(line)
    except ValueError:
        return False
    if entry.get("logger") == STAND_INS_LOGGER:
        return True  # they may say that they were asked something odd
    return entry.get("level") in HARMLESS and "exception" not in entry and CANARY not in line


@contextlib.contextmanager
def started(folder: Path) -> Iterator[Target]:
    """A gateway, whose log has nothing wrong up to its very end."""
    log = folder / "log"
    with log.open("w") as writing, log.open() as reading:
        command = [sys.executable, "-W", "default", "-m", "tests.fuzz.served", str(folder)]
        process = subprocess.Popen(command, stdin=-1, stdout=-1, stderr=writing, text=True)
        with process:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first, log.read_text()
            url = urlsplit(json.loads(first)["url"])
            target = Target(process, reading, (str(url.hostname), int(url.port or 0)))
            yield target
        assert process.returncode == 0, log.read_text()[-5000:]
        assert [line for line in reading if not _harmless(line)] == []
