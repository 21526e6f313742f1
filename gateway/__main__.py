"""The command line: ``fngraph demo``, ``serve``, ``check``, ``keys``, ``schema``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from gateway import __version__
from gateway.commands import check, demo, keys, schema, serve
from gateway.settings import SettingsError

COMMANDS = {"demo": demo, "serve": serve, "check": check, "keys": keys, "schema": schema}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0 when all is well, 1 when it could not do its work, 2 for wrong arguments or settings,
    130 when it was interrupted before it served."""
    given = _parser().parse_args(arguments)
    try:
        status: int = COMMANDS[given.command].run(given)
    except SettingsError as error:
        print("The settings are not right:", *error.problems, sep="\n  ", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fngraph", description="One GraphQL endpoint over four REST backends.")
    parser.add_argument("--version", action="version", version=f"fngraph {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        summary = (command.__doc__ or "").partition("\n")[0]
        command.add_arguments(commands.add_parser(name, help=summary, description=summary))
    return parser


if __name__ == "__main__":
    sys.exit(main())
