"""The commands of ``fngraph``, one file each: ``add_arguments(parser)`` and ``run(arguments) -> exit status``."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_config(parser: argparse.ArgumentParser) -> None:
    """The option that commands with settings share."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file (default: fngraph.toml, if there)")
