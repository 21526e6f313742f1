"""``fngraph persist`` writes a manifest that the gateway trusts, or says what is wrong by file and line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from gateway.http.persisted.trusted import load_trusted
from gateway.http.validation import Validator
from gateway.settings import LimitSettings
from schema import build_schema
from tests.test_commands import run

ME = """query Me {
  user {
    ...Name
  }
}

fragment Created on User {
  created
}

fragment Name on User {
  username
  ...Created
}"""


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        file = folder / name.replace("__", "/").replace("_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


async def test_each_operation_comes_with_the_fragments_it_uses(tmp_path: Path) -> None:
    write(
        tmp_path / "documents",
        b_graphql="# What the page shows.\nquery Me { user { ...Name } }\nmutation Nothing { __typename }",
        deep__er__a_gql="fragment Name on User { username ...Created } fragment Unused on User { name }",
        deep__c_graphql="fragment Created on User { created }",
        notes_txt="query {",
    )
    status, out, error = await run("persist", "documents", cwd=tmp_path)
    assert (status, error) == (0, "")
    manifest = json.loads(out)
    assert (manifest["format"], manifest["version"]) == ("apollo-persisted-query-manifest", 1)
    nothing = "mutation Nothing {\n  __typename\n}"
    assert [tuple(operation.values()) for operation in manifest["operations"]] == [
        ("sha256:" + hashlib.sha256(ME.encode()).hexdigest(), "Me", "query", ME),
        ("sha256:" + hashlib.sha256(nothing.encode()).hexdigest(), "Nothing", "mutation", nothing),
    ]


async def test_the_file_is_the_same_for_the_same_operations_and_the_gateway_trusts_it(tmp_path: Path) -> None:
    write(tmp_path / "one", a_graphql="query A { __typename } query B { user { ...N } } fragment N on User { name }")
    write(
        tmp_path / "two",
        x_graphql="fragment N on User { name }\n\n# B\nquery B{user{...N}}",
        y_graphql="query A {\n__typename }",
    )
    for folder in ("one", "two"):
        assert await run("persist", folder, "-o", f"{folder}.json", cwd=tmp_path) == (0, "", "")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    trusted = load_trusted(tmp_path / "one.json", Validator(build_schema()._schema, LimitSettings()))
    assert "query A {\n  __typename\n}" in trusted


async def test_every_problem_is_told_by_file_and_line(tmp_path: Path) -> None:
    write(
        tmp_path / "wrong",
        a_graphql="query Me { user { username } }\n{ __typename }\ntype T { a: Int }",
        b_graphql="\n  query Me { __typename }",
        c_graphql="query {",
        d_graphql="query A { ...Bad ...Gone } query B { ...Bad }\nfragment Bad on Query { nothing }",
    )
    (tmp_path / "wrong" / "e.graphql").write_bytes(b"\xff")
    status, out, error = await run("persist", "wrong", "-o", "manifest.json", cwd=tmp_path)
    assert (status, out) == (1, "")
    assert error.splitlines() == [
        "wrong/a.graphql:2:1: an operation needs a name",
        "wrong/a.graphql:3:1: only operations and fragments can be persisted",
        "wrong/b.graphql:2:3: `Me` is in wrong/a.graphql:1:1 too",
        "wrong/c.graphql:1:8: Syntax Error: Expected Name, found <EOF>.",
        "wrong/e.graphql: is not UTF-8",
        "wrong/d.graphql:1:21: Unknown fragment 'Gone'.",
        "wrong/d.graphql:2:25: Cannot query field 'nothing' on type 'Query'.",
    ]
    assert not (tmp_path / "manifest.json").exists()


async def test_a_folder_without_operations_is_a_mistake(tmp_path: Path) -> None:
    write(tmp_path / "empty", a_txt="query A { __typename }")
    assert await run("persist", "empty", cwd=tmp_path) == (1, "", "empty: there is no operation in it\n")
    status, _, error = await run("persist", "nowhere", cwd=tmp_path)
    assert (status, "nowhere is not a folder" in error) == (2, True)


async def test_a_manifest_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    write(tmp_path / "documents", a_graphql="query A { __typename }")
    answer = await run("persist", "documents", "-o", "no/where.json", cwd=tmp_path)
    assert answer == (1, "", "no/where.json: No such file or directory\n")
