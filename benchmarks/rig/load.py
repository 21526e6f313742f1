"""Load: wrk for what is fast, one request after the other for what is large."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.rig.places import LOAD_CORE, RUN, SOURCES

SAME = None
REQUEST_ID = "X-Request-Id"
AUTHORIZATION = "Authorization"


@dataclass(frozen=True)
class Request:
    """What is sent. ``varied`` names a header that is another one with each request; ``None``: all are the same.

    ``fixed``: it has the same value each time, and is sent with the same effort.
    """

    query: str
    varied: str | None = SAME
    fixed: bool = False
    authorization: str | None = field(default=None, repr=False)
    path: str = "/graph"
    variables: Mapping[str, Any] | None = None

    @property
    def body(self) -> bytes:
        variables = {"variables": self.variables} if self.variables else {}
        return json.dumps({"query": self.query, **variables}).encode()


@dataclass(frozen=True)
class Load:
    """What a load generator saw; ``failed`` counts what was not answered, or not with 2xx."""

    requests: int
    duration_s: float
    p50_ms: float
    p99_ms: float
    failed: int


def wrk(port: int, request: Request, connections: int, duration_s: float) -> Load:
    """As many requests as are answered in that time, each connection sending one after the other."""
    RUN.mkdir(parents=True, exist_ok=True)
    body = RUN / "body.json"
    body.write_bytes(request.body)
    address = f"http://127.0.0.1:{port}{request.path}"
    argv = ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{connections}", f"-d{max(1, round(duration_s))}s"]
    argv += ["--timeout", "30s", "-s", str(SOURCES / "rig" / "load.lua"), address]
    found = subprocess.run(  # noqa: S603
        argv,
        env={**os.environ, **_wrk_env(request, body)},
        capture_output=True,
        text=True,
        check=True,
        timeout=duration_s + 60,
    )
    seen = json.loads(found.stderr.strip().splitlines()[-1])
    return Load(seen["requests"], seen["duration_us"] / 1e6, seen["p50_us"] / 1e3, seen["p99_us"] / 1e3, seen["failed"])


def _wrk_env(request: Request, body: Path) -> dict[str, str]:
    env = {"BENCH_BODY": str(body)}
    if request.authorization is not None:
        env["BENCH_AUTHORIZATION"] = request.authorization
    if request.varied is not None:
        scheme = "Bearer " if request.varied == AUTHORIZATION else ""
        env |= {"BENCH_VARIED": request.varied, "BENCH_PREFIX": f"{scheme}{uuid.uuid4().hex}-"}
    if request.fixed:
        env["BENCH_FIXED"] = "1"
    return env


def one_by_one(port: int, request: Request, count: int) -> Load:
    """``count`` requests on one connection, all of them waited for."""
    took_s = []
    started_s = time.perf_counter()
    for _ in range(count):
        sent_s = time.perf_counter()
        ask(port, request)
        took_s.append(time.perf_counter() - sent_s)
    longest_s = max(took_s)
    return Load(count, time.perf_counter() - started_s, statistics.median(took_s) * 1e3, longest_s * 1e3, 0)


def ask(port: int, request: Request, timeout_s: float = 120.0) -> Any:
    """The answer to one request, as JSON. Raises ``OSError`` or ``ValueError`` for what is none."""
    headers = {"Content-Type": "application/json"}
    if request.authorization is not None:
        headers["Authorization"] = request.authorization
    elif request.varied == AUTHORIZATION:
        headers["Authorization"] = f"Bearer {uuid.uuid4().hex}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("POST", request.path, request.body, headers)
        content = connection.getresponse().read()
        try:
            return json.loads(content)
        except ValueError as error:
            raise ValueError(f"not JSON: {content[:200]!r}") from error
    finally:
        connection.close()
