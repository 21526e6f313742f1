"""Reading settings from the file and the environment, and saying everything that is wrong with them."""

from __future__ import annotations

import contextlib
import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.settings.reading import read
from gateway.settings.root import Settings
from gateway.settings.tables import SettingsError

DEFAULT_FILE = Path("fngraph.toml")
ENV_PREFIX = "FNGRAPH_"


def load(file: Path | None = None, given: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings. ``file`` must exist when it is given; else ``fngraph.toml`` is read if it is there.

    ``given`` are values of the command line, which win over all others.

    Raises ``SettingsError`` with every wrong or unknown value, by name.
    """
    values = _read(file or (DEFAULT_FILE if DEFAULT_FILE.exists() else None))
    problems = []
    for variable in _variables():
        names = variable[len(ENV_PREFIX) :].lower().split("__")
        if names[0] in Settings.__struct_fields__:
            values = _merged(values, _below(names, os.environ[variable]))
        else:
            problems.append(f"{variable}: there is no such setting")
    try:
        settings = read(Settings, _merged(values, dict(given or {})))
    except SettingsError as error:
        raise SettingsError([*problems, *error.problems]) from None
    if problems:
        raise SettingsError(problems)
    return settings


def _read(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError([f"{path}: {error}"]) from error


def _variables() -> list[str]:
    """Those of the settings, each table before its members."""
    return sorted((name for name in os.environ if name.upper().startswith(ENV_PREFIX)), key=str.upper)


def _below(names: list[str], text: str) -> Any:
    """The tables that lead to the value. JSON is one for a list or a table; the types read all others from text."""
    value: Any = text
    if text.lstrip().startswith(("[", "{")):
        with contextlib.suppress(ValueError, RecursionError):
            value = json.loads(text)
    for name in reversed(names):
        value = {name: value}
    return value


def _merged(under: Any, over: Any) -> Any:
    """Tables member by member; of anything else, what is over it."""
    if not (isinstance(under, dict) and isinstance(over, dict)):
        return over
    return {**under, **{name: _merged(under.get(name), value) for name, value in over.items()}}
