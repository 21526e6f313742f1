"""The prediction stand-in computes: every type of value, uploads, streams and EDGE predictions, over real sockets."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from yarl import URL

from tests.sandbox.prediction_api import CLOUD, EDGE, Api, content, refusal, running, value

ARRAY_TYPES = (
    *("float16", "float32", "float64", "bool"),
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
)


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path) as api:
        yield api


async def test_a_prediction_has_exactly_the_members_that_old_clients_accept(api: Api) -> None:
    prediction = await api.predict("@fxn/greeting", {"name": "Yusuf", "n": 1.5, "l": [1], "d": {"k": None}})
    assert set(prediction) == CLOUD
    assert (prediction["tag"], prediction["type"], prediction["error"]) == ("@fxn/greeting", "CLOUD", None)
    greeting = base64.b64encode(b"Hello, Yusuf!").decode()
    assert prediction["results"] == [{"data": f"data:text/plain;base64,{greeting}", "type": "string", "shape": None}]
    assert prediction["latency"] >= 0
    assert prediction["logs"] == "Greeting Yusuf\n"
    assert (await api("GET", "/predictors/@fxn/greeting"))[1]["predictions"] == 1


async def test_what_the_clients_write_for_no_value_is_tolerated(api: Api) -> None:
    for limit, token in [("None", "null"), ("undefined", "undefined"), ("", "")]:
        headers = {"fxn-client": "linux:x86_64", "fxn-configuration-token": token}
        bodies: list[Any] = [None, {}]
        for body in bodies:
            path = f"/predict/@fxn/greeting?rawOutputs=true&dataUrlLimit={limit}"
            status, prediction = await api("POST", path, body, **headers)
            assert (status, content(prediction["results"][0])) == (200, b"Hello, World!")


@pytest.mark.parametrize("kind", ARRAY_TYPES)
async def test_arrays_come_back_as_they_were_sent(api: Api, kind: str) -> None:
    shapes: list[list[int]] = [[], [3], [2, 2], [0]]
    sent = [value(kind, np.arange(1, 5)[: np.prod(shape, dtype=int)].astype(kind).tobytes(), shape) for shape in shapes]
    inputs = {f"input {number}": one for number, one in enumerate(sent)}
    assert (await api.predict("@fxn/identity", inputs))["results"] == sent


@pytest.mark.parametrize("kind", ["image", "video", "audio", "model", "3d", "binary"])
async def test_media_come_back_as_they_were_sent(api: Api, kind: str) -> None:
    sent = value(kind, bytes(range(256)))
    assert (await api.predict("@fxn/identity", {"x": sent}))["results"] == [sent]


async def test_strings_lists_dictionaries_and_null_come_back(api: Api) -> None:
    sent = {
        "text": value("string", "grüße 🙃".encode()),
        "items": value("list", b'[1, "a", null]'),
        "options": value("dict", b'{"k": [1.5]}'),
        "nothing": value("null", None),
    }
    answered = (await api.predict("@fxn/identity", sent))["results"]
    assert [one["type"] for one in answered] == ["string", "list", "dict", "null"]
    assert [content(one) for one in answered[:3]] == [content(one) for one in list(sent.values())[:3]]
    assert answered[3] == {"data": None, "type": "null", "shape": None}


async def test_plain_json_values_get_the_types_of_the_python_client(api: Api) -> None:
    plain = {"i": 7, "big": 2**40, "f": 1.5, "b": True, "s": "x", "l": [1], "d": {"k": 1}, "n": None}
    answered = (await api.predict("@fxn/identity", plain))["results"]
    types = ["int32", "int64", "float32", "bool", "string", "list", "dict", "null"]
    assert [one["type"] for one in answered] == types
    assert answered[0] == value("int32", b"\7\0\0\0", [])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (value("int32", b"\0" * 8, [3]), "cannot reshape array of size 2 into shape (3,)"),
        (value("int32", b"\0\0\0", [1]), "buffer size must be a multiple of element size"),
        (value("float33", b""), "'float33' is not a value type"),
        ({"type": "int32", "data": None}, "a value of type int32 needs `data`"),
        ({"type": "string", "data": "data:;base64,???"}, "the data URL is not valid Base64"),
        (value("dict", b"[]"), "the data is not a dict"),
        ({"type": "image", "data": "http://x/upload/value/1"}, "nothing was uploaded to http://x/upload/value/1"),
    ],
)
async def test_a_malformed_value_is_refused_with_the_name_of_its_input(api: Api, given: Any, message: str) -> None:
    status, body = await api("POST", "/predict/@fxn/identity", {"x": given})
    assert (status, body) == (400, refusal(f"Input 'x': {message}"))


async def test_inputs_that_are_no_object_are_refused(api: Api) -> None:
    bodies: list[Any] = [[], "x", 1]
    for body in bodies:
        assert (await api("POST", "/predict/@fxn/identity", body))[0] == 400


async def test_an_uploaded_value_is_found_by_its_path_on_any_host(api: Api) -> None:
    status, answer = await api("POST", "/uploadUrls", {"type": "VALUE", "name": "a photo.png", "key": "k1"})
    url = URL(answer["url"], encoded=True)
    assert (status, url.path.endswith("/a photo.png"), bool(url.query_string)) == (200, True, True)
    assert (await api("GET", url.raw_path, key=None))[0] == 404
    async with api.session.put(url, data=b"\x89PNG", headers={"Content-Type": "image/png"}) as response:
        assert response.status == 200
    for sent_back in (str(url), f"http://cdn.fxn.ai{url.raw_path}"):
        prediction = await api.predict("@fxn/identity", {"x": {"data": sent_back, "type": "image", "shape": None}})
        assert content(prediction["results"][0]) == b"\x89PNG"
    async with api.session.get(url.with_query(None)) as response:
        assert (await response.read(), response.content_type) == (b"\x89PNG", "image/png")


async def test_an_upload_needs_the_signature_of_its_url(api: Api) -> None:
    url = (await api("POST", "/uploadUrls", {"type": "NOTEBOOK", "name": "n.ipynb"}))[1]["url"]
    path = url.partition("?")[0].removeprefix(api.server.url)
    assert (await api("PUT", path, "x"))[0] == 403
    assert (await api("PUT", "/upload/value/none?signature=x", "x"))[0] == 404
    assert (await api("POST", "/uploadUrls", {"type": "OTHER", "name": "x"}))[0] == 400


async def test_outputs_from_the_limit_on_are_stored_and_answered_as_a_url(api: Api) -> None:
    small, large = (await api.predict("@fxn/identity", {"a": "abc", "b": "abcd"}, "?dataUrlLimit=4"))["results"]
    assert content(small) == b"abc"
    assert large["data"].startswith(api.server.url + "/upload/value/")
    async with api.session.get(large["data"]) as response:
        assert await response.read() == b"abcd"
    assert (await api("PUT", large["data"].removeprefix(api.server.url), "overwritten"))[0] == 403


async def test_a_failing_prediction_has_an_error_logs_and_no_results(api: Api) -> None:
    failed = await api.predict("@fxn/fail", {})
    assert (failed["error"], failed["results"]) == ("This predictor always fails", None)
    assert failed["logs"] == "About to fail\n"
    assert (await api.predict("@fxn/sum", {"x": "text"}))["error"] == "x is not numeric"


async def test_sum_adds_arrays_and_lists_of_numbers(api: Api) -> None:
    whole = {"a": value("int64", np.arange(4).tobytes(), [2, 2]), "b": 10, "c": [1, 2]}
    assert (await api.predict("@fxn/sum", whole))["results"] == [value("int32", b"\x13\0\0\0", [])]
    broken = {"a": value("float64", np.array([0.5, 1.5]).tobytes(), [2]), "b": 10}
    assert (await api.predict("@fxn/sum", broken))["results"] == [value("float32", np.float32(12).tobytes(), [])]


async def test_image_paints_a_png_of_the_size_asked_for(api: Api) -> None:
    answered = (await api.predict("@fxn/image", {"width": 3, "height": 2}))["results"][0]
    assert (answered["type"], answered["shape"]) == ("image", None)
    assert answered["data"].startswith("data:image/png;base64,")
    png = content(answered)
    assert (png[:8], png[16:26]) == (b"\x89PNG\r\n\x1a\n", b"\0\0\0\3\0\0\0\2\x08\6")
    rows = zlib.decompress(png[png.index(b"IDAT") + 4 : png.index(b"IEND") - 8])
    assert rows[:13] == bytes([0, *(0, 0, 128, 255), *(127, 0, 128, 255), *(255, 0, 128, 255)])
    assert (await api.predict("@fxn/image", {"width": 0}))["error"] == "width must be an integer from 1 to 512"


async def test_a_stream_sends_one_whole_prediction_in_each_network_read(api: Api) -> None:
    url = f"{api.server.url}/predict/@fxn/stream?stream=true&rawOutputs=true&dataUrlLimit=None"
    async with api.session.post(url, json={"text": "one two three"}) as response:
        predictions = [json.loads(chunk) async for chunk in response.content.iter_any()]
    assert [content(one["results"][0]) for one in predictions] == [b"one", b"one two", b"one two three"]
    assert all(set(one) == CLOUD for one in predictions)
    assert len({one["id"] for one in predictions}) == 1
    assert (await api("GET", "/predictors/@fxn/stream"))[1]["predictions"] == 1
    assert content((await api.predict("@fxn/stream", {"text": "one two"}))["results"][0]) == b"one two"


async def test_an_edge_prediction_has_a_configuration_and_resources_to_load(api: Api) -> None:
    prediction = await api.predict("@fxn/edge", {})
    assert (set(prediction), prediction["type"]) == (EDGE, "EDGE")
    assert [one["type"] for one in prediction["resources"]] == ["dso", "fxn"]
    for resource in prediction["resources"]:
        assert resource["url"] == f"{api.server.url}/resources/{resource['name']}"
        async with api.session.get(resource["url"]) as response:
            assert (await response.read()).startswith(b"\x7fELF")
    assert (await api("GET", "/resources/none"))[0] == 404


async def test_a_streamed_edge_prediction_is_bare_for_clients_without_a_configuration(api: Api) -> None:
    assert set(await api.predict("@fxn/edge", {}, "?stream=true")) == {"id", "tag", "type", "created"}
    path = "/predict/@fxn/edge?stream=true"
    assert set((await api("POST", path, {}, **{"fxn-configuration-token": "x"}))[1]) == EDGE
