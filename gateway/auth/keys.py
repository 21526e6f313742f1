"""The gateway's own access keys: made by ``fngraph keys``, kept as hashes, revoked at once."""

from __future__ import annotations

import hmac
import math
import os
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from gateway.auth.inbound import Caller
from gateway.auth.principal import Principal, fingerprint
from gateway.roles import Role
from gateway.settings import KeySettings, Settings, SettingsError, read

PREFIX = "fng_"
LOOK_S = 0.1
"""How long a revoked key may still be taken: the file is looked at ten times a second, not for each request."""


class Keys:
    """The authenticator ``keys``: those of the settings, and those of the keys file, read again when it changes."""

    def __init__(self, settings: Settings, *_: object) -> None:
        self._configured = settings.auth.keys
        self._file = KeysFile(settings.auth.keys_file)

    def authenticate(self, caller: Caller) -> Principal | None:
        if caller.access_key is None:
            return None
        in_file, digest = self._file.read(), caller.fingerprint
        if not (in_file or self._configured):
            return None
        # All are compared, each in constant time, so that time tells nothing.
        found = [key for key in (*self._configured, *in_file) if hmac.compare_digest(key.sha256, digest)]
        if not found:
            return None
        return Principal(f"key:{found[0].id}", found[0].roles, caller.access_key if found[0].forward else None)


class KeysFile:
    """A JSON list of keys, which need not be there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name = str(path)
        self._seen: tuple[int, int] | None = None
        self._looked_s = -math.inf
        self._keys: Sequence[KeySettings] = ()

    def read(self) -> Sequence[KeySettings]:
        """The keys in the file, as it was at most ``LOOK_S`` ago.

        Raises ``SettingsError`` when it is not what ``write`` writes."""
        now_s = time.monotonic()
        if now_s - self._looked_s >= LOOK_S:
            self._keys = self._current()
            self._looked_s = now_s
        return self._keys

    def _current(self) -> Sequence[KeySettings]:
        try:
            state = os.stat(self._name)
        except FileNotFoundError:
            self._seen = None
            return ()
        if (seen := (state.st_mtime_ns, state.st_size)) != self._seen:
            try:
                keys = read(list[KeySettings], msgspec.json.decode(self._path.read_bytes()))
            except (msgspec.DecodeError, SettingsError) as error:
                raise SettingsError([f"{self._path} is not a file of keys"]) from error
            self._seen = seen
            return keys
        return self._keys

    def write(self, keys: Sequence[KeySettings]) -> None:
        """Replace the file at once, readable by the owner only."""
        part = self._path.with_name(self._path.name + ".part")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(keys), indent=2))
        part.replace(self._path)


def new_key(name: str, role: Role, forward: bool) -> tuple[str, KeySettings]:
    """A key of 256 random bits, to be shown once, and what is kept of it."""
    key = PREFIX + secrets.token_urlsafe(32)
    roles = frozenset({Role.USER, role})
    return key, KeySettings(id=name, sha256=fingerprint(key), roles=roles, forward=forward)
