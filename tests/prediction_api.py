"""What the tests of the prediction part share."""

from __future__ import annotations

import json
from typing import Any

from tests.harness import Gateway

PREDICT = "mutation ($input: CreatePredictionInput!) {{ createPrediction(input: $input) {{ {} }} }}"


def prediction(tag: str, *inputs: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Variables of ``PREDICT``."""
    return {"input": {"tag": tag, "client": "linux", "inputs": list(inputs), **members}}


def sent(gateway: Gateway) -> list[tuple[str, Any]]:
    """Requests that reached the upstream, each with its JSON body; uploads are left out."""
    requests = [request for request in gateway.sandbox.prediction.log if request.method != "PUT"]
    return [(f"{r.method} {r.path}", json.loads(r.body) if r.body else None) for r in requests]


async def put(gateway: Gateway, url: str, content: bytes) -> None:
    """Upload as the clients do: without a credential."""
    async with gateway.session.put(url, data=content) as response:
        assert response.status == 200
