"""The requests that the vendors' SDKs were seen to send, and sending them again. Only the requests are facts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

RECORDED = Path(__file__).parent.parent / "recorded"
OF_THE_CONNECTION = ("host", "connection", "content-length")


@dataclass(frozen=True)
class Request:
    """``status`` is what the recording's own server answered, and what the SDK then coped with."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int


@dataclass(frozen=True)
class Call:
    """One call of an SDK: the requests it sent, and what it returned to its caller."""

    requests: list[Request]
    result: Any


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def recorded_calls(file_name: str) -> dict[str, Call]:
    calls = json.loads((RECORDED / file_name).read_text())["calls"]
    return {call["call"]: Call(list(map(_request, call["requests"])), call.get("result")) for call in calls}


def _request(recorded: dict[str, Any]) -> Request:
    headers = {name: value for name, value in recorded["headers"] if name.lower() not in OF_THE_CONNECTION}
    status = recorded["fake_response"]["status"]
    return Request(recorded["method"], recorded["path"], headers, recorded["body"], status)


async def send_again(url: str, request: Request, renamed: Mapping[str, str]) -> Answer:
    """Send a recorded request to the server at ``url``, each recorded id or credential replaced by the one here."""
    path, body = _renamed(request.path, renamed), _renamed(request.body, renamed)
    headers = {name: _renamed(value, renamed) for name, value in request.headers.items()}
    async with (
        aiohttp.ClientSession(skip_auto_headers=["Content-Type", "User-Agent"]) as session,
        session.request(
            request.method, URL(url + path, encoded=True), data=body.encode() or None, headers=headers
        ) as answer,
    ):
        return Answer(answer.status, await answer.read(), answer.headers)


def _renamed(text: str, renamed: Mapping[str, str]) -> str:
    for recorded, here in renamed.items():
        text = text.replace(recorded, here)
    return text
