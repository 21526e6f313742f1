"""Running one cell: a fresh gateway over the stand-ins, one of which has a bad day, and one client."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from msgspec.structs import replace

from gateway.sandbox.running import Sandbox
from gateway.sandbox.server import Received
from gateway.settings import Settings
from tests.fault_matrix import process
from tests.fault_matrix.cells import Cell
from tests.fault_matrix.operations import LINK, SIBLINGS, Kind, Operation
from tests.harness import GREETING, SERVICE, Gateway, serving, with_upstream
from tests.sockets import connected

TOTAL_S = 1.5
SLACK_S = 3.0
PATIENCE = aiohttp.ClientTimeout(TOTAL_S + SLACK_S)
MAX_TRIES = 3
MIB = 1024 * 1024
DEADLINES = {
    "connect_timeout_s": 1.0,
    "try_timeout_s": 0.5,
    "max_tries": MAX_TRIES,
    "retry_wait_s": 0.05,
    "total_timeout_s": TOTAL_S,
    "max_stream_s": TOTAL_S,
    "max_response_bytes": MIB // 4,
    "max_stream_bytes": MIB // 2,
}
DEADLINES_OF = {
    "deployment": {"status_interval_s": 0.1, "status_limit_s": TOTAL_S},
    "invoke": {"invoke_timeout_s": TOTAL_S, "batch_timeout_s": TOTAL_S},
}
ALL_FOUR = f"""{{
  predictor(input: {{tag: "{GREETING}"}}) {{ name }}
  deployment(input: {{id: "{SERVICE}"}}) {{ name }}
  function(input: {{id: "my_function"}}) {{ name }}
  trainedFunctions(input: {{count: 1}}) {{ name }}
}}"""


@dataclass(frozen=True)
class World:
    """What all cells share. ``answers`` are those of the siblings on a good day."""

    sandbox: Sandbox
    settings: Settings
    log: io.StringIO
    answers: dict[tuple[str, Kind], Any]


@dataclass(frozen=True)
class Said:
    """What a client was told. ``results`` are GraphQL responses in order; one of an ``error`` message has no data."""

    results: list[Any]
    text: str
    duration_s: float
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    ended: bool = True


@dataclass(frozen=True)
class Observed:
    """A cell, and all that is known of how it went; ``left`` is what was not cleared away."""

    cell: Cell
    said: Said
    received: dict[str, list[Received]]
    claimed: int
    logged: str
    left: list[str]
    afterwards: Said
    answer_of_sibling: Any


async def world_of(sandbox: Sandbox, settings: Settings, log: io.StringIO) -> World:
    """Asks every sibling once, while all is well."""
    linked = replace(settings, links=[LINK])
    async with serving(linked, sandbox) as gateway:
        answers = {(each.upstream, each.kind): await _on_a_good_day(gateway, each) for each in SIBLINGS}
    return World(sandbox, linked, log, answers)


async def observe(world: World, cell: Cell) -> Observed:
    """Run it, and look at what it leaves behind while the gateway runs, and after that."""
    tasks, files, logged = asyncio.all_tasks(), process.open_files(), world.log.tell()
    with _address(world, cell) as settings:
        async with serving(_impatient(settings, cell), world.sandbox) as gateway:
            said, claimed, received, left = await _asked(gateway, cell)
            afterwards = await _post(gateway, ALL_FOUR, {}, cell.media_type)
    left += await process.left(lambda: _names(asyncio.all_tasks() - tasks))
    left += await process.left(lambda: ["an open file"] * (process.open_files() - files))
    sibling = cell.sibling and world.answers[cell.sibling.upstream, cell.sibling.kind]
    return Observed(cell, said, received, claimed, world.log.getvalue()[logged:], left, afterwards, sibling)


async def _asked(gateway: Gateway, cell: Cell) -> tuple[Said, int, dict[str, list[Received]], list[str]]:
    servers = gateway.sandbox.servers
    if cell.warm:
        await _post(gateway, ALL_FOUR, {}, cell.media_type)
    tasks = process.tasks()
    for server in servers.values():
        server.log.clear()
    faults = [] if cell.refused else [cell.fault()]
    servers[cell.upstream].faults.set(*faults)
    said = await _told(gateway, cell)
    left = await process.left(lambda: _in_use(gateway) + _names(process.tasks() - tasks))
    servers[cell.upstream].faults.clear()
    received = {name: list(server.log) for name, server in servers.items()}
    return said, sum(fault.claimed for fault in faults), received, left


async def _told(gateway: Gateway, cell: Cell) -> Said:
    if cell.operation.kind == "subscription":
        return await _followed(gateway, cell)
    return await _post(gateway, cell.document, cell.variables, cell.media_type)


async def _post(gateway: Gateway, document: str, variables: dict[str, Any], media_type: str) -> Said:
    started_s = time.monotonic()
    body, headers = {"query": document, "variables": variables}, _authorization(gateway) | {"Accept": media_type}
    try:
        async with gateway.session.post(
            gateway.url + "/graph", json=body, headers=headers, timeout=PATIENCE
        ) as response:
            text = await response.text()
    except (aiohttp.ClientError, TimeoutError) as error:
        return Said([], repr(error), time.monotonic() - started_s, ended=False)
    names = {name.lower(): value for name, value in response.headers.items()}
    return Said([json.loads(text)], f"{names} {text}", time.monotonic() - started_s, response.status, names)


async def _followed(gateway: Gateway, cell: Cell) -> Said:
    async with connected(gateway, headers=_authorization(gateway)) as ws:
        await ws.init()
        started_s = time.monotonic()
        await ws.subscribe("1", cell.document, variables=cell.variables)
        messages: list[Any] = []
        ended = False
        with contextlib.suppress(TimeoutError, TypeError):  # nothing comes, or the socket is closed
            async with asyncio.timeout(TOTAL_S + SLACK_S):
                messages = await ws.until_end("1")
                ended = True
        results = [_result(each) for each in messages if "payload" in each]
        return Said(results, json.dumps(messages), time.monotonic() - started_s, ended=ended)


def _result(message: Any) -> Any:
    return {"errors": message["payload"]} if message["type"] == "error" else message["payload"]


def _authorization(gateway: Gateway) -> dict[str, str]:
    return {"Authorization": f"Bearer {gateway.sandbox.accounts.yusuf_key}"}


async def _on_a_good_day(gateway: Gateway, operation: Operation) -> Any:
    field = f"own: {operation.field}(input: $own) {operation.selection}"
    document = f"{operation.kind} ($own: {operation.type_of_input}) {{ {field} }}"
    return (await gateway.post(document, {"own": operation.variables(0)})).data["own"]


def _impatient(settings: Settings, cell: Cell) -> Settings:
    deadlines = DEADLINES | {"read_timeout_s": cell.read_timeout_s} | DEADLINES_OF.get(cell.upstream, {})
    return with_upstream(settings, cell.upstream, **deadlines)


@contextlib.contextmanager
def _address(world: World, cell: Cell) -> Iterator[Settings]:
    """The settings of the cell: with a port that is taken, so that nobody else can, but not listened at, if refused."""
    if not cell.refused:
        yield world.settings
        return
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield with_upstream(world.settings, cell.upstream, url=f"http://127.0.0.1:{taken.getsockname()[1]}")


def _in_use(gateway: Gateway) -> list[str]:
    requests = sum(server.log.in_flight for server in gateway.sandbox.servers.values())
    return ["a request"] * requests + ["a connection in use"] * process.connections_in_use()


def _names(tasks: set[asyncio.Task[Any]]) -> list[str]:
    return [f"a task of {getattr(task.get_coro(), '__qualname__', task)}" for task in tasks]
