"""Create, list and revoke access keys of the gateway's own."""

from __future__ import annotations

import argparse
import sys

from gateway.auth.keys import KeysFile, new_key
from gateway.commands import add_config
from gateway.roles import Role
from gateway.settings import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, with which key."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="create|list|revoke")
    create = actions.add_parser("create", help="make a key and show it, once")
    create.add_argument("id", help="name of the key, unique; shown in lists and logs")
    create.add_argument("--role", choices=[role.value for role in Role], default=Role.USER.value)
    create.add_argument("--forward", action="store_true", help="let upstreams with scheme `forward` have the key")
    actions_list = actions.add_parser("list", help="show the keys' names and roles")
    revoke = actions.add_parser("revoke", help="forget a key; it is refused from then on")
    revoke.add_argument("id", help="name of the key")
    for action in (create, actions_list, revoke):
        add_config(action)


def run(arguments: argparse.Namespace) -> int:
    """0, or 1 for a name that is taken or not there."""
    file = KeysFile(load(arguments.config).auth.keys_file)
    actions = {"create": _create, "list": _list, "revoke": _revoke}
    return actions[arguments.action](arguments, file)


def _create(arguments: argparse.Namespace, file: KeysFile) -> int:
    if any(key.id == arguments.id for key in file.read()):
        return _fail(f"There is a key called {arguments.id} already.")
    secret, key = new_key(arguments.id, Role(arguments.role), arguments.forward)
    file.write([*file.read(), key])
    print(secret)
    print("This is shown once: the gateway keeps only its hash.", file=sys.stderr)
    return 0


def _list(_: argparse.Namespace, file: KeysFile) -> int:
    for key in file.read():
        print(f"{key.id:<24} {','.join(sorted(role.value for role in key.roles))}{'  forward' if key.forward else ''}")
    return 0


def _revoke(arguments: argparse.Namespace, file: KeysFile) -> int:
    left = [key for key in file.read() if key.id != arguments.id]
    if len(left) == len(file.read()):
        return _fail(f"There is no key called {arguments.id}.")
    file.write(left)
    return 0


def _fail(text: str) -> int:
    print(text, file=sys.stderr)
    return 1
