"""Whether files have changed: how they look from outside, and what is in them.

Looked at by ``stat`` in turn, which sees what notifications of the kernel do not: Kubernetes' ConfigMaps, which swap a
symbolic link two levels up, editors that rename, files that are not there yet, network file systems.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import asdict

from gateway.http.rest.folders import twin_files
from gateway.settings import Settings, StaticCredential
from gateway.settings.upstreams import UpstreamSettings

Look = tuple[tuple[str, int, int, int], ...]
"""Path, inode, size and time of the last change of each file that is there."""


def files_of(settings: Settings) -> list[Path]:
    """What the settings name and is read when they come into force: the manifest, the secrets, the folder of twins."""
    credentials = [table.credential for table in asdict(settings).values() if isinstance(table, UpstreamSettings)]
    secrets = [each.file for each in credentials if isinstance(each, StaticCredential)]
    named = [settings.documents.manifest, settings.twins_folder, *secrets]
    return [path for path in named if path is not None]


def look_of(paths: Iterable[Path]) -> Look:
    """How they look from outside; folders with the twins in them."""
    found = []
    for path in _with_twins(paths):
        try:
            state = os.stat(path)
        except OSError:
            continue
        found.append((str(path), state.st_ino, state.st_size, state.st_mtime_ns))
    return tuple(found)


def digest_of(paths: Iterable[Path]) -> str:
    """Of what is in them. A file that cannot be read is as one that is not there: who needs it says so."""
    digest = hashlib.sha256()
    for path in _with_twins(paths):
        try:
            content = path.read_bytes()
        except OSError:
            continue
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _with_twins(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield path
        if os.path.isdir(path):  # unlike `Path.is_dir`, it never raises
            yield from twin_files(path)
