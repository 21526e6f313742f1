"""Where the CPU of the hot path goes: samples of the gateway under load, by py-spy.

    python -m benchmarks.hot_path [Q1|Q2|Q3] [callers|identical|request-ids]

Prints the functions by their own time and with what they call, and the packages by their own time. The flame graph's
input (one stack a line, with its samples) is left in ``benchmarks/results``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.posts import servers
from benchmarks.posts.data import QUERIES
from benchmarks.rig.load import AUTHORIZATION, REQUEST_ID, SAME, Request, wrk
from benchmarks.rig.places import GATEWAY_CORE, LOAD_CORE, PYTHON_PACKAGES, RESULTS
from benchmarks.rig.processes import running
from benchmarks.rig.setup import set_up

DURATION_S = 10
SAMPLES_PER_S = 400
ROWS = 60
OURS = {"gateway", "schema", "resolvers", "benchmarks"}
VARIED = {"callers": AUTHORIZATION, "identical": SAME, "request-ids": REQUEST_ID}
_FRAME = re.compile(r"(?P<function>.+) \((?P<file>[^()]+?)(:\d+)?\)")


def main() -> None:
    query, kind = (*sys.argv[1:], *("Q1", "callers")[len(sys.argv) - 1 :])
    set_up()
    RESULTS.mkdir(exist_ok=True)
    stacks = RESULTS / f"stacks-{query}-{kind}.txt"
    with (
        running(servers.upstream(users=10, delay_ms=0), LOAD_CORE) as upstream,
        running(servers.fngraph(upstream.url), GATEWAY_CORE) as gateway,
    ):
        request = Request(QUERIES[query], VARIED[kind])
        wrk(gateway.port, request, 16, 1)
        load = threading.Thread(target=wrk, args=(gateway.port, request, 50, DURATION_S + 2))
        load.start()
        sample(gateway.pid, stacks)
        load.join()
    show(stacks)


def sample(pid: int, file: Path) -> None:
    """Samples of a process, as collapsed stacks."""
    argv = [str(PYTHON_PACKAGES / "bin" / "py-spy"), "record", "--pid", str(pid), "--duration", str(DURATION_S)]
    argv += [
        "--nonblocking",
        "--rate",
        str(SAMPLES_PER_S),
        "--format",
        "raw",
        "--output",
        str(file),
        "--function",
        "--full-filenames",
    ]
    subprocess.run(argv, check=True, capture_output=True)  # noqa: S603


def show(file: Path) -> None:
    alone: Counter[str] = Counter()
    within: Counter[str] = Counter()
    packages: Counter[str] = Counter()
    for frames, samples in stacks_in(file):
        alone[frames[-1]] += samples
        packages[package_of(frames[-1])] += samples
        within.update(dict.fromkeys(set(frames), samples))
    total = sum(alone.values())
    for title, counts in (("alone", alone), ("with what it calls", within), ("package, alone", packages)):
        print(f"\n% of {total} samples, {title}")
        for name, samples in counts.most_common(ROWS):
            print(f"{100 * samples / total:6.1f}  {name}")


def stacks_in(file: Path) -> Iterator[tuple[list[str], int]]:
    for line in file.read_text().splitlines():
        stack, _, samples = line.rpartition(" ")
        yield [_short(frame) for frame in stack.split(";")], int(samples)


def package_of(frame: str) -> str:
    """Ours by sub-package, others by package."""
    parts = frame.partition("  ")[2].split("/")
    return "/".join(parts[: 2 if parts[0] in OURS else 1])


def _short(frame: str) -> str:
    """``function  package/file``, without the folders above the package."""
    found = _FRAME.fullmatch(frame)
    if found is None:
        return frame
    file = re.sub(r"^.*(site-packages|lib/python3\.\d+)/", "", found["file"])
    return f"{found['function']}  {re.sub(r'^.*?/(?=(gateway|schema|resolvers|benchmarks)/)', '', file)}"


if __name__ == "__main__":
    main()
