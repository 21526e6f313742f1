"""`fngraph schema --check` says what a change of the schema means for the clients of an older one."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import build_schema

from gateway.__main__ import main
from gateway.commands.schema import Change, changes_between
from schema import build_schema as build_own_schema

RELEASED = Path(__file__).parent / "released" / "schema.graphql"

OLD = """
directive @requires(role: Role!) on FIELD_DEFINITION
enum Role { USER ADMIN }
type Query { name: String, mood: Mood, things(count: Int = 10): [Thing!], log: String @requires(role: ADMIN) }
type Thing { id: ID! size: Int }
enum Mood { GOOD }
"""


def changes(before: str, after: str) -> list[Change]:
    """What replacing a piece of ``OLD`` changes."""
    assert before in OLD
    return changes_between(build_schema(OLD), build_schema(OLD.replace(before, after)))


def check(file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str], str]:
    """The command's status, the lines it printed, and what it said about an error."""
    status = main(["schema", "--check", str(file)])
    out, error = capsys.readouterr()
    return status, out.splitlines(), error


@pytest.mark.parametrize(
    ("before", "after", "severity", "kind", "described"),
    [
        ("name: String", "", "breaking", "FIELD_REMOVED", "Field Query.name was removed."),
        ("size: Int", "size: ID", "breaking", "FIELD_CHANGED_KIND", "Field Thing.size changed type from Int to ID."),
        ("id: ID!", "id: ID", "breaking", "FIELD_CHANGED_KIND", "Field Thing.id changed type from ID! to ID."),
        ("GOOD", "BAD", "breaking", "VALUE_REMOVED_FROM_ENUM", "Enum value Mood.GOOD was removed."),
        ("GOOD", "GOOD BAD", "dangerous", "VALUE_ADDED_TO_ENUM", "Enum value Mood.BAD was added."),
        ("= 10", "= 9", "dangerous", "ARG_DEFAULT_VALUE_CHANGE",
         "Query.things(count:) has changed defaultValue from 10 to 9."),
        ("Int }", "Int! }", "safe", "FIELD_CHANGED_KIND_SAFE", "Field Thing.size changed type from Int to Int!."),
        ("size: Int", "size: Int more: Int", "safe", "FIELD_ADDED", "Field Thing.more was added."),
    ],
)  # fmt: skip
def test_a_change_is_named_with_what_it_means(
    before: str, after: str, severity: str, kind: str, described: str
) -> None:
    assert changes(before, after)[0] == (severity, kind, described)


@pytest.mark.parametrize(
    ("before", "after", "severity", "needs"),
    [
        ("name: String", "name: String @requires(role: USER)", "breaking",
         "name needs the role USER; it needed no role"),
        ("(role: ADMIN)", "(role: USER)", "safe", "log needs the role USER; it needed the role ADMIN"),
        ("@requires(role: ADMIN) }", "}", "safe", "log needs no role; it needed the role ADMIN"),
    ],
)  # fmt: skip
def test_a_role_that_is_asked_for_breaks_callers_without_it(before: str, after: str, severity: str, needs: str) -> None:
    assert changes(before, after) == [(severity, "REQUIRED_ROLE_CHANGED", f"Field Query.{needs}.")]


def test_the_worst_changes_come_first() -> None:
    new = OLD.replace("name: String", "more: String").replace("GOOD", "GOOD BAD")
    found = changes_between(build_schema(OLD), build_schema(new))
    assert [change.severity for change in found] == ["breaking", "dangerous", "safe"]


def test_the_same_schema_has_no_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "same.graphql"
    file.write_text(build_own_schema().as_str())
    assert check(file, capsys) == (0, [f"0 breaking, 0 dangerous, 0 safe since {file}"], "")


def test_what_breaks_a_client_is_named_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "old.graphql"
    file.write_text(
        build_own_schema().as_str().replace("type Upstream {", 'type Upstream {\n  """Its mood."""\n  mood: Int')
    )
    status, lines, error = check(file, capsys)
    assert (status, error) == (1, "")
    assert [line.split(maxsplit=2) for line in lines[:-1]] == [
        ["breaking", "FIELD_REMOVED", "Field Upstream.mood was removed."]
    ]
    assert lines[-1] == f"1 breaking, 0 dangerous, 0 safe since {file}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, " cannot be read: No such file or directory"),
        (b"\xff\xfe", " cannot be read: it is not UTF-8"),
        (b"", ":1:1 is no schema: Syntax Error: Unexpected <EOF>."),
        (b"type Query {\n  a: Int", ":2:9 is no schema: Syntax Error: Expected Name, found <EOF>."),
        (b"type Query { a: Nope }", " is no schema: Unknown type 'Nope'."),
        (b"{ user { username } }", " is no schema: Query root type must be provided."),
    ],
)
def test_a_file_that_is_no_schema_is_told_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, said: str
) -> None:
    file = tmp_path / "old.graphql"
    if content is not None:
        file.write_bytes(content)
    assert check(file, capsys) == (2, [], f"{file}{said}\n")


def test_nothing_that_was_released_breaks() -> None:
    found = changes_between(build_schema(RELEASED.read_text()), build_schema(build_own_schema().as_str()))
    assert [change for change in found if change.severity == "breaking"] == []
