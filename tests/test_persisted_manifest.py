"""A manifest is read as its tools write it; a wrong one stops the start, and the problem names its entry and why."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import asdict

from gateway.app import create_app
from gateway.http.persisted.trusted import load_trusted
from gateway.http.validation import Validator
from gateway.settings import DocumentSettings, LimitSettings, Settings, SettingsError
from schema import build_schema

TEXT = "query Me { user { username } }"
SHA256 = hashlib.sha256(TEXT.encode()).hexdigest()
MD5 = hashlib.md5(TEXT.encode()).hexdigest()
OPERATION = {"id": SHA256, "name": "Me", "type": "query", "body": TEXT}
APOLLO = {"format": "apollo-persisted-query-manifest", "version": 1}


@pytest.fixture(scope="module")
def validator() -> Validator:
    return Validator(build_schema()._schema, LimitSettings())


def written(folder: Path, content: Any) -> Path:
    file = folder / "manifest.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ({SHA256: TEXT}, SHA256),
        ({f"sha256:{SHA256}": TEXT}, f"sha256:{SHA256}"),
        ({f"sha256:{SHA256.upper()}": TEXT}, SHA256),
        ({MD5: TEXT}, MD5),
        ({f"md5:{MD5}": TEXT}, f"md5:{MD5}"),
        ({"v1/me": TEXT, "v2/me": TEXT}, "v2/me"),
        ([[MD5, TEXT]], MD5),
        ([{"id": MD5, "text": TEXT}], MD5),
        ({**APOLLO, "operations": [OPERATION]}, SHA256),
        ({**APOLLO, "operations": [{**OPERATION, "id": "me"}, OPERATION]}, "me"),
    ],
)
def test_each_form_of_a_manifest_is_read(tmp_path: Path, validator: Validator, content: Any, name: str) -> None:
    trusted = load_trusted(written(tmp_path, content), validator)
    assert [trusted.get(each) for each in (name, SHA256, f"sha256:{SHA256}", "other")] == [TEXT, TEXT, TEXT, None]
    assert TEXT in trusted
    assert TEXT + " " not in trusted


def test_a_manifest_without_documents_is_one(tmp_path: Path, validator: Validator) -> None:
    assert TEXT not in load_trusted(written(tmp_path, {}), validator)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({f"sha256:{'0' * 64}": TEXT}, f"`sha256:{'0' * 64}`: its text has the hash {SHA256}"),
        ({"sha256:0": TEXT}, "`sha256:0`: `sha256:` must be followed by 64 hexadecimal digits."),
        ({"a": "{ nothing }"}, "`a`: Cannot query field 'nothing' on type 'Query'. (line 1, column 3)"),
        ({"a": "{"}, "`a`: Syntax Error: Expected Name, found <EOF>. (line 1, column 2)"),
        ([["a", TEXT], ["a", TEXT + " "]], "`a`: is the name of two documents"),
        ('{"a": "{__typename}", "a": "{user {username}}"}', "`a` is there twice"),
        ({"a": 1}, "entry 1 must have a name and a text"),
        ({"": TEXT}, "entry 1 must have a name and a text"),
        ([["a", TEXT], ["b"]], "entry 2 must have a name and a text"),
        ({**APOLLO, "operations": [{"id": "a"}]}, "entry 1 must have a name and a text"),
        ({**APOLLO, "version": 2}, "a manifest with a `format` must be apollo-persisted-query-manifest, version 1"),
        ({"format": "x"}, "a manifest with a `format` must be apollo-persisted-query-manifest, version 1"),
        (APOLLO, "must hold texts by name, or a list of documents"),
        ("1", "must hold texts by name, or a list of documents"),
        ("{", "is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, validator: Validator, content: Any, problem: str) -> None:
    file = written(tmp_path, content)
    with pytest.raises(SettingsError) as raised:
        load_trusted(file, validator)
    assert raised.value.problems == [f"documents.manifest: {file}: {problem}"]


def test_every_wrong_entry_is_told_at_once(tmp_path: Path, validator: Validator) -> None:
    file = written(tmp_path, {"a": "{", "b": TEXT, "c": "{ nothing }", "sha256:": TEXT})
    with pytest.raises(SettingsError) as raised:
        load_trusted(file, validator)
    assert [problem.split(": ")[2] for problem in raised.value.problems] == ["`a`", "`c`", "`sha256:`"]


def test_the_gateway_does_not_start_with_a_wrong_manifest(tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"
    with pytest.raises(SettingsError, match=r"documents\.manifest: .*missing\.json: No such file or directory"):
        create_app(Settings(documents=DocumentSettings(manifest=missing)))


def test_only_trusted_documents_need_a_manifest() -> None:
    with pytest.raises(ValueError, match="`trusted_only` needs a `manifest`"):
        DocumentSettings(trusted_only=True)


def test_every_setting_is_documented_with_its_default() -> None:
    documentation = (Path(__file__).parent.parent / "docs" / "persisted-documents.md").read_text()
    shown = {None: "none", True: "true", False: "false"}
    defaults = asdict(DocumentSettings())
    assert len(defaults) == 5
    for name, value in defaults.items():
        text = f"{value:,}" if type(value) is int else shown[value]
        assert f"| `{name}` | {text} |" in documentation
