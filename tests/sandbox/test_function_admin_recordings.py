"""The function administration stand-in answers what the real Open WebUI 0.12.4 was seen to answer.

The recordings are one session with a fresh server, in order: what one call made, the next ones see. They hold every
call of that session to the functions API, the health routes and the version route.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.function_admin import function_admin_server
from gateway.sandbox.server import SandboxServer

FILE = Path(__file__).parent.parent / "recorded" / "openwebui" / "functions_0.12.4.json"
RECORDINGS: dict[str, dict[str, Any]] = {recording["name"]: recording for recording in json.loads(FILE.read_text())}
RECORDED_FILE_SERVER = "http://127.0.0.1:18099"
RECORDED_SINCE_S = 1_795_000_000
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

PENDING = "the stand-in knows no user whose account is pending"
SETTINGS = "the server's settings had been changed, which the stand-in has none of"
SIGNED_OUT = "the user's key had been deleted, or the user signed out; the stand-in has no such routes"
NOT_RUN = "the code looks for a file when it runs, and the stand-in does not run it"
DISABLED = "the server had been restarted with ENABLE_FUNCTIONS=false"

LEFT_OUT = {
    "functions_pending_user": PENDING,
    "user_valves_get_pending": PENDING,
    "functions_api_keys_off": SETTINGS,
    "functions_endpoint_restricted": SETTINGS,
    "functions_deleted_api_key": SIGNED_OUT,
    "functions_after_signout": SIGNED_OUT,
    "cors_preflight": "for browsers of other sites; the gateway is none",
    "fragile_valves_spec_500": NOT_RUN,
    "fragile_get": NOT_RUN,
    "disabled_functions": DISABLED,
    "disabled_list": DISABLED,
    "disabled_export": DISABLED,
    "disabled_get_by_id": DISABLED,
    "disabled_create": DISABLED,
    "disabled_valves_spec": DISABLED,
}
# What was made within one second comes in the order of random ids, or of the second it happened to be made in.
SORTED_BY_ID = ("history", "functions_list", "functions_list_after_sync")
# The body of a compressed answer was not recorded in a readable form; nothing had changed since this one.
COMPRESSED = {"functions_gzip": "functions"}


@pytest.fixture
async def files() -> AsyncIterator[SandboxServer]:
    """The server that ``load/url`` fetched from."""

    def file(path: str, source: str) -> web.RouteDef:
        async def serve(_: web.Request) -> web.Response:
            return web.Response(text=source)

        return web.get(path, serve)

    echo_pipe, main = (RECORDINGS[f"load_url_{name}"]["response"]["json"]["content"] for name in ("file", "main_py"))
    routes = [file("/echo_pipe.py", echo_pipe), file("/my_folder/main.py", main), file("/empty.py", "")]
    server = SandboxServer("files", routes)
    await server.start()
    yield server
    await server.stop()


@dataclass
class Replay:
    """Sends recorded requests again. ``here`` holds what a recorded id, credential or address is called here."""

    session: aiohttp.ClientSession
    url: str
    here: dict[str, str]

    async def send(self, request: dict[str, Any]) -> tuple[aiohttp.ClientResponse, Any]:
        headers = {name: self._renamed(value) for name, value in request["headers"].items()}
        given = request["body"]
        body = None if given is None else self._renamed(given if isinstance(given, str) else json.dumps(given))
        url = URL(self.url + self._renamed(request["path"]), encoded=True)
        sent = body.encode() if body is not None else None
        async with self.session.request(request["method"], url, data=sent, headers=headers) as answer:
            return answer, await answer.json() if answer.content_type == "application/json" else await answer.text()

    def _renamed(self, text: str) -> str:
        for recorded, here in self.here.items():
            text = text.replace(recorded, here)
        return text

    def differences(self, recorded: Any, answered: Any, where: str = "") -> Iterator[str]:
        """Where the answer is not the recorded one; ids are learnt, times and people need only look alike."""
        match recorded, answered:
            case dict(), dict() if list(recorded) == list(answered):
                for key, value in recorded.items():
                    yield from self.differences(value, answered[key], f"{where}.{key}")
            case list(), list() if len(recorded) == len(answered):
                for index, value in enumerate(recorded):
                    yield from self.differences(value, answered[index], f"{where}[{index}]")
            case _ if not self._alike(recorded, answered, where):
                yield f"{where}: {recorded!r} was answered, here {answered!r}"

    def _alike(self, recorded: Any, answered: Any, where: str) -> bool:
        if isinstance(recorded, dict | list) or type(recorded) is not type(answered):
            return False
        if isinstance(recorded, str) and UUID.fullmatch(recorded) and UUID.fullmatch(answered):
            return bool(self.here.setdefault(recorded, answered) == answered)
        if where.endswith(("updated_at", "created_at")) and recorded > RECORDED_SINCE_S:
            return True
        return ".user." in where or bool(recorded == answered)

    def in_order_of_id(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(rows, key=lambda row: self.here.get(row["id"], row["id"]))


@pytest.fixture
async def replay(tmp_path: Path, files: SandboxServer) -> AsyncIterator[Replay]:
    """A stand-in that holds nothing, as the real one did. It hands out no session tokens, so keys take their place."""
    accounts = Accounts()
    server = function_admin_server(accounts, tmp_path, rows=0)
    await server.start()
    here = {
        "{{ADMIN_API_KEY}}": accounts.yusuf_key,
        "{{ADMIN_JWT}}": accounts.yusuf_key,
        "{{USER_API_KEY}}": accounts.ada_key,
        "{{API_KEY}}": "sk-" + 32 * "0",
        RECORDED_FILE_SERVER: files.url,
    }
    admin = {"Authorization": f"Bearer {accounts.yusuf_key}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(skip_auto_headers=["Content-Type", "Accept-Encoding"]) as session:
        async with session.post(server.url + "/api/v1/functions/sync", json={}, headers=admin) as emptied:
            assert await emptied.json() == []
        yield Replay(session, server.url, here)
    await server.stop()


def test_every_recording_is_replayed_or_left_out_for_a_reason() -> None:
    assert len(RECORDINGS) == 154
    assert set(LEFT_OUT) < set(RECORDINGS)
    assert all(LEFT_OUT.values())


async def test_each_call_is_answered_as_the_real_server_answered_it(replay: Replay) -> None:
    found: dict[str, list[str]] = {}
    replayed = [name for name in RECORDINGS if name not in LEFT_OUT]
    for name in replayed:
        expected = RECORDINGS[name]["response"]
        answer, body = await replay.send(RECORDINGS[name]["request"])
        recorded = RECORDINGS[COMPRESSED.get(name, name)]["response"]["json"]
        if name in SORTED_BY_ID:
            recorded, body = replay.in_order_of_id(recorded), replay.in_order_of_id(body)
        found[name] = list(replay.differences(recorded, body))
        assert answer.status == expected["status"], name
        assert answer.headers["Content-Type"] == expected["content_type"], name
        for header, value in expected.get("headers", {}).items():
            assert answer.headers[header] == value, name
    assert len(found) == 139
    assert {name: differences for name, differences in found.items() if differences} == {}
