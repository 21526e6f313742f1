"""Print the reference of all settings, as Markdown."""

from __future__ import annotations

import argparse
import sys

from gateway.settings.reference import reference


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_: argparse.Namespace) -> int:
    sys.stdout.write(reference())
    return 0
