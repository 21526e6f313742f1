"""Several processes on one listening socket have one page of metrics, whichever of them answers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from gateway.sandbox.running import Sandbox
from tests.harness import Gateway
from tests.metrics_page import TOKEN, metrics_of

START_S = 30.0
WORKER = """
import socket, sys
from gateway import logs
from gateway.app import create_app
from gateway.process.server import uvicorn_server
from gateway.settings import load

settings = load()
logs.configure("info")
uvicorn_server(create_app(settings), settings).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
"""
ENDED = "import sys; from gateway.observability import workers; workers.ended(int(sys.argv[1]))"


def environment(folder: Path, sandbox: Sandbox) -> dict[str, str]:
    upstreams = {f"FNGRAPH_{name.upper()}__URL": server.url for name, server in sandbox.servers.items()}
    own = {"FNGRAPH_METRICS__ENABLED": "true", "FNGRAPH_METRICS__TOKEN": TOKEN, "FNGRAPH_PREDICTION__API": "v0"}
    return os.environ | upstreams | own | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}


@contextlib.asynccontextmanager
async def worker(listener: socket.socket, folder: Path, sandbox: Sandbox) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that serves the socket; killed at the end, if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, str(listener.fileno()), pass_fds=[listener.fileno()], cwd=folder,
        env=environment(folder, sandbox), stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        async with asyncio.timeout(START_S):
            async for line in process.stderr:
                if b'"ready"' in line:
                    break
        assert process.returncode is None
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


@contextlib.asynccontextmanager
async def fresh(url: str, sandbox: Sandbox) -> AsyncIterator[Gateway]:
    """With a connection for each request, which the processes take as they come."""
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield Gateway(url, session, sandbox)


def counting(folder: Path, files: str) -> set[int]:
    """The processes that have written such files."""
    return {int(path.stem.rpartition("_")[2]) for path in folder.glob(files)}


async def test_two_processes_have_one_page(tmp_path: Path, sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with (
            worker(listener, tmp_path, sandbox) as first,
            worker(listener, tmp_path, sandbox) as second,
            fresh(url, sandbox) as gateway,
        ):
            answers = await asyncio.gather(*(gateway.post("{ user { username } }") for _ in range(40)))
            assert {answer.status for answer in answers} == {200}
            pages = [await metrics_of(gateway) for _ in range(4)]
            assert [page("http_requests_total", kind="graph", status="200") for page in pages] == [40] * 4
            assert [page("upstream_breaker_state", service="prediction") for page in pages] == [0] * 4
            assert counting(tmp_path, "counter_*.db") == {first.pid, second.pid}

            second.send_signal(signal.SIGKILL)
            await second.wait()
            subscription = 'subscription { prediction(input: {tag: "@fxn/stream", client: "c"}) { id } }'
            assert (await gateway.post(subscription)).status == 400
            assert (await gateway.post("{ user { username } }")).status == 200  # whichever has answered it before
            await ended(second.pid, tmp_path, sandbox)
            assert counting(tmp_path, "gauge_live*.db") == {first.pid}
            page = await metrics_of(gateway)
            assert page("http_requests_total", kind="graph", status="200") == 41
            assert page("http_requests_total", kind="graph", status="400") == 1
            assert page("document_cache_entries") == 2

            first.send_signal(signal.SIGTERM)
            assert await first.wait() == 0


async def ended(pid: int, folder: Path, sandbox: Sandbox) -> None:
    """What who started the process does when it has ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ENDED, str(pid), env=environment(folder, sandbox)
    )
    assert await process.wait() == 0


async def test_a_process_that_ends_by_itself_leaves_its_counts(tmp_path: Path, sandbox: Sandbox) -> None:
    """What is carried over from elsewhere, such as hits of the document cache, is so to the last."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with fresh(url, sandbox) as gateway:
            async with worker(listener, tmp_path, sandbox) as first:
                await gateway.post("{ user { username } }")
                await gateway.post("{ user { username } }")
                first.send_signal(signal.SIGTERM)
                assert await first.wait() == 0
            async with worker(listener, tmp_path, sandbox):
                page = await metrics_of(gateway)
    assert page("document_cache_hits_total") == page("document_cache_misses_total") == 1
