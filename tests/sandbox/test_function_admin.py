"""The function administration stand-in: its seed, its callers, and what its calls do, over real sockets."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from gateway.sandbox.function_admin import function_admin_server
from gateway.sandbox.server import SandboxServer
from gateway.sandbox.store import Store
from tests.sandbox.function_admin_api import ACCOUNTS, ADMIN, FUNCTIONS, PIPE, USER, Api, form, running, with_valves

CHOSEN = ["my_function", "word_filter", "note_action", "log_event"]
FORBIDDEN = "You do not have permission to access this resource. Please contact your administrator for assistance."
NOT_FOUND = "We could not find what you're looking for :/"


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path) as api:
        yield api


async def test_the_seed_is_one_function_of_each_type_and_generated_rows(tmp_path: Path) -> None:
    async with running(tmp_path, rows=300) as api:
        _, rows = await api.get("/list")
    by_id = {row["id"]: row for row in rows}
    assert [(by_id[chosen]["type"], by_id[chosen]["is_active"]) for chosen in CHOSEN] == [
        ("pipe", True),
        ("filter", True),
        ("action", True),
        ("event", False),
    ]
    assert Counter(row["type"] for row in rows) == {"pipe": 76, "filter": 76, "action": 76, "event": 76}
    assert Counter(row["is_active"] for row in rows) == {True: 183, False: 121}
    assert Counter(row["user"]["name"] if row["user"] else None for row in rows) == {"Yusuf": 297, "Ada": 1, None: 6}


async def test_the_seed_is_the_same_every_time(tmp_path: Path) -> None:
    answers = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        async with running(folder, rows=20) as api:
            exported = await api.get("/export?include_valves=true")
            answers.append((exported, await api.get("/id/my_function/history")))
    assert answers[0] == answers[1]


async def test_seeding_three_hundred_rows_takes_less_than_150_ms(tmp_path: Path) -> None:
    took_s = []
    for name in "abc":
        (tmp_path / name).mkdir()
        started_s = time.perf_counter()
        server = function_admin_server(ACCOUNTS, tmp_path / name)
        took_s.append(time.perf_counter() - started_s)
        await server.stop()
    assert min(took_s) < 0.15


async def test_what_was_changed_is_still_so_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as api:
        await api.delete("/id/note_action/delete")
        await api.post("/id/log_event/toggle")
    async with running(tmp_path) as api:
        assert await api.ids() == ["my_function", "word_filter", "log_event"]
        assert (await api.function("log_event"))["is_active"] is True


@pytest.mark.parametrize(
    "path",
    ["", "/create", "/list/", "/id/", "/id/a%2Fb", "/id/my_function/toggle", "/nothing"],
)
async def test_an_unknown_path_is_the_web_page_even_with_a_key(api: Api, path: str) -> None:
    status, body = await api.get(path)
    assert status == 200
    assert body.startswith("<!doctype html>")


async def test_an_id_in_a_path_may_hold_all_but_a_slash(api: Api) -> None:
    for name in ("a%7Bb%7D", "a%20b", "%C3%BC", "a.b", "%0A"):
        assert await api.get(f"/id/{name}") == (401, {"detail": NOT_FOUND})


async def test_an_unknown_method_is_405(api: Api) -> None:
    answers = [await api.send(method, FUNCTIONS + "/id/my_function", None, ADMIN) for method in ("PUT", "DELETE")]
    assert answers == [(405, {"detail": "Method Not Allowed"})] * 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {ACCOUNTS.ada_key}"},
        {"Authorization": f"Basic {ACCOUNTS.ada_key}"},
        {"x-api-key": ACCOUNTS.ada_key},
        {"Cookie": f"token={ACCOUNTS.ada_key}"},
        {"Authorization": f"Bearer {ACCOUNTS.ada_key}", "Cookie": "token=other", "x-api-key": "other"},
    ],
)
async def test_a_key_may_come_in_three_places(api: Api, headers: dict[str, str]) -> None:
    status, rows = await api.get("/", headers)
    assert (status, len(rows)) == (200, 4)


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        ({}, "Not authenticated"),
        ({"Authorization": ACCOUNTS.ada_key}, "Not authenticated"),
        ({"Authorization": "Bearer other"}, "401 Unauthorized"),
        ({"x-api-key": "sk-other"}, "Your session has expired or the token is invalid. Please sign in again."),
        ({"x-api-key": ACCOUNTS.yusuf_key, "Cookie": "token=other"}, "401 Unauthorized"),
        (USER, FORBIDDEN),
    ],
)
async def test_who_may_not_administrate_is_told_so_with_401(api: Api, headers: dict[str, str], detail: str) -> None:
    assert await api.get("/list", headers) == (401, {"detail": detail})


async def test_a_forbidden_call_is_refused_before_its_body_is_looked_at(api: Api) -> None:
    assert await api.post("/create", {"id": 1}, USER) == (401, {"detail": FORBIDDEN})
    assert await api.get("/export?include_valves=maybe", USER) == (401, {"detail": FORBIDDEN})


async def test_answers_are_compressed_when_asked_for_and_worth_it(api: Api) -> None:
    encodings = []
    for path in ("/", "/id/my_function/valves"):
        headers = {**ADMIN, "Accept-Encoding": "gzip"}
        async with api.session.get(api.server.url + FUNCTIONS + path, headers=headers) as answer:
            encodings.append(answer.headers.get("Content-Encoding"))
    assert encodings == ["gzip", None]


async def test_a_new_function_is_off_and_its_id_in_lower_case(api: Api) -> None:
    status, created = await api.post("/create", form(PIPE, "ÜNï", is_active=True, type="filter"))
    assert status == 200
    assert {key: created[key] for key in ("id", "name", "type", "is_active", "is_global")} == {
        "id": "ünï",
        "name": "ÜNï",
        "type": "pipe",
        "is_active": False,
        "is_global": False,
    }
    assert await api.post("/create", form(PIPE, "ünÏ")) == (
        400,
        {"detail": "Uh-oh! This id is already registered. Please choose another id string."},
    )


async def test_the_function_changed_last_comes_first_in_the_list(api: Api) -> None:
    await api.post("/id/log_event/toggle")
    _, rows = await api.get("/list")
    assert [row["id"] for row in rows] == ["log_event", "my_function", "word_filter", "note_action"]
    assert await api.ids() == CHOSEN


async def test_a_toggle_flips_whatever_the_switch_was(api: Api) -> None:
    answers = [await api.post("/id/my_function/toggle") for _ in range(2)]
    assert [body["is_active"] for _, body in answers] == [False, True]
    answers = [await api.post("/id/my_function/toggle/global") for _ in range(2)]
    assert [(body["is_active"], body["is_global"]) for _, body in answers] == [(True, True), (True, False)]


async def test_an_update_keeps_switches_and_valves_and_may_change_the_type(api: Api) -> None:
    code = "class Filter:\n    pass\n"
    status, updated = await api.post("/id/my_function/update", form(code, "other"))
    assert status == 200
    assert (updated["id"], updated["name"], updated["type"]) == ("my_function", "other", "filter")
    assert updated["is_active"] is True
    assert await api.get("/id/my_function/valves") == (200, {"api_key": "sandbox-provider-key", "model": "large"})


async def test_an_update_that_refuses_the_stored_valves_is_refused(api: Api) -> None:
    await api.create(with_valves("size: int = 1"))
    await api.post("/id/fresh/valves/update", {"size": 5})
    code = with_valves("size: int = Field(1, le=3)", "name: str")
    reason = "size: Input should be less than or equal to 3; name: Field required"
    assert await api.post("/id/fresh/update", form(code)) == (
        400,
        {"detail": f"Current Valves are incompatible with this code: {reason}"},
    )
    assert (await api.post("/id/fresh/update", form(with_valves("name: str"))))[0] == 200


async def test_valves_are_replaced_coerced_and_rid_of_nulls_and_unknown_keys(api: Api) -> None:
    sent = {"max_length": "42", "temperature": 1, "api_key": None, "unknown": 1}
    assert await api.post("/id/my_function/valves/update", sent) == (200, {"max_length": 42, "temperature": 1.0})
    assert await api.get("/id/my_function/valves") == (200, {"max_length": 42, "temperature": 1.0})
    assert await api.post("/id/my_function/valves/update", {"max_length": 0}) == (
        400,
        {"detail": "[ERROR: Error updating function valves]"},
    )


async def test_each_user_has_valves_of_their_own_and_they_outlive_the_function(api: Api) -> None:
    source = (await api.function("my_function"))["content"]
    assert await api.get("/id/my_function/valves/user", USER) == (200, {"tone": "formal"})
    assert await api.get("/id/my_function/valves/user") == (200, {})
    assert await api.post("/id/my_function/valves/user/update", {"language": "tr"}, USER) == (200, {"language": "tr"})
    assert await api.delete("/id/my_function/delete") == (200, True)
    assert await api.get("/id/my_function/valves/user", USER) == (401, {"detail": NOT_FOUND})
    await api.create(source, "my_function")
    assert await api.get("/id/my_function/valves/user", USER) == (200, {"language": "tr"})
    assert await api.get("/id/my_function/valves/user/spec", USER) == (200, None)


async def test_sync_makes_the_functions_those_listed_or_changes_nothing(api: Api) -> None:
    _, exported = await api.get("/export?include_valves=true")
    kept, other = exported[0], exported[1] | {"id": "Other id", "user_id": "nobody", "type": "x", "created_at": 5}
    broken = other | {"content": "class Pipe(\n"}
    assert await api.post("/sync", {"functions": [kept, broken]}) == (
        400,
        {"detail": "[ERROR: Error loading function]"},
    )
    assert await api.ids() == CHOSEN
    status, rows = await api.post("/sync", {"functions": [kept, other]})
    assert status == 200
    assert rows[0] | {"updated_at": 0} == kept | {"updated_at": 0}
    assert [row["id"] for row in rows] == await api.ids() == ["my_function", "Other id"]
    assert (rows[1]["user_id"], rows[1]["type"], rows[1]["created_at"]) == (kept["user_id"], "filter", 5)


async def test_a_version_is_made_by_a_change_only(api: Api) -> None:
    await api.create(PIPE)
    versions = [
        (await api.post("/id/fresh/update", form(PIPE, **change)))[1]["version_id"]
        for change in ({"commit_message": "none"}, {"name": "b"}, {"name": "b"}, {"meta": {"description": "y"}})
    ]
    _, history = await api.get("/id/fresh/history")
    assert len(history) == 3
    assert versions[0] != versions[1] == versions[2] != versions[3]
    assert {entry["id"]: entry["parent_id"] for entry in history} == {
        versions[0]: None,
        versions[1]: versions[0],
        versions[3]: versions[1],
    }


async def test_history_is_newest_first_twenty_a_page(api: Api) -> None:
    for number in range(21):
        await api.post("/id/my_function/update", form(PIPE, name=f"name {number}"))
    pages = [(await api.get(f"/id/my_function/history?page={page}"))[1] for page in (0, 1, 2, 3)]
    assert [len(page) for page in pages] == [20, 20, 3, 0]
    assert pages[0] == pages[1]
    assert [entry["commit_message"] for entry in pages[2]] == [None, "version 2", "version 1"]


async def test_a_deleted_version_leaves_its_parent_to_those_after_it(api: Api) -> None:
    _, (second, first) = await api.get("/id/my_function/history")
    await api.post("/id/my_function/update", form(PIPE))
    assert await api.delete(f"/id/my_function/history/{second['id']}") == (200, True)
    _, history = await api.get("/id/my_function/history")
    assert [entry["parent_id"] for entry in history] == [first["id"], None]


async def test_an_earlier_version_comes_back_with_its_code_and_not_as_a_new_one(api: Api) -> None:
    _, (second, first) = await api.get("/id/my_function/history")
    status, function = await api.post("/id/my_function/update/version", {"version_id": first["id"]})
    assert status == 200
    assert (function["version_id"], function["meta"]["manifest"]["version"]) == (first["id"], "0.1.0")
    assert await api.get("/id/my_function/history") == (200, [second, first])


async def test_a_diff_tells_code_from_line_endings(api: Api) -> None:
    first = (await api.create(PIPE))["version_id"]
    _, second = await api.post("/id/fresh/update", form(PIPE.replace("\n", "\r\n")))
    _, third = await api.post("/id/fresh/update", form(PIPE.replace("1", "2")))
    path = f"/id/fresh/history/diff?from_id={first}&to_id="
    _, endings = await api.get(path + second["version_id"])
    _, code = await api.get(path + third["version_id"])
    assert (endings["content_diff"], endings["line_endings_only"]) == ("", True)
    assert code["content_diff"].splitlines()[-2:] == ["-        return 1", "+        return 2"]


async def test_code_that_no_longer_loads_is_500_and_switches_the_function_off(tmp_path: Path) -> None:
    async with running(tmp_path):
        pass
    store = Store(tmp_path / "function_admin.sqlite3")
    functions = store.collection("functions")
    functions["my_function"] = functions["my_function"] | {"content": "import no_such_module\n" + PIPE}
    store.close()
    async with running(tmp_path) as api:
        assert (await api.function("my_function"))["is_active"] is True
        assert await api.get("/id/my_function/valves/spec") == (500, "Internal Server Error")
        assert (await api.function("my_function"))["is_active"] is False


async def test_load_url_fetches_from_this_machine_only_and_follows_nothing(api: Api) -> None:
    async def source(_: web.Request) -> web.Response:
        return web.Response(text=PIPE)

    async def moved(_: web.Request) -> web.Response:
        raise web.HTTPFound("/a/my_pipe.py")

    files = SandboxServer("files", [web.get("/a/{name}", source), web.get("/moved.py", moved)])
    await files.start()
    urls = [f"{files.url}/a/my_pipe.py", f"{files.url}/a/main.py", f"{files.url}/moved.py", "http://192.0.2.1/a.py"]
    answers = [await api.post("/load/url", {"url": url}) for url in urls]
    await files.stop()
    assert answers == [
        (200, {"name": "my_pipe", "content": PIPE}),
        (200, {"name": "a", "content": PIPE}),
        (302, {"detail": "Failed to fetch the function"}),
        (500, {"detail": "[ERROR: Error fetching function]"}),
    ]
    assert files.log.lines == ["GET /a/my_pipe.py", "GET /a/main.py", "GET /moved.py"]
