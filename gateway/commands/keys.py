"""Create, list and revoke access keys of the gateway's own."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Collection

from gateway.auth.keys import KeysFile, new_key
from gateway.auth.revoked import UntoldError, is_fingerprint, revoke
from gateway.commands import add_config
from gateway.roles import Role
from gateway.settings import Settings, load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, with which key."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="create|list|revoke")
    create = actions.add_parser("create", help="make a key and show it, once")
    create.add_argument("id", help="name of the key, unique; shown in lists and logs")
    create.add_argument("--role", choices=[role.value for role in Role], default=Role.USER.value)
    create.add_argument("--forward", action="store_true", help="let upstreams with scheme `forward` have the key")
    actions_list = actions.add_parser("list", help="show the keys' names and roles")
    revoke = actions.add_parser("revoke", help="forget a key; it is refused from then on, by all copies of a `store`")
    revoke.add_argument("id", help="name of the key, or its SHA-256 for one that is not in the file")
    for action in (create, actions_list, revoke):
        add_config(action)


def run(arguments: argparse.Namespace) -> int:
    """0, or 1 for a name that is taken or not there, or a store that could not be told, or takes no more."""
    settings = load(arguments.config)
    file = KeysFile(settings.auth.keys_file)
    if arguments.action == "revoke":
        return _revoke(arguments, file, settings)
    return {"create": _create, "list": _list}[arguments.action](arguments, file)


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


def _revoke(arguments: argparse.Namespace, file: KeysFile, settings: Settings) -> int:
    given, kept = arguments.id, file.read()
    found = {key.sha256 for key in (*kept, *settings.auth.keys) if given in (key.id, key.sha256)}
    if settings.store is not None and is_fingerprint(given):
        found.add(given)
    left = [key for key in kept if key.sha256 not in found]
    if not found or (settings.store is None and len(left) == len(kept)):
        return _fail(f"There is no key called {given}.")
    if len(left) < len(kept):
        file.write(left)
    return 0 if settings.store is None else _tell(settings, found)


def _tell(settings: Settings, fingerprints: Collection[str]) -> int:
    """Have all copies refuse them."""
    from gateway.store.opening import open_store  # the client takes a third of a second

    try:
        asyncio.run(revoke(open_store(settings), fingerprints))
    except UntoldError as error:
        again = "".join(f"\n  fngraph keys revoke {each}" for each in sorted(fingerprints))
        return _fail(f"{error}, so other copies may still take the key. When that is over:{again}")
    return 0


def _fail(text: str) -> int:
    print(text, file=sys.stderr)
    return 1
