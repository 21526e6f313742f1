"""Runs the probes; ends with 1 when one fails."""

from __future__ import annotations

import asyncio
import sys

import aiohttp

from benchmarks.posts import servers
from benchmarks.probes import answers, callers
from benchmarks.probes.client import Client
from benchmarks.rig.places import GATEWAY_CORE, LOAD_CORE, python, python_env
from benchmarks.rig.processes import Command, free_port, running

PROBES = (*callers.PROBES, *answers.PROBES)


def run_probes() -> dict[str, str | None]:
    """What each probe found wrong; None where it held."""
    port = free_port()
    argv = [python(), "-m", "benchmarks.probes.upstream", str(port)]
    with (
        running(Command("probed upstream", argv, port, python_env()), LOAD_CORE) as upstream,
        running(servers.fngraph(upstream.url), GATEWAY_CORE) as gateway,
    ):
        return asyncio.run(_run(gateway.port, upstream.port))


async def _run(port: int, upstream_port: int) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    async with aiohttp.ClientSession() as session:
        client = Client(session, port, upstream_port)
        for probe in PROBES:
            name = probe.__name__.replace("_", " ")
            try:
                await probe(client)
            except Exception as error:  # whatever it is, the probe did not hold
                found[name] = f"{type(error).__name__}: {str(error)[:300]}"
            else:
                found[name] = None
            print(f"  {'holds ' if found[name] is None else 'FAILED'} {name} {found[name] or ''}", flush=True)
    return found


if __name__ == "__main__":
    print("\nProbes")
    sys.exit(any(run_probes().values()))
