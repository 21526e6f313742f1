"""The command line: ``fngraph demo``, ``serve``, ``check``, ``keys``, ``schema`` and the others of ``COMMANDS``."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from gateway import __version__

COMMANDS = {
    "demo": "run the gateway over four stand-ins on this machine, with example data",
    "serve": "run the gateway over the upstreams that the settings name",
    "check": "show the settings, secrets hidden, and try each upstream",
    "keys": "create, list and revoke access keys of the gateway's own",
    "schema": "print the schema as SDL, or what changed in it since an older one",
    "settings": "print the reference of all settings, as Markdown",
    "explain": "show the plan of a GraphQL document, its cost, and the upstream requests that it makes",
    "persist": "write the manifest of trusted documents from a folder of .graphql files",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0 when all is well, 1 when it could not do its work, 2 for wrong arguments or settings,
    130 when it was interrupted before it served."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="fngraph", description="One GraphQL endpoint over four REST backends.")
    parser.add_argument("--version", action="version", version=f"fngraph {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        if name in words[:1]:  # only the command that runs is imported: each needs a different part of the gateway
            chosen = importlib.import_module(f"gateway.commands.{name}")
            chosen.add_arguments(command)
    given = parser.parse_args(words)
    from gateway.settings import SettingsError  # takes 60 ms, which help and errors here need not wait

    try:
        status: int = chosen.run(given)
    except SettingsError as error:
        print("The settings are not right:", *error.problems, sep="\n  ", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main())
