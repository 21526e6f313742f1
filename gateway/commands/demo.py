"""Run the gateway over four stand-ins on this machine, with example data."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from gateway import logs
from gateway.app import create_app
from gateway.auth.principal import fingerprint
from gateway.process.server import uvicorn_server
from gateway.sandbox.running import DEFAULT_ROWS, MAKERS, Sandbox, running
from gateway.settings import DocumentSettings, Settings, read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Ports, data, and where to write what was started."""
    parser.add_argument("--port", type=int, default=8000, help="port of the gateway; 0 takes a free one (default 8000)")
    for name in MAKERS:
        option = f"--{name.replace('_', '-')}-port"
        parser.add_argument(option, type=int, default=0, metavar="PORT", help=f"port of the {name} stand-in")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="keep the state here (default: temporary)")
    parser.add_argument("--rows", type=int, default=DEFAULT_ROWS, help=f"generated rows each (default {DEFAULT_ROWS})")
    parser.add_argument("--manifest", type=Path, metavar="FILE", help="documents that clients may name, not send")
    parser.add_argument("--ready-file", type=Path, metavar="FILE", help="write address and keys here when all answers")


def run(arguments: argparse.Namespace) -> int:
    """0 after Ctrl-C, 1 when a port is taken."""
    if arguments.rows < 0:
        print("--rows must be 0 or more", file=sys.stderr)
        return 2
    logs.configure("warning")
    try:
        with _data_folder(arguments.data) as data:
            asyncio.run(_demo(arguments, data))
    except OSError as error:
        print(f"The demo cannot start: {error}", file=sys.stderr)
        return 1
    return 0


def _say(line: str) -> None:
    print(f"  {line}", flush=True)


async def _demo(arguments: argparse.Namespace, data: Path) -> None:
    ports = {name: getattr(arguments, f"{name}_port") for name in MAKERS}
    print("Starting four stand-ins ...", flush=True)
    async with running(data, rows=arguments.rows, ports=ports, progress=_say) as sandbox:
        documents = DocumentSettings(manifest=arguments.manifest)
        settings = replace(demo_settings(sandbox, arguments.port), documents=documents)
        server = uvicorn_server(create_app(settings), settings)
        socket = server.config.bind_socket()
        url = f"http://{settings.host}:{socket.getsockname()[1]}/graph"
        serving = asyncio.create_task(server.serve(sockets=[socket]))
        while not server.started and not serving.done():  # noqa: ASYNC110 (uvicorn has no event for it)
            await asyncio.sleep(0.01)
        _announce(url, sandbox, arguments.ready_file)
        await serving


def demo_settings(sandbox: Sandbox, port: int) -> Settings:
    """Settings for a gateway over the stand-ins; nothing of the user's own settings counts here."""
    return read(Settings, demo_values(sandbox, port))


def demo_values(sandbox: Sandbox, port: int) -> dict[str, Any]:
    """The same as plain values, with their secrets."""
    accounts = sandbox.accounts
    keys = {"yusuf": (accounts.yusuf_key, ["USER", "ADMIN"]), "ada": (accounts.ada_key, ["USER"])}
    return {
        "port": port,
        "auth": {
            "order": ["keys", "upstream", "authorization_url"],
            "authorization_urls": [
                {
                    "owner": "samplefxn",
                    "url": sandbox.prediction.url + "/authorize",
                    "credential": accounts.samplefxn_key,
                }
            ],
            "keys": [
                {"id": name, "sha256": fingerprint(key), "roles": roles, "forward": True}
                for name, (key, roles) in keys.items()
            ],
        },
        "prediction": {"url": sandbox.prediction.url, "api": "v0"},
        "deployment": {
            "url": sandbox.deployment.url,
            "credential": {"scheme": "static", "value": accounts.covalent_account_key},
        },
        "function_admin": {
            "url": sandbox.function_admin.url,
            "load_hosts": ["127.0.0.1:*"],  # the stand-in reads from nowhere else
            "load_from_private": True,
        },
        "invoke": {
            "url": sandbox.invoke.url,
            "credential": {
                "scheme": "client_credentials",
                "client_id": accounts.nyckel_client_id,
                "client_secret": accounts.nyckel_client_secret,
            },
        },
    }


def _announce(url: str, sandbox: Sandbox, ready_file: Path | None) -> None:
    keys = {"admin": sandbox.accounts.yusuf_key, "user": sandbox.accounts.ada_key}
    upstreams = {name: server.url for name, server in sandbox.servers.items()}
    print(f"Ready: {url}   (Ctrl-C ends it)")
    print(f"  key of yusuf, an administrator: {keys['admin']}")
    print(f"  key of ada, a user:             {keys['user']}")
    print("  yusuf's key is also the account key of deployment, and the secret of client yusuf of invoke", flush=True)
    if ready_file is not None:
        _write_private(ready_file, json.dumps({"url": url, "keys": keys, "upstreams": upstreams}))


def _write_private(file: Path, text: str) -> None:
    """Write at once, whole, and readable by the owner only: the file holds keys."""
    part = file.with_name(file.name + ".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(text)
    part.replace(file)


@contextlib.contextmanager
def _data_folder(chosen: Path | None) -> Iterator[Path]:
    if chosen is not None:
        chosen.mkdir(parents=True, exist_ok=True)
        yield chosen
        return
    with tempfile.TemporaryDirectory(prefix="fngraph-") as folder:
        yield Path(folder)
