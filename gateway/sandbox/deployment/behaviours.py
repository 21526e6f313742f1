"""What the endpoints compute: a function returns a JSON value, or yields chunks of bytes when the endpoint streams.

``hello`` and ``stream`` are the example of docs.covalent.xyz, "Deploy functions", where the values of the service's
initializer are defaults of the endpoints' parameters.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any

from gateway.sandbox.store import Document

EXAMPLE_ID = "663accb6f7d37dbf2a4687b7"
ODD_NAMES_ID = "6650b3d19c8e4f00127a5a01"
MESSAGE = "Hello, world!"
ITEMS = (1, 5, "foo")
PAUSE_S = 0.02

Behaviour = Callable[..., Any]


def hello(message: Any = MESSAGE, number: Any = 42) -> str:
    return f"{message} My favorite number is {number}"


def boom() -> None:
    raise ValueError("boom")


def nothing() -> None:
    return None


def stream(message: Any = MESSAGE, items: Sequence[Any] = ITEMS, split: bool = False) -> AsyncIterator[bytes]:
    """Three lines; ``split`` cuts inside each multi-byte character, where a network may cut."""
    listed = " ".join(str(item) for item in items)
    lines = [f"{message}\n".encode(), f"Items: {listed}\n".encode(), b"Done streaming\n"]
    return _paced([piece for line in lines for piece in _pieces(line)] if split else lines)


def echo(endpoint: Document, /, **arguments: Any) -> Any:
    """The route and the arguments, as one JSON value or, when the endpoint streams, as a line of text for each."""
    if not endpoint["streaming"]:
        return {"route": endpoint["route"], "args": arguments}
    return _paced([f"{name}: {json.dumps(value)}\n".encode() for name, value in arguments.items()])


OWN: dict[tuple[str, str], Behaviour] = {
    (EXAMPLE_ID, "/hello"): hello,
    (EXAMPLE_ID, "/stream"): stream,
    (EXAMPLE_ID, "/boom"): boom,
    (ODD_NAMES_ID, "/nothing"): nothing,
}


def behaviour_of(function_id: str, endpoint: Document) -> Behaviour:
    return OWN.get((function_id, endpoint["route"])) or partial(echo, endpoint)


def _pieces(line: bytes) -> list[bytes]:
    return re.split(rb"(?<=[\xc0-\xff])", line)


async def _paced(chunks: Sequence[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
        await asyncio.sleep(PAUSE_S)
