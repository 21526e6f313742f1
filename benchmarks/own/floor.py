"""The floors of our own scenarios: the upstream requests that the gateway makes, with aiohttp, and its answer by hand.

``BENCH_UPSTREAMS`` is a JSON object: ``urls`` by upstream, and what each is sent: ``key``, ``account_key``, ``token``.
"""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson  # type: ignore[import-not-found]
from starlette.types import ASGIApp

from benchmarks.own.queries import FIELDS, PARALLEL, SPAM
from benchmarks.rig.bare import application

DEPLOYMENT = "663accb6f7d37dbf2a4687b7"
FUNCTIONS = "/api/v1/functions"


class Floor:
    """The four answers."""

    def __init__(self, urls: dict[str, str], key: str, account_key: str, token: str) -> None:
        self._urls = urls
        caller = {"Authorization": f"Bearer {key}"}
        self._headers = {
            "prediction": caller,
            "deployment": {"x-api-key": account_key},
            "function_admin": caller,
            "invoke": {"Authorization": f"Bearer {token}"},
        }

    async def answer(self, session: aiohttp.ClientSession, body: bytes, _: dict[str, str]) -> bytes:
        if b"query Tour" in body:
            return await self._tour(session)
        if b"mutation" in body:
            return await self._invoke_many(session, orjson.loads(body)["variables"]["inputs"])
        return await (self._valves(session) if b"valves" in body else self._list(session))

    async def _tour(self, session: aiohttp.ClientSession) -> bytes:
        user, predictor, deployment, function, trained = await asyncio.gather(
            self._get(session, "prediction", "/user"),
            self._get(session, "prediction", "/predictors/@fxn/greeting"),
            self._get(session, "deployment", f"/fn/api/v0/functions/{DEPLOYMENT}"),
            self._get(session, "function_admin", f"{FUNCTIONS}/id/my_function"),
            self._get(session, "invoke", "/v1/functions"),
        )
        return _data(
            {
                "user": _only(user, "username"),
                "predictor": _only(predictor, "tag", "description") | {"owner": _only(predictor["owner"], "username")},
                "deployment": {
                    "name": deployment["title"],
                    "status": deployment["status"],
                    "endpoints": [_only(row, "method", "route", "streaming") for row in deployment["endpoints"]],
                },
                "function": {
                    "name": function["name"],
                    "type": function["type"].upper(),
                    "isActive": function["is_active"],
                },
                "trainedFunctions": [_only(row, "name", "input", "output") for row in trained[:2]],
            }
        )

    async def _valves(self, session: aiohttp.ClientSession) -> bytes:
        listed = await self._get(session, "function_admin", f"{FUNCTIONS}/list")
        exported = await self._get(session, "function_admin", f"{FUNCTIONS}/export?include_valves=true")
        valves = {row["id"]: row["valves"] or {} for row in exported}
        return _data(
            {
                "functions": [
                    {"id": row["id"], "name": row["name"], "isActive": row["is_active"], "valves": valves[row["id"]]}
                    for row in listed[:100]
                ]
            }
        )

    async def _list(self, session: aiohttp.ClientSession) -> bytes:
        listed = await self._get(session, "function_admin", f"{FUNCTIONS}/list")
        return _data(
            {
                "functions": [
                    {
                        "id": row["id"],
                        "name": row["name"],
                        "type": row["type"].upper(),
                        "isActive": row["is_active"],
                        "isGlobal": row["is_global"],
                        "updatedAt": datetime.fromtimestamp(row["updated_at"], UTC).isoformat().replace("+00:00", "Z"),
                    }
                    for row in listed[:1000]
                ]
            }
        )

    async def _invoke_many(self, session: aiohttp.ClientSession, inputs: list[Any]) -> bytes:
        return _data({f"f{number}": await self._invoke(session, inputs) for number in range(FIELDS)})

    async def _invoke(self, session: aiohttp.ClientSession, inputs: list[Any]) -> list[Any]:
        todo = iter(enumerate(inputs))
        rows: list[Any] = [None] * len(inputs)

        async def work() -> None:
            for index, given in todo:
                output = await self._post(session, f"/v1/functions/{SPAM}/invoke?capture=false", given)
                rows[index] = {"index": index, "output": _only(output, "labelName", "confidence"), "error": None}

        await asyncio.gather(*(work() for _ in range(PARALLEL)))
        return rows

    async def _get(self, session: aiohttp.ClientSession, upstream: str, path: str) -> Any:
        async with session.get(self._urls[upstream] + path, headers=self._headers[upstream]) as response:
            return orjson.loads(await response.read())

    async def _post(self, session: aiohttp.ClientSession, path: str, body: Any) -> Any:
        headers = {**self._headers["invoke"], "Content-Type": "application/json"}
        async with session.post(self._urls["invoke"] + path, data=orjson.dumps(body), headers=headers) as response:
            return orjson.loads(await response.read())


def _only(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: record[name] for name in names}


def _data(data: dict[str, Any]) -> bytes:
    content: bytes = orjson.dumps({"data": data})
    return content


def make_app() -> ASGIApp:
    return application(Floor(**json.loads(os.environ["BENCH_UPSTREAMS"])).answer)
