"""The prediction stand-in under ``/v1``, and its receiver of custom authorization."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sandbox.prediction_api import CLOUD, EDGE, Api, content, running, value


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path) as api:
        yield api


async def test_v1_shows_what_its_clients_know(api: Api) -> None:
    status, user = await api("GET", "/v1/users", key="sk-ada")
    members = {"username", "email", "created", "name", "avatar", "bio", "website", "github"}
    assert (status, user["username"], set(user)) == (200, "ada", members)
    predictor = (await api("GET", "/v1/predictors/@fxn/greeting"))[1]
    v1 = {"tag", "owner", "name", "status", "access", "signature", "created", "description", "card", "media", "license"}
    assert set(predictor) == v1
    assert "defaultValue" not in predictor["signature"]["inputs"][0]
    assert "__typename" not in predictor["owner"]


async def test_a_v1_prediction_is_for_the_device_and_a_remote_one_is_computed(api: Api) -> None:
    asked = {"tag": "@fxn/edge", "clientId": "linux-x86_64", "configurationId": "c"}
    status, prediction = await api("POST", "/v1/predictions", asked)
    assert (status, set(prediction)) == (200, EDGE - {"type"})
    remote = {"tag": "@fxn/edge", "inputs": {"x": value("string", b"x")}, "acceleration": "auto", "clientId": "node"}
    status, prediction = await api("POST", "/v1/predictions/remote", remote, key=None)
    assert (status, set(prediction)) == (200, CLOUD - {"type"})
    assert content(prediction["results"][0]) == b"x"
    for path in ("/v1/predictions", "/v1/predictions/remote"):
        assert (await api("POST", path, {"tag": "@fxn/none"}))[0] == 404
        assert (await api("POST", path, {}))[0] == 400


async def test_a_v1_stream_is_made_of_server_sent_events(api: Api) -> None:
    body = {"tag": "@fxn/stream", "inputs": {"text": "one two"}, "stream": True}
    headers = {"Accept": "text/event-stream"}
    async with api.session.post(api.server.url + "/v1/predictions/remote", json=body, headers=headers) as response:
        assert response.content_type == "text/event-stream"
        events = (await response.text()).removesuffix("\n\n").split("\n\n")
    assert [event.partition("\n")[0] for event in events] == ["event: prediction"] * 2
    last = json.loads(events[-1].partition("data: ")[2])
    assert (set(last), content(last["results"][0])) == (CLOUD - {"type"}, b"one two")


async def test_a_v1_value_is_uploaded_and_used(api: Api) -> None:
    status, urls = await api("POST", "/v1/values", {"name": "x"}, key=None)
    assert (status, set(urls)) == (200, {"uploadUrl", "downloadUrl"})
    async with api.session.put(urls["uploadUrl"], data=b"stored") as response:
        assert response.status == 200
    inputs = {"x": {"data": urls["downloadUrl"], "type": "string", "shape": None}}
    prediction = (await api("POST", "/v1/predictions/remote", {"tag": "@fxn/identity", "inputs": inputs}))[1]
    assert content(prediction["results"][0]) == b"stored"


async def test_the_authorization_receiver_knows_one_subscriber(api: Api) -> None:
    asked = {"tag": "@samplefxn/some-predictor", "accessKey": "letmein"}
    assert await api("POST", "/authorize", asked, key=None) == (200, {})
    refused = {"error": "This access key has no subscription 🙃"}
    assert await api("POST", "/authorize", {**asked, "accessKey": "other"}, key=None) == (401, refused)
