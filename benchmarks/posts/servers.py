"""How the upstream and each contender of the posts scenarios is started."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.posts.data import write_folder
from benchmarks.rig.bare import uvicorn_command
from benchmarks.rig.places import CACHE, RUN, SOURCES, python, python_env
from benchmarks.rig.processes import Command, free_port
from benchmarks.rig.setup import HIVE, MESH, PEERS, UPSTREAM, NotThere, tailcall_argv

FLOOR = "floor"
SHARED_FLOOR = "floor, shared"
FNGRAPH = "fngraph"
TAILCALL = "Tailcall"
TAILCALL_BATCHED = "Tailcall, batched"
HIVE_GATEWAY = "Hive"
HIVE_SHARED = "Hive, shared"
STRAWBERRY = "Strawberry"


def upstream(users: int, delay_ms: int, posts: int = 100) -> Command:
    folder = CACHE / "data" / f"{posts}-{users}"
    if not (folder / "posts.json").exists():
        write_folder(folder, posts, users)
    port = free_port()
    return Command("upstream", [str(UPSTREAM), str(port), str(folder), str(delay_ms)], port)


def fngraph(url: str, port: int | None = None) -> Command:
    chosen = port or free_port()
    argv = [python(), "-m", "benchmarks.posts.gateway", str(chosen), url]
    return Command(FNGRAPH, argv, chosen, python_env())


def floor(url: str) -> Command:
    return uvicorn_command(FLOOR, "benchmarks.posts.floor:make_app", free_port(), BENCH_UPSTREAM=url)


def shared_floor(url: str) -> Command:
    factory = "benchmarks.posts.floor:make_app"
    return uvicorn_command(SHARED_FLOOR, factory, free_port(), BENCH_UPSTREAM=url, BENCH_SHARE="1")


def strawberry(url: str) -> Command:
    return uvicorn_command(STRAWBERRY, "benchmarks.posts.vanilla:make_app", free_port(), BENCH_UPSTREAM=url)


def tailcall(url: str) -> Command:
    """As the vendor's own benchmark has it: a request per user, identical requests and operations shared."""
    return _tailcall(TAILCALL, url, batched=False)


def tailcall_batched(url: str) -> Command:
    """All users in one request."""
    return _tailcall(TAILCALL_BATCHED, url, batched=True)


def _tailcall(name: str, url: str, batched: bool) -> Command:
    """Both forward the caller's credential."""
    port = free_port()
    user, upstream = f'url: "{url}/users/{{{{.value.userId}}}}"', 'allowedHeaders: ["authorization"]'
    if batched:
        user = f'url: "{url}/users", query: [{{key: "id", value: "{{{{.value.userId}}}}"}}], batchKey: ["id"]'
        upstream += ', batch: {delay: 1, maxSize: 1000, headers: ["authorization"]}'
    text = (SOURCES / "peers" / "tailcall" / "posts.graphql.in").read_text()
    places = {"@PORT@": str(port), "@URL@": url, "@UPSTREAM@": upstream, "@USER@": user, "@DEDUPE@": ", dedupe: true"}
    for place, value in places.items():
        text = text.replace(place, value)
    RUN.mkdir(parents=True, exist_ok=True)
    config = RUN / f"tailcall-{port}.graphql"
    config.write_text(text)
    env = {**os.environ, "TC_TRACKER": "false", "TAILCALL_TRACKER": "false", "TAILCALL_LOG_LEVEL": "error"}
    return Command(name, [*tailcall_argv(), "start", str(config)], port, env)


def hive(url: str) -> Command:
    """Batched and compiled, the fastest of its settings; the caller's credential goes on."""
    return _hive(HIVE_GATEWAY, url)


def hive_shared(url: str) -> Command:
    """The same, where identical requests in flight run once, as in the vendor's own benchmark."""
    return _hive(HIVE_SHARED, url, BENCH_SHARE="1")


def _hive(name: str, url: str, **settings: str) -> Command:
    if not HIVE.exists():
        raise NotThere("npm could not install it")
    port = free_port()
    folder = PEERS / "hive"
    folder.mkdir(exist_ok=True)
    for file in (SOURCES / "peers" / "hive").iterdir():
        (folder / file.name).write_text(file.read_text())
    # One for each process: the gateway watches the file, and ends when it is half written.
    supergraph = RUN / f"hive-{port}.graphql"
    env = {**os.environ, "BENCH_UPSTREAM": url, "NODE_ENV": "production", **settings}
    composed = subprocess.run(  # noqa: S603
        ["node", str(MESH), "-c", "mesh.config.mjs", "-o", str(supergraph)],  # noqa: S607
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
    )
    if composed.returncode:
        raise NotThere(f"its supergraph cannot be composed: {composed.stderr.strip()[-300:]}")
    argv = ["node", str(HIVE), "supergraph", str(supergraph), "-c", "gateway.config.mjs", "-h", "127.0.0.1"]
    argv += ["-p", str(port), "--fork", "1", "--disable-websockets", "--polling", "1h", "--jit"]
    return Command(name, argv, port, env, folder)


@dataclass(frozen=True)
class Kind:
    """One contender: how to start it over an upstream's address, and where it answers."""

    start: Callable[[str], Command]
    path: str = "/graphql"


KINDS = {
    FLOOR: Kind(floor),
    SHARED_FLOOR: Kind(shared_floor),
    FNGRAPH: Kind(fngraph, "/graph"),
    TAILCALL: Kind(tailcall),
    TAILCALL_BATCHED: Kind(tailcall_batched),
    HIVE_GATEWAY: Kind(hive),
    HIVE_SHARED: Kind(hive_shared),
    STRAWBERRY: Kind(strawberry),
}
