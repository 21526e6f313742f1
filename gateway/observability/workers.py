"""One page of metrics for several processes: each writes what it counts to files of one folder, any answers for all.

Who starts the processes sets ``PROMETHEUS_MULTIPROC_DIR`` to an empty folder before any of them imports
``prometheus_client``, and calls ``ended`` for each process that has ended, however it did.
"""

from __future__ import annotations


def ended(pid: int, folder: str | None = None) -> None:
    """What this process had at the moment counts no more; what it has counted stays.

    ``folder`` is that of the variable, if it is None."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]
