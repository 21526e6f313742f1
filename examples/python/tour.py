"""python tour.py KEY [URL]: lists functions, invokes one, and follows a prediction over a WebSocket."""

from __future__ import annotations

import asyncio
import sys

from fngraph_client import Client, ValueInput

SENTIMENT = "function_sentiment0000001"


async def main(access_key: str, url: str = "http://127.0.0.1:8000/graph") -> None:
    credential = {"Authorization": f"Bearer {access_key}"}
    socket = url.replace("http", "ws", 1)
    async with Client(url, credential, ws_url=socket, ws_connection_init_payload=credential) as client:
        await list_functions(client)
        await invoke(client, SENTIMENT, "What a wonderful day")
        await follow(client, "@fxn/stream", "one two three")


async def list_functions(client: Client) -> None:
    functions = await client.list_functions(count=3)
    for function in functions.trained_functions or []:
        print(f"{function.id}: {function.name}")
    for predictor in functions.predictors or []:
        print(f"{predictor.tag}, of {predictor.created:%Y}")


async def invoke(client: Client, function_id: str, text: str) -> None:
    output = (await client.invoke(function_id, text)).invoke_function
    print("Label:", output.label_name if output else None)


async def follow(client: Client, tag: str, text: str) -> None:
    async for state in client.follow(tag, [ValueInput(name="text", string_value=text)]):
        results = (state.prediction and state.prediction.results) or []
        print(*[result.string_value for result in results])


asyncio.run(main(*sys.argv[1:]))
