"""What only the real Open WebUI can show: callers at once, versions, and code that it reads from an address."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from gateway.sandbox.server import SandboxServer
from tests.harness import Answer, Gateway
from tests.openwebui.script import ACTION
from tests.openwebui.server import OpenWebUI

CREATE = "mutation ($input: CreateFunctionInput!) { createFunction(input: $input) { id versionId } }"
UPDATE = "mutation ($input: UpdateFunctionInput!) { updateFunction(input: $input) { versionId } }"
LOAD = "mutation ($url: String!) { loadFunction(input: {url: $url}) { name content } }"


@pytest.fixture
def post(real: Gateway, open_webui: OpenWebUI) -> Any:
    """Sends a document as the administrator."""

    async def send(document: str, variables: dict[str, Any] | None = None) -> Answer:
        return await real.post(document, variables, open_webui.keys["admin"])

    return send


async def created(post: Any, name: str) -> Any:
    given = {"id": name, "name": name, "content": ACTION, "commitMessage": "first"}
    return (await post(CREATE, {"input": given})).data["createFunction"]


async def test_thirty_callers_that_set_it_active_leave_it_active(post: Any) -> None:
    await created(post, "crowded")
    setting = 'mutation { setFunctionActive(input: {id: "crowded", value: true}) { isActive } }'
    answers = await asyncio.gather(*(post(setting) for _ in range(30)))
    assert [answer.data for answer in answers] == 30 * [{"setFunctionActive": {"isActive": True}}]
    assert (await post('{ function(input: {id: "crowded"}) { isActive } }')).data == {"function": {"isActive": True}}


async def test_versions_are_kept_from_0_12_on(post: Any, open_webui: OpenWebUI) -> None:
    first = (await created(post, "versioned"))["versionId"]
    given = {"id": "versioned", "name": "Second", "commitMessage": "second"}
    second = (await post(UPDATE, {"input": given})).data["updateFunction"]["versionId"]
    shown = (await post('{ function(input: {id: "versioned"}) { history { id commitMessage author } } }')).data
    setting = f'mutation {{ setFunctionVersion(input: {{functionId: "versioned", id: "{first}"}}) {{ name }} }}'
    if open_webui.version.startswith("0.8."):
        assert (first, second, shown) == (None, None, {"function": {"history": []}})
        assert (await post(setting)).errors == [("setFunctionVersion", "NOT_FOUND", "function_admin")]
        return
    assert sorted(shown["function"]["history"], key=lambda version: str(version["commitMessage"])) == [
        {"id": first, "commitMessage": "first", "author": "Yusuf"},
        {"id": second, "commitMessage": "second", "author": "Yusuf"},
    ]
    between = await post(
        f'{{ functionDiff(input: {{functionId: "versioned", fromId: "{first}", toId: "{second}"}}) '
        "    { metadata contentDiff lineEndingsOnly }"
        f'  functionVersion(input: {{functionId: "versioned", id: "{first}"}}) {{ snapshot {{ name content }} }}'
        '  missing: functionVersion(input: {functionId: "versioned", id: "no"}) { id } }'
    )
    assert between.data == {
        "functionDiff": {
            "metadata": {"name": {"before": "versioned", "after": "Second"}},
            "contentDiff": "",
            "lineEndingsOnly": False,
        },
        "functionVersion": {"snapshot": {"name": "versioned", "content": ACTION}},
        "missing": None,
    }
    assert (await post(setting)).data == {"setFunctionVersion": {"name": "versioned"}}
    deleting = f'mutation {{ deleteFunctionVersion(input: {{functionId: "versioned", id: "{first}"}}) }}'
    assert (await post(deleting)).errors == [("deleteFunctionVersion", "CONFLICT", "function_admin")]
    assert (await post(deleting.replace(first, second))).data == {"deleteFunctionVersion": True}


async def test_code_is_read_from_an_address(post: Any) -> None:
    async def code(_: web.Request) -> web.Response:
        return web.Response(text=ACTION)

    async def moved(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/note.py"})

    files = SandboxServer("files", [web.get("/note.py", code), web.get("/moved", moved)])
    await files.start()
    answer = await post(LOAD, {"url": files.url + "/moved"})
    missing = await post(LOAD, {"url": files.url + "/none.py"})
    await files.stop()
    assert answer.data == {"loadFunction": {"name": "note", "content": ACTION}}
    assert missing.body["errors"][0]["message"] == "The server could not read the address."
    assert missing.errors == [("loadFunction", "BAD_INPUT", None)]
    assert files.log.lines[:3] == ["GET /moved", "GET /note.py", "GET /note.py"]
