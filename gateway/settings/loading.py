"""Reading settings from the file and the environment, and saying everything that is wrong with them."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gateway.settings.root import Settings
from gateway.settings.tables import SettingsError

DEFAULT_FILE = Path("fngraph.toml")
ENV_PREFIX = "FNGRAPH_"


class _FromEnvironment(Settings, BaseSettings):
    """The same, with ``FNGRAPH_*`` variables before the given values."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, env_nested_delimiter="__", hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # The file's values come in as arguments, so the environment goes first.
        return env_settings, init_settings


def load(file: Path | None = None) -> Settings:
    """Read the settings. ``file`` must exist when it is given; else ``fngraph.toml`` is read if it is there.

    Raises ``SettingsError`` with every wrong or unknown value, by name.
    """
    path = file or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    problems = _unknown_variables()
    try:
        settings = _FromEnvironment(**_read(path))
    except ValidationError as error:
        problems += [_line(problem) for problem in error.errors(include_input=False, include_url=False)]
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


def _unknown_variables() -> list[str]:
    """Misspelt ``FNGRAPH_*`` variables, which pydantic-settings passes over in silence."""
    known = {name.upper() for name in Settings.model_fields}
    names = [name for name in os.environ if name.upper().startswith(ENV_PREFIX)]
    return [
        f"{name}: there is no such setting"
        for name in sorted(names)
        if name.upper().removeprefix(ENV_PREFIX).split("__")[0] not in known
    ]


def _line(problem: Any) -> str:
    # A discriminated union adds the chosen scheme to the location: not a name that a user wrote.
    place = [str(part) for part in problem["loc"]]
    if "credential" in place:
        place = [part for part in place if part not in ("none", "forward", "static", "client_credentials", "per_user")]
    reason = (
        "there is no such setting"
        if problem["type"] == "extra_forbidden"
        else problem["msg"].removeprefix("Value error, ")
    )
    return f"{'.'.join(place)}: {reason}"
