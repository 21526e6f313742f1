"""How deep the variables of a request are, and how many values they hold."""

from __future__ import annotations

from typing import Any

from gateway.errors import BadInput
from gateway.settings import LimitSettings


def check_variables(variables: dict[str, Any] | None, limits: LimitSettings) -> None:
    """Raises ``BadInput`` beyond ``max_variables_depth`` or ``max_variable_values``. The variables are at depth 1."""
    level: list[Any] = list((variables or {}).values())
    depth = found = 0
    while level:
        depth, found = depth + 1, found + len(level)
        if depth > limits.max_variables_depth:
            raise BadInput(f"The variables are nested more than {limits.max_variables_depth} deep.")
        if found > limits.max_variable_values:
            raise BadInput(f"The variables hold more than {limits.max_variable_values} values.")
        level = [child for value in level if isinstance(value, (dict, list)) for child in _children(value)]


def _children(value: dict[str, Any] | list[Any]) -> Any:
    return value.values() if isinstance(value, dict) else value
