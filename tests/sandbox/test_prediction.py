"""The prediction stand-in: profiles, predictors and environment variables, and who sees and changes them.

Over real sockets, in the shapes of the vendor's API beside ``/graph``.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.prediction.records import PROVISIONING_S
from tests.sandbox.prediction_api import Api, refusal, running, value


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path, rows=300) as api:
        yield api


def notebook(tag: str, **members: Any) -> dict[str, Any]:
    return {"tag": tag, "notebook": "http://cdn.fxn.ai/upload/notebook/predictor.ipynb", **members}


async def test_the_current_user_sees_its_email_and_nobody_else_does(api: Api) -> None:
    status, user = await api("GET", "/user")
    assert (status, user["__typename"], user["username"], user["email"]) == (200, "User", "yusuf", "yusuf@example.com")
    for key in (None, "sk-ada"):
        status, user = await api("GET", "/users/yusuf", key=key)
        assert (status, user["username"], "email" in user) == (200, "yusuf", False)


async def test_an_organization_is_a_profile_of_its_own_type(api: Api) -> None:
    status, profile = await api("GET", "/users/natml", key=None)
    assert (status, profile["__typename"], profile["name"]) == (200, "Organization", "NatML")
    assert set(profile) == {"__typename", "username", "created", "name", "avatar", "bio", "website", "github"}
    assert await api("GET", "/users/nobody") == (404, refusal("There is no user 'nobody'"))


@pytest.mark.parametrize("header", [None, "", "null", "Bearer None", "Bearer "])
async def test_each_anonymous_form_reads_what_is_public_and_has_no_current_user(api: Api, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    assert (await api("GET", "/predictors/@fxn/greeting", key=None, **headers))[0] == 200
    message = "An access key is needed: send it as `Authorization: Bearer KEY`"
    for path in ("/user", "/v1/users"):
        assert await api("GET", path, key=None, **headers) == (401, refusal(message))


@pytest.mark.parametrize("path", ["/user", "/v1/users", "/predictors/@fxn/greeting", "/v1/predictors/@fxn/greeting"])
async def test_an_unknown_key_is_refused_everywhere(api: Api, path: str) -> None:
    assert await api("GET", path, key="sk-wrong") == (401, refusal("Invalid access key"))


async def test_a_key_may_be_the_user_name_of_a_basic_header(api: Api) -> None:
    header = "Basic " + base64.b64encode(b"sk-ada:").decode()
    status, user = await api("GET", "/user", Authorization=header)
    assert (status, user["username"]) == (200, "ada")
    assert (await api("GET", "/user", Authorization="Basic ???"))[0] == 401
    assert (await api("GET", "/user", Authorization="sk-ada"))[0] == 401


async def test_a_user_updates_what_it_gives_and_null_changes_nothing(api: Api) -> None:
    before = (await api("GET", "/user"))[1]
    status, after = await api("PATCH", "/user", {"bio": "New.", "name": None, "spendLimit": 5})
    assert (status, after) == (200, {**before, "bio": "New."})
    assert (await api("GET", "/user"))[1] == after
    assert (await api("PATCH", "/user", {"bio": 5}))[0] == 400


async def test_a_predictor_has_every_member_of_the_graph_type(api: Api) -> None:
    status, predictor = await api("GET", "/predictors/@fxn/image", key=None)
    owner = (await api("GET", "/users/fxn", key=None))[1]
    signature = predictor.pop("signature")
    assert status == 200
    assert predictor == {
        "tag": "@fxn/image",
        "name": "image",
        "owner": owner,
        "type": "CLOUD",
        "status": "ACTIVE",
        "access": "PUBLIC",
        "predictions": 0,
        "created": "2023-11-01T09:00:00.000Z",
        "description": "Paints a PNG image.",
        "card": "# image\n\nPaints a PNG image.",
        "media": None,
        "acceleration": "CPU",
        "error": None,
        "license": None,
    }
    width, _, pattern = signature["inputs"]
    default = {"data": "data:application/octet-stream;base64,EAAAAA==", "type": "int32", "shape": []}
    assert width == {
        "name": "width",
        "type": "int32",
        "description": "Image width in pixels.",
        "optional": True,
        "range": [1.0, 512.0],
        "enumeration": None,
        "defaultValue": default,
        "schema": None,
    }
    assert pattern["enumeration"][1] == {"name": "CHECKERBOARD", "value": "checkerboard"}


async def test_a_tag_may_be_sent_encoded_and_a_missing_one_is_not_found(api: Api) -> None:
    assert (await api("GET", "/predictors/%40fxn/greeting"))[1]["tag"] == "@fxn/greeting"
    for path in ("/predictors/@fxn/none", "/v1/predictors/@fxn/none"):
        assert await api("GET", path) == (404, refusal("There is no predictor @fxn/none"))
    assert await api("GET", "/predictors/fxn") == (404, refusal("There is no GET /predictors/fxn"))


async def test_a_private_predictor_exists_for_its_owner_only(api: Api) -> None:
    owners = {"@ada/notes": "sk-ada", "@samplefxn/some-predictor": "sk-samplefxn"}
    for tag, owner_key in owners.items():
        for key in (None, "sk-yusuf", "sk-ada", "sk-samplefxn"):
            expected = 200 if key == owner_key else 404
            assert (await api("GET", f"/predictors/{tag}", key=key))[0] == expected
            assert (await api("GET", f"/v1/predictors/{tag}", key=key))[0] == expected
            assert (await api("POST", f"/predict/{tag}", {}, key=key))[0] == expected
            found = (await api("GET", f"/predictors?query={tag}", key=key))[1]
            assert [row["tag"] for row in found] == ([tag] if key == owner_key else [])


async def test_a_user_lists_its_predictors_by_status_page_by_page(api: Api) -> None:
    everything = (await api("GET", "/users/natml/predictors?count=1000"))[1]
    page = (await api("GET", "/users/natml/predictors?offset=10&count=5"))[1]
    assert page == everything[10:15]
    assert {(row["owner"]["username"], row["status"]) for row in everything} == {("natml", "ACTIVE")}
    assert len((await api("GET", "/users/natml/predictors"))[1]) == 25
    assert len((await api("GET", "/users/natml/predictors?count=1000", key=None))[1]) == 150
    assert len(everything) == 170
    for status, error in {"ARCHIVED": False, "PROVISIONING": False, "INVALID": True}.items():
        rows = (await api("GET", f"/users/natml/predictors?status={status}"))[1]
        assert [(row["status"], row["error"] is not None) for row in rows] == [(status, error)] * 10
    assert (await api("GET", "/users/natml/predictors?status=GONE"))[0] == 400
    assert (await api("GET", "/users/natml/predictors?offset=-1"))[0] == 400


async def test_a_search_looks_in_tags_and_descriptions_of_active_predictors(api: Api) -> None:
    assert [row["tag"] for row in (await api("GET", "/predictors?query=PNG"))[1]] == ["@fxn/image"]
    found = (await api("GET", "/predictors?query=narrator&count=1000"))[1]
    assert {row["status"] for row in found} == {"ACTIVE"}
    assert [row["tag"] for row in (await api("GET", "/predictors?offset=1&count=2"))[1]] == [
        "@fxn/identity",
        "@fxn/stream",
    ]
    assert (await api("GET", "/predictors?count=0"))[1] == []


async def test_a_new_predictor_provisions_and_then_echoes_its_inputs(api: Api) -> None:
    status, created = await api("POST", "/predictors", notebook("@natml/new", description="x" * 200, environment=[]))
    assert status == 200
    assert (created["status"], created["signature"], created["access"]) == ("PROVISIONING", None, "PRIVATE")
    assert (created["type"], created["acceleration"]) == ("CLOUD", "CPU")
    compiling = (await api("GET", "/v1/predictors/@natml/new"))[1]
    assert (compiling["status"], compiling["signature"]) == ("COMPILING", {"inputs": [], "outputs": []})
    assert (await api("POST", "/predict/@natml/new", {"x": 1}))[0] == 400
    await asyncio.sleep(PROVISIONING_S + 0.05)
    active = (await api("GET", "/predictors/@natml/new"))[1]
    assert (active["status"], active["signature"]["inputs"][0]["name"]) == ("ACTIVE", "input")
    prediction = await api.predict("@natml/new", {"x": value("int32", b"\1\0\0\0", [])})
    assert prediction["results"] == [value("int32", b"\1\0\0\0", [])]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (notebook("@yusuf/x", description="x" * 201), 400, "The description must be at most 200 characters"),
        (notebook("@Yusuf/x"), 400, "'@Yusuf/x' is not a tag: it must be `@username/name` in lower case"),
        ({"tag": "@yusuf/x"}, 400, "Invalid input: Object missing required field `notebook`"),
        (notebook("@yusuf/x", type="BOTH"), 400, "Invalid input: Invalid enum value 'BOTH' - at `$.type`"),
        (notebook("@fxn/greeting"), 409, "There is a predictor @fxn/greeting already"),
        (
            notebook("@ada/x"),
            403,
            "@ada/x is not a tag of yours: its first part must be your username or an organization's",
        ),
    ],
)
async def test_a_predictor_that_cannot_be_created(api: Api, body: Any, status: int, message: str) -> None:
    assert await api("POST", "/predictors", body) == (status, refusal(message))


async def test_overwrite_puts_a_new_predictor_in_the_place_of_the_old(api: Api) -> None:
    assert (await api("POST", "/predictors", notebook("@fxn/greeting", overwrite=True)))[0] == 200
    assert (await api("GET", "/predictors/@fxn/greeting"))[1]["status"] == "PROVISIONING"


@pytest.mark.parametrize("prefix", ["", "/v1"])
async def test_a_used_public_predictor_is_archived_but_not_deleted(api: Api, prefix: str) -> None:
    path = f"{prefix}/predictors/@fxn/greeting"
    await api.predict("@fxn/greeting", None)
    message = "@fxn/greeting is public and has been used: it can be archived, but not deleted"
    assert await api("DELETE", path) == (400, refusal(message))
    for key, status in {None: 401, "sk-ada": 403}.items():
        assert (await api("DELETE", path, key=key))[0] == status
        assert (await api("POST", path + "/archive", key=key))[0] == status
    status, archived = await api("POST", path + "/archive")
    assert (status, archived["status"]) == (200, "ARCHIVED")


@pytest.mark.parametrize("prefix", ["", "/v1"])
async def test_an_unused_predictor_is_deleted(api: Api, prefix: str) -> None:
    assert await api("DELETE", f"{prefix}/predictors/@fxn/sum") == (200, True)
    assert (await api("GET", "/predictors/@fxn/sum"))[0] == 404
    assert (await api("DELETE", f"{prefix}/predictors/@ada/notes"))[0] == 404


async def test_an_archived_predictor_answers_those_only_who_used_it_before(api: Api) -> None:
    await api("POST", "/predict/@fxn/greeting", {}, key="sk-ada")
    await api("POST", "/predictors/@fxn/greeting/archive")
    answers = {key: (await api("POST", "/predict/@fxn/greeting", {}, key=key))[0] for key in ("sk-ada", "sk-yusuf")}
    assert answers == {"sk-ada": 200, "sk-yusuf": 200}
    assert (await api("POST", "/predict/@fxn/greeting", {}, key=None))[0] == 403
    assert (await api("POST", "/predict/@fxn/greeting", {}, key="sk-samplefxn"))[0] == 403


async def test_environment_variables_show_their_names_to_their_owner_only(api: Api) -> None:
    variable = {"name": "TOKEN", "value": "secret", "organization": None}
    assert await api("POST", "/environmentVariables", variable) == (200, {"name": "TOKEN"})
    assert (await api("POST", "/environmentVariables", {**variable, "organization": "natml"}))[0] == 200
    for username in ("yusuf", "natml"):
        path = f"/users/{username}/environmentVariables"
        assert await api("GET", path) == (200, [{"name": "TOKEN"}])
        assert (await api("GET", path, key="sk-ada"))[0] == 403
        assert (await api("GET", path, key=None))[0] == 401
    assert await api("DELETE", "/environmentVariables/TOKEN?organization=natml") == (200, True)
    assert await api("DELETE", "/environmentVariables/TOKEN", {"organization": "natml"}) == (
        404,
        refusal("natml has no environment variable 'TOKEN'"),
    )
    assert await api("DELETE", "/environmentVariables/TOKEN") == (200, True)
    assert (await api("POST", "/environmentVariables", {**variable, "organization": "samplefxn"}))[0] == 403


async def test_the_state_outlives_the_server(tmp_path: Path) -> None:
    async with running(tmp_path) as api:
        await api("POST", "/predictors/@fxn/greeting/archive")
    async with running(tmp_path) as api:
        assert (await api("GET", "/predictors/@fxn/greeting"))[1]["status"] == "ARCHIVED"
        assert [row["tag"] for row in (await api("GET", "/predictors?count=1"))[1]] == ["@fxn/identity"]
