"""Where workers put their numbers, so that any of them can show those of all.

Source: prometheus_client, "Multiprocess Mode".
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator

from gateway.observability.workers import ended
from gateway.settings import Settings

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


class MetricsFolder:
    """``path`` is None where metrics are off."""

    def __init__(self, path: str | None) -> None:
        self._path = path

    @property
    def environment(self) -> dict[str, str]:
        """For the workers."""
        return {} if self._path is None else {VARIABLE: self._path}

    def forget(self, pid: int) -> None:
        """A worker has ended: what it had in use counts no more. What it has counted does."""
        if self._path is not None:
            ended(pid, self._path)


@contextlib.contextmanager
def metrics_folder(settings: Settings) -> Iterator[MetricsFolder]:
    """A temporary one that only this user can read, if ``[metrics]`` is on; it is gone at the end."""
    if not settings.metrics.enabled:
        yield MetricsFolder(None)
        return
    with tempfile.TemporaryDirectory(prefix="fngraph-metrics-") as path:
        yield MetricsFolder(path)
