"""The calls of covalent-cloud 1.4.4 on function services, each with what it gave or raised, as JSON by name."""

from __future__ import annotations

import asyncio
import json
import sys
import warnings
from collections.abc import Callable
from typing import Any

# The SDK announces at every call that the vendor will end function services.
warnings.simplefilter("ignore")

import covalent_cloud as cc  # type: ignore[import-not-found]  # noqa: E402
import covalent_cloud.function_serve.common as common  # type: ignore[import-not-found]  # noqa: E402

EXAMPLE, STARTING, NEW, MISSING = sys.argv[1:]
common.ACTIVE_DEPLOYMENT_POLL_INTERVAL = 0.05

calls: dict[str, dict[str, Any]] = {}


def call(name: str, function: Callable[[], Any]) -> None:
    try:
        calls[name] = {"gives": function()}
    except Exception as error:
        calls[name] = {"raises": type(error).__name__}


async def streamed(**arguments: Any) -> str:
    return b"".join([chunk async for chunk in client.async_stream(**arguments)]).decode()


client = cc.get_deployment(EXAMPLE)
call("name", lambda: client.name)
call("routes", lambda: [(route.method.value, route.route, route.streaming) for route in client.routes])
call("hello", lambda: client.hello(number=1867))
call("get", lambda: client.peek(a=1))
call("stream", lambda: b"".join(client.stream(message="é", split=True)).decode())
call("async hello", lambda: asyncio.run(client.async_hello(number=1)))
call("async stream", lambda: asyncio.run(streamed(items=[1])))
call("boom", lambda: client.boom())
call("info", lambda: client.info())
call("missing", lambda: cc.get_deployment(MISSING))
call("starting", lambda: cc.get_deployment(STARTING, wait=10).status.value)
call("new", lambda: cc.get_deployment(NEW, wait=0.1))
page = {"status": "INACTIVE", "count": 2, "sort": "title", "direction": "asc"}
call("list", lambda: [each.title for each in cc.list_function_deployments(**page).records])
call("key", lambda: cc.create_inference_api_key(EXAMPLE).key_id)
call("keys", lambda: [key.key_id for key in cc.list_inference_api_keys(EXAMPLE)])
call("deleted key", lambda: cc.delete_inference_api_key(EXAMPLE, "2"))
call("deleted key again", lambda: cc.delete_inference_api_key(EXAMPLE, "2"))
call("teardown", lambda: client.teardown())
client.reload()
call("reload", lambda: client.status.value)
call("hello after the teardown", lambda: client.hello())
print(json.dumps(calls), file=sys.__stdout__)
