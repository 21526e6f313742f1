"""Programs of others, and the packages of npm that they come from."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from pathlib import Path


async def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """What a command prints; it must succeed. ``environment`` is added to that of the tests."""
    pipe, out = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env={**os.environ, **environment}, stdout=pipe, stderr=out
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


async def npm_install(folder: Path) -> None:
    """``node_modules`` as the lock file says; made once for each of it, also when several test processes ask."""
    assert shutil.which("npm"), "needs Node.js 20 or newer"
    with (folder / "package-lock.json").open() as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        installed = folder / "node_modules" / ".package-lock.json"
        if not installed.exists() or installed.stat().st_mtime < os.fstat(lock.fileno()).st_mtime:
            await run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", cwd=folder)
