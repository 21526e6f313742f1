"""The floor: no GraphQL at all. A bare ASGI application that makes the same upstream requests with aiohttp, picks the
fields of three known queries, and encodes them.

``BENCH_UPSTREAM`` is the upstream's address. With ``BENCH_SHARE=1`` identical requests in flight share one answer.
"""

from __future__ import annotations

import asyncio
import os

import aiohttp
import orjson  # type: ignore[import-not-found]
from starlette.types import ASGIApp

from benchmarks.posts.data import GREETING
from benchmarks.rig.bare import Answer, application


def encoded(value: object) -> bytes:
    content: bytes = orjson.dumps(value)
    return content


class Floor:
    """The three queries by hand."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream

    async def answer(self, session: aiohttp.ClientSession, body: bytes, headers: dict[str, str]) -> bytes:
        if b"user {" in body:
            return await self._posts_with_users(session, headers)
        if b"title" in body:
            posts = orjson.loads(await self._get(session, "/posts", headers))
            return encoded({"data": {"posts": [{"title": post["title"]} for post in posts]}})
        return encoded({"data": {"greet": GREETING}})

    async def _posts_with_users(self, session: aiohttp.ClientSession, headers: dict[str, str]) -> bytes:
        posts = orjson.loads(await self._get(session, "/posts", headers))
        ids = dict.fromkeys([post["userId"] for post in posts])
        asked = "/users?" + "&".join([f"id={number}" for number in ids])
        users = {
            user["id"]: {"id": user["id"], "name": user["name"], "email": user["email"]}
            for user in orjson.loads(await self._get(session, asked, headers))
        }
        rows = [
            {"id": post["id"], "userId": post["userId"], "title": post["title"], "user": users.get(post["userId"])}
            for post in posts
        ]
        return encoded({"data": {"posts": rows}})

    async def _get(self, session: aiohttp.ClientSession, path: str, headers: dict[str, str]) -> bytes:
        async with session.get(self._upstream + path, headers=headers) as response:
            return await response.read()


class Shared:
    """The same, where requests that are the same in body and credential share one answer while it is made."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._flying: dict[tuple[bytes, str | None], asyncio.Task[bytes]] = {}

    async def answer(self, session: aiohttp.ClientSession, body: bytes, headers: dict[str, str]) -> bytes:
        key = (body, headers.get("Authorization"))
        task = self._flying.get(key)
        if task is None:
            task = self._flying[key] = asyncio.ensure_future(self._answer(session, body, headers))
            task.add_done_callback(lambda _: self._flying.pop(key))
        return await task


def make_app() -> ASGIApp:
    answer = Floor(os.environ["BENCH_UPSTREAM"]).answer
    return application(Shared(answer).answer if os.environ.get("BENCH_SHARE") else answer)
