"""What a process of the load run may open."""

from __future__ import annotations

import resource

NEEDED_FILES = 6_000


class TooFewFiles(Exception):  # noqa: N818
    """The hard limit of open files is too low for this machine to run it."""


def raise_file_limit() -> None:
    """As many files as this machine lets us have. Raises ``TooFewFiles``."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < NEEDED_FILES:
        raise TooFewFiles(f"`ulimit -Hn` is {hard}; the load run needs {NEEDED_FILES}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
