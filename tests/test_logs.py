"""The log is JSON, one object a line, whoever writes it; and a client cannot have tracebacks written."""

from __future__ import annotations

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import aiohttp
import structlog

from gateway import logs
from tests.harness import Gateway
from tests.sockets import connected


@contextlib.contextmanager
def on_standard_error() -> Iterator[io.StringIO]:
    """What comes there, as if nobody had configured the standard library's logs; pytest has."""
    root, text = logging.getLogger(), io.StringIO()
    handlers, root.handlers = root.handlers, []
    try:
        with contextlib.redirect_stderr(text):
            logs.configure("info")
            yield text
    finally:
        root.handlers = handlers
        structlog.reset_defaults()


def entries(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_what_a_library_logs_has_the_form_of_our_own() -> None:
    with on_standard_error() as log:
        structlog.get_logger().warning("ours", a=1)
        logging.getLogger("theirs").warning("two\nlines %d", 2)
        logging.getLogger("theirs").info("not shown")
    ours, theirs = entries(log)
    assert (ours["level"], ours["event"], ours["a"]) == ("warning", "ours", 1)
    assert (theirs["level"], theirs["event"], theirs["logger"]) == ("warning", "two\nlines 2", "theirs")
    assert ours.keys() - {"a"} == theirs.keys() - {"logger"}


def test_a_library_s_traceback_is_one_line_without_values_of_variables() -> None:
    secret = "sk-canary"
    with on_standard_error() as log:
        try:
            raise ValueError(len(secret))
        except ValueError:
            logging.getLogger("theirs").exception("failed")
    [entry] = entries(log)
    assert entry["exception"][0]["exc_type"] == "ValueError"
    assert "canary" not in log.getvalue()


async def test_a_message_that_is_no_utf_8_closes_its_socket_and_is_a_warning(gateway: Gateway) -> None:
    with on_standard_error() as log:
        async with connected(gateway) as socket:
            await socket.ws.send_frame(b"\xff", aiohttp.WSMsgType.TEXT)
            assert (await socket.closed())[0] == 1007
    [entry] = [entry for entry in entries(log) if entry.get("logger") == "uvicorn.error"]
    assert (entry["level"], "exception" in entry) == ("warning", False)
