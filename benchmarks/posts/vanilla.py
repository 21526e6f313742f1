"""Strawberry as it comes: its own ASGI application, plain types, its own DataLoader, aiohttp underneath.

``BENCH_UPSTREAM`` is the upstream's address.
"""

from __future__ import annotations

import os
from typing import Any

import aiohttp
import orjson  # type: ignore[import-not-found]
import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

from benchmarks.posts.data import GREETING

UPSTREAM = os.environ.get("BENCH_UPSTREAM", "")


@strawberry.type
class User:
    id: int
    name: str
    username: str
    email: str
    phone: str | None
    website: str | None


@strawberry.type
class Post:
    id: int
    user_id: int
    title: str
    body: str

    @strawberry.field
    async def user(self, info: strawberry.Info) -> User | None:
        found: User | None = await info.context["users"].load(self.user_id)
        return found


@strawberry.type
class Query:
    @strawberry.field
    async def posts(self, info: strawberry.Info) -> list[Post]:
        rows = await info.context["get"]("/posts")
        return [Post(id=row["id"], user_id=row["userId"], title=row["title"], body=row["body"]) for row in rows]

    @strawberry.field
    def greet(self) -> str:
        return GREETING


class Application(GraphQL[dict[str, Any], None]):
    """Each request has its own loader, and sends its own credential on."""

    session: aiohttp.ClientSession | None = None

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> dict[str, Any]:
        headers = {name: request.headers[name] for name in ("authorization",) if name in request.headers}

        async def get(path: str) -> Any:
            if self.session is None:
                self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=75))
            async with self.session.get(UPSTREAM + path, headers=headers) as answer:
                return orjson.loads(await answer.read())

        async def load_users(ids: list[int]) -> list[User | None]:
            rows = await get("/users?" + "&".join([f"id={number}" for number in ids]))
            by_id = {row["id"]: _user(row) for row in rows}
            return [by_id.get(number) for number in ids]

        return {"get": get, "users": DataLoader(load_fn=load_users)}


def _user(row: dict[str, Any]) -> User:
    return User(
        id=row["id"],
        name=row["name"],
        username=row["username"],
        email=row["email"],
        phone=row.get("phone"),
        website=row.get("website"),
    )


def make_app() -> ASGIApp:
    graphql = Application(strawberry.Schema(Query))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await graphql(scope, receive, send)

    return app
