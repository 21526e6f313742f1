"""``fngraph explain`` shows what a document costs, how it is executed, and which requests that takes."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

FNGRAPH = Path(sys.executable).with_name("fngraph")
DOCS = Path(__file__).parent.parent / "docs" / "execution.md"


async def explain(cwd: Path, *arguments: str, given: str = "", **variables: str) -> tuple[int, str, str]:
    """Status, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        FNGRAPH, "explain", *arguments, cwd=cwd, env={**os.environ, **variables}, stdin=-1, stdout=-1, stderr=-1
    )
    out, error = await asyncio.wait_for(process.communicate(given.encode()), 30)
    return process.returncode or 0, out.decode(), error.decode()


async def test_the_example_of_the_documentation_is_what_it_prints(tmp_path: Path) -> None:
    section = DOCS.read_text().split("`fngraph explain`\n")[1]
    document = section.split("```graphql\n")[1].split("```")[0]
    shown = section.split("```\n$ fngraph explain ")[1].split("```")[0]
    command, _, output = shown.partition("\n")
    (tmp_path / "code.graphql").write_text(document)
    assert command == """code.graphql --variables '{"count": 20}'"""
    assert await explain(tmp_path, "code.graphql", "--variables", '{"count": 20}') == (0, output, "")


async def test_addresses_are_those_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[prediction]\napi = "v0"\n[deployment]\nprefix = "/mine"\n')
    document = "{ user { username } deployments { endpoints { route } } }"
    status, out, _ = await explain(tmp_path, "-", "--config", "mine.toml", given=document)
    assert status == 0
    assert [line.strip() for line in out.splitlines() if ">" in line and "->" not in line] == [
        "> prediction: GET /user  (1, without a name)",
        "> prediction: GET /users/{username}  (1, with a name)",
        "> deployment: GET /mine/functions  (1 per page)",
        "> deployment: GET /mine/functions/{id}  (1 per deployment, for those of a list)",
    ]


async def test_one_of_several_operations_is_named_and_its_code_is_shown(tmp_path: Path) -> None:
    document = "query A { user { username } } query B { trainedFunctions(input: {count: 3}) { name } }"
    status, out, _ = await explain(tmp_path, "-", "--operation", "B", "--code", given=document)
    assert status == 0
    assert out.startswith("cost 6 of 20,000\nquery, one row\n  trainedFunctions  async resolver")
    assert "def shape(rows):  # TrainedFunction\n" in out
    assert "username" not in out


async def test_what_has_no_plan_says_why(tmp_path: Path) -> None:
    document = 'subscription { deploymentStatus(input: {id: "a"}) { status } }'
    assert await explain(tmp_path, "-", given=document) == (
        0, "cost 2 of 20,000\nno plan: graphql-core executes subscriptions\n", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ("{ user {\n  nme } }", "-:2:3: Cannot query field 'nme' on type 'Profile'. Did you mean 'name'?"),
        ("{ user {\n  name }", "-:2:9: Syntax Error: Expected Name, found <EOF>."),
        ("{ predictors(input: {count: 1000}) { " + " ".join(f"a{n}: name" for n in range(30)) + " } }",
         "-: The operation costs 31000, more than 20000."),
        ("query A { user { name } } query B { user { name } }",
         "-: The document must have one operation, or `operationName` must name one of them."),
    ],
    ids=["not valid", "not GraphQL", "too costly", "several operations"],
)  # fmt: skip
async def test_a_document_that_cannot_run_is_told_by_its_place(tmp_path: Path, document: str, error: str) -> None:
    assert await explain(tmp_path, "-", given=document) == (1, "", error + "\n")


async def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\xff\xfe")
    missing = await explain(tmp_path, "no.graphql")
    assert missing == (1, "", "no.graphql cannot be read: No such file or directory\n")
    assert await explain(tmp_path, "picture") == (1, "", "picture cannot be read: it is not UTF-8\n")


async def test_wrong_variables_are_a_wrong_argument(tmp_path: Path) -> None:
    for variables in ("[]", "{"):
        status, _, error = await explain(tmp_path, "-", "--variables", variables)
        assert (status, "--variables: it must be a JSON object" in error) == (2, True)
