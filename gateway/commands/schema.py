"""Print the schema as SDL."""

from __future__ import annotations

import argparse

from schema import build_schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_: argparse.Namespace) -> int:
    print(build_schema().as_str())
    return 0
