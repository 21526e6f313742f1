"""Settings are typed, and everything wrong with them is said at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec import to_builtins

from gateway.settings import SettingsError, StaticCredential, load


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def problems(file: Path | None = None) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        load(file)
    return raised.value.problems


def test_every_wrong_value_is_reported_at_once_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "fngraph.toml").write_text('port = 99999\n[deployment]\nmax_paralel = 3\n[prediction]\napi = "v2"\n')
    monkeypatch.setenv("FNGRAPH_INVOKE__URL", "not an address")
    monkeypatch.setenv("FNGRAPH_PROT", "8000")
    names = [problem.partition(":")[0] for problem in problems()]
    assert names == ["FNGRAPH_PROT", "port", "prediction.api", "deployment.max_paralel", "invoke.url"]


def test_a_variable_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text('port = 1\n[prediction]\nurl = "https://a.example/"\napi = "v0"\n')
    monkeypatch.setenv("FNGRAPH_PREDICTION__URL", "https://b.example")
    settings = load(file)
    assert (settings.port, settings.prediction.url, settings.prediction.api) == (1, "https://b.example", "v0")


def test_a_table_in_a_variable_is_put_over_the_file_member_by_member(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "fngraph.toml").write_text('[prediction]\nurl = "https://a.example"\nmax_tries = 3\n')
    monkeypatch.setenv("FNGRAPH_PREDICTION", '{"api": "v0", "max_tries": 4}')
    monkeypatch.setenv("fngraph_prediction__max_tries", "5")
    monkeypatch.setenv("FNGRAPH_ALLOWED_ORIGINS", '["https://b.example"]')
    settings = load()
    prediction = settings.prediction
    assert (prediction.url, prediction.api, prediction.max_tries) == ("https://a.example", "v0", 5)
    assert settings.allowed_origins == ["https://b.example"]


def test_a_variable_that_is_not_json_where_it_must_be_is_reported_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FNGRAPH_ALLOWED_ORIGINS", "https://a.example")
    monkeypatch.setenv("FNGRAPH_AUTH", '{"order": [')
    monkeypatch.setenv("FNGRAPH_HOST__NAME", "a")
    assert [problem.partition(":")[0] for problem in problems()] == ["host", "allowed_origins", "auth"]


def test_a_file_that_is_named_must_be_there_and_be_toml(tmp_path: Path) -> None:
    assert "missing.toml" in problems(tmp_path / "missing.toml")[0]
    (tmp_path / "broken.toml").write_text("port = ")
    assert "broken.toml" in problems(tmp_path / "broken.toml")[0]


def test_a_secret_shows_in_no_text_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FNGRAPH_DEPLOYMENT__CREDENTIAL", '{"scheme": "static", "value": "canary"}')
    settings = load()
    assert isinstance(settings.deployment.credential, StaticCredential)
    assert settings.deployment.credential.secret() == "canary"
    assert "canary" not in repr(settings) + json.dumps(to_builtins(settings, enc_hook=str))


def test_a_secret_shows_in_no_error_about_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FNGRAPH_DEPLOYMENT__CREDENTIAL", '{"scheme": "static", "valeu": "canary"}')
    found = problems()
    assert any("valeu" in problem for problem in found)
    assert "canary" not in str(found)


def test_a_secret_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("canary\n")
    monkeypatch.setenv("FNGRAPH_DEPLOYMENT__CREDENTIAL__SCHEME", "static")
    monkeypatch.setenv("FNGRAPH_DEPLOYMENT__CREDENTIAL__FILE", str(tmp_path / "key"))
    credential = load().deployment.credential
    assert isinstance(credential, StaticCredential)
    assert credential.secret() == "canary"
