"""Adding a twin is adding a file; a wrong one keeps the gateway from starting, and says which file and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.app import create_app
from gateway.http.rest.folders import BUILT_IN, load_twins
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings, SettingsError
from schema import build_schema
from tests.harness import GREETING, serving
from tests.rest import call

CARD = """# GET /cards/{tag}
# Show a predictor's card.
# @unwrap card
query ($tag: Tag!) { predictor(input: { tag: $tag }) { card } }
"""
USER = """# GET /user
# Name the current user.
# @unwrap username
{ me: user { ...Profile } }
"""
QUERY = "query ($id: ID!) { deployment(input: { id: $id }) { id } }"


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with an empty folder of twins, ``twins``."""
    folder = tmp_path / "twins"
    folder.mkdir()
    return replace(settings, twins_folder=folder)


def write(settings: Settings, name: str, text: str) -> Path:
    assert settings.twins_folder is not None
    file = settings.twins_folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


async def test_a_file_in_the_operators_folder_is_a_twin(own: Settings, sandbox: Sandbox) -> None:
    write(own, "cards/show.graphql", CARD)
    async with serving(own, sandbox) as gateway:
        answer = await call(gateway, "GET", f"/cards/{GREETING}")
        assert (answer.status, answer.body) == (200, "# greeting\n\nGreets somebody by name.")
        assert (await call(gateway, "GET", "/cards/@fxn/nothing")).status == 404
        document = await call(gateway, "GET", "/openapi.json", key=None)
    operation = document.body["paths"]["/cards/{tag}"]["get"]
    assert (operation["summary"], operation["tags"]) == ("Show a predictor's card", ["cards"])


async def test_the_operators_twin_wins_over_the_gateways(own: Settings, sandbox: Sandbox) -> None:
    write(own, "user.graphql", USER)
    async with serving(own, sandbox) as gateway:
        assert (await call(gateway, "GET", "/user")).body == "yusuf"
        assert (await call(gateway, "PATCH", "/user", {"bio": "x"})).body["bio"] == "x"


async def test_files_without_an_operation_hold_fragments_for_the_others(own: Settings, sandbox: Sandbox) -> None:
    write(own, "shared.graphql", "fragment Short on Predictor { ...Shorter }\nfragment Shorter on Predictor { name }")
    write(own, "short.graphql", "# GET /short\n# Short.\n{ predictors { ...Short } }")
    async with serving(own, sandbox) as gateway:
        assert (await call(gateway, "GET", "/short")).body[0] == {"name": "greeting"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{QUERY}", "the first line must be `# METHOD /path` with a method of GET, POST, PUT, PATCH, DELETE"),
        (f"# FETCH /x\n# X.\n{QUERY}", "the first line must be `# METHOD /path`"),
        (f"# GET /x/{{id\n# X.\n{QUERY}", "/x/{id is not a path such as /predictors/{tag}"),
        (f"# GET /x/{{id}}\n{QUERY}", "the second line must say what it does"),
        (f"# GET /x/{{id}}\n# X.\n# @unknown\n{QUERY}", "`@unknown` is not an option of a twin"),
        (f"# GET /x/{{id}}\n# X.\n# @shape nothing\n{QUERY}", "`@shape nothing` is not an option of a twin"),
        (f"# GET /x/{{name}}\n# X.\n{QUERY}", "its operation has no variable $name"),
        (f"# GET /x/{{id}}\n# X.\n# @header x-id $id\n{QUERY}", "$id is filled twice"),
        (f"# GET /x\n# X.\n# @body $id\n{QUERY}", "a GET has no body"),
        ("# GET /x\n# X.\n{ nothing }", "Cannot query field 'nothing' on type 'Query'."),
        ("# GET /x\n# X.\n{ user {", "Syntax Error: Expected Name, found <EOF>."),
        ("# GET /x\n# X.\n{ a: user { name } b: user { name } }", "its operation must select one field"),
        ("# GET /x\n# X.\nquery A { user { name } } query B { user { name } }", "it must hold one operation"),
        ("# GET /x\n# X.\nmutation { deletePredictor(input: {tag: \"@a/b\"}) }", "GET cannot run a mutation"),
        ("# POST /x\n# X.\nsubscription { a }", "POST cannot run a subscription"),
        (f"# GET /graph/{{id}}\n# X.\n{QUERY}", "/graph/{id} is a path of the gateway itself"),
        (f"# GET /rest\n# X.\n{QUERY}", "/rest is a path of the gateway itself"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_at_start_up(own: Settings, text: str, problem: str) -> None:
    file = write(own, "wrong.graphql", text)
    with pytest.raises(SettingsError) as raised:
        create_app(own)
    [line] = raised.value.problems
    assert line.startswith(f"{file}: {problem}")


def test_all_wrong_files_are_named_at_once(own: Settings) -> None:
    files = [write(own, f"{name}.graphql", "{ user { name } }") for name in "ab"]
    with pytest.raises(SettingsError) as raised:
        create_app(own)
    assert [line.partition(":")[0] for line in raised.value.problems] == [str(file) for file in files]


def test_two_files_with_one_route_are_refused(own: Settings) -> None:
    write(own, "a.graphql", CARD)
    file = write(own, "b.graphql", CARD.replace("$tag", "$t").replace("{tag}", "{t}"))
    with pytest.raises(SettingsError) as raised:
        create_app(own)
    assert raised.value.problems == [f"{file}: GET /cards/{{t}} is the route of a.graphql too"]


def test_a_folder_that_is_not_there_is_named(settings: Settings, tmp_path: Path) -> None:
    missing = tmp_path / "nothing"
    with pytest.raises(SettingsError) as raised:
        create_app(replace(settings, twins_folder=missing))
    assert raised.value.problems == [f"twins_folder: {missing} is not a folder"]


def test_every_twin_of_the_gateway_is_valid() -> None:
    schema = build_schema()._schema
    assert len(load_twins(schema, BUILT_IN, frozenset())) > 40
