"""What an operator reads about resilience is what the settings are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import asdict

from gateway.settings import InvokeSettings, SettingsError, UpstreamSettings, read

PAGE = (Path(__file__).parent.parent / "docs" / "resilience.md").read_text()
ELSEWHERE = {"url", "credential"}


def shown(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    return f"{int(value):,}" if value == int(value) else str(value)


def test_every_number_of_an_upstream_is_documented() -> None:
    settings = asdict(UpstreamSettings(url="https://a.example"))
    numbers = {name: value for name, value in settings.items() if name not in ELSEWHERE}
    assert len(numbers) > 20
    for name, value in numbers.items():
        assert f"| `{name}` | {shown(value)} |" in PAGE


def test_what_is_other_for_invoke_is_documented() -> None:
    usual = asdict(UpstreamSettings(url="https://a.example"))
    changed = {name: value for name, value in asdict(InvokeSettings()).items() if usual.get(name, value) != value}
    assert {*changed} - ELSEWHERE == {"max_tries", "retry_wait_s", "max_retry_wait_s", "retry_floor"}
    for name in {*changed} - ELSEWHERE:
        [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
        assert f"`invoke`: {shown(changed[name])}" in row


@pytest.mark.parametrize(
    ("name", "value"),
    [("max_tries", 0), ("retry_budget", 1.5), ("breaker_failure_rate", 0), ("max_concurrent", 0), ("hedge_after_s", 0)],
)
def test_what_makes_no_sense_is_refused(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=name):
        read(UpstreamSettings, {"url": "https://a.example", name: value})
