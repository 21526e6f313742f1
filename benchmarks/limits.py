"""Milliseconds of CPU that the costliest known documents take to be refused or found valid.

    python -m benchmarks.limits

The event loop does nothing else in that time. The best of five, with the collector off: its pauses are the process's.
"""

from __future__ import annotations

import gc
import time

from gateway.http.documents import Documents, Refused
from gateway.settings import LimitSettings
from schema import build_schema
from tests.worst_documents import worst_documents

RUNS = 5


def main() -> None:
    schema = build_schema()._schema
    gc.disable()
    rows = []
    for name, text in worst_documents():
        results = [prepare(Documents(schema, LimitSettings()), text) for _ in range(RUNS)]
        rows.append((*min(results), name))
    for spent_ms, outcome, name in sorted(rows, reverse=True):
        print(f"{spent_ms:6.1f} ms  {name}: {outcome}")


def prepare(documents: Documents, text: str) -> tuple[float, str]:
    started_s = time.process_time()
    try:
        documents.prepare(text)
        outcome = "valid"
    except Refused as refused:
        outcome = refused.errors[-1].message
    return (time.process_time() - started_s) * 1000, outcome


if __name__ == "__main__":
    main()
