"""The invoke stand-in: who may call, how often, and what an invocation answers, over real sockets."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway.sandbox.invoke.catalog import PUBLIC_ID
from gateway.sandbox.invoke.seed import (
    DETECTION_ID,
    IMAGE_ID,
    OCR_ID,
    SEARCH_ID,
    SENTIMENT_ID,
    SPAM_ID,
    TABULAR_ID,
    TAGS_ID,
    UNTRAINED_ID,
)
from tests.sandbox.invoke_api import FORBIDDEN, FORM, NO_MODEL, Api, pgm, running


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path) as api:
        yield api


async def test_client_credentials_buy_a_token_for_an_hour(api: Api) -> None:
    status, token = await api.sign_in()
    assert (status, token["expires_in"], token["token_type"], token["scope"]) == (200, 3600, "Bearer", "api")
    assert len(token["access_token"]) == 43


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "wrong"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_wrong_credentials_buy_nothing(api: Api, changed: dict[str, str], error: str) -> None:
    assert await api.sign_in(FORM | changed) == (400, {"error": error})


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nope", "Basic nope"])
async def test_a_wrong_token_is_refused(api: Api, header: str) -> None:
    api.session.headers["Authorization"] = header
    unauthorized = (401, {"message": "Unauthorized"})
    for method, path in [
        ("GET", "/v1/functions"),
        ("GET", f"/v1/functions/{PUBLIC_ID}"),
        ("POST", f"/v1/functions/{PUBLIC_ID}/invoke"),
    ]:
        assert await api(method, path) == unauthorized


async def test_a_token_ends_with_its_lifetime(tmp_path: Path) -> None:
    async with running(tmp_path, token_lifetime_s=1) as api:
        assert (await api("GET", "/v1/functions"))[0] == 200
        await asyncio.sleep(1.05)
        assert await api("GET", "/v1/functions") == (401, {"message": "Unauthorized"})


async def test_a_public_function_is_invoked_without_a_token_and_not_otherwise_touched(api: Api) -> None:
    token = api.session.headers.pop("Authorization")
    status, output = await api.invoke(PUBLIC_ID, "You stupid idiot", "")
    assert (status, output["labelName"]) == (200, "Toxic")
    assert (await api.invoke(SPAM_ID, "hello"))[0] == 401
    api.session.headers["Authorization"] = token
    assert await api("GET", f"/v1/functions/{PUBLIC_ID}/samples") == FORBIDDEN
    assert await api("DELETE", f"/v1/functions/{PUBLIC_ID}") == FORBIDDEN
    assert PUBLIC_ID not in [function["id"] for function in (await api("GET", "/v1/functions"))[1]]


async def test_more_than_25_requests_a_second_are_throttled(tmp_path: Path) -> None:
    async with running(tmp_path, requests_per_second=25) as api:
        answers = await asyncio.gather(*[api("GET", f"/v1/functions/{SPAM_ID}") for _ in range(30)])
        assert Counter(status for status, _ in answers) == {200: 25, 429: 5}
        assert [body for status, body in answers if status == 429] == [{"message": "Throttled"}] * 5
        assert (await api.sign_in())[0] == 200
        await asyncio.sleep(1.05)
        assert (await api("GET", f"/v1/functions/{SPAM_ID}"))[0] == 200


async def test_more_than_25_requests_at_once_are_throttled(tmp_path: Path) -> None:
    async with running(tmp_path, concurrent=25, inference_s=0.3) as api:
        answers = await asyncio.gather(*[api.invoke(SPAM_ID, "hello") for _ in range(30)])
        assert Counter(status for status, _ in answers) == {200: 25, 429: 5}
        assert (await api.invoke(SPAM_ID, "hello"))[0] == 200


async def test_a_text_is_classified_with_a_confidence_that_depends_on_it(api: Api) -> None:
    sure = (await api.invoke(SPAM_ID, "Congratulations, you won a free prize, click here"))[1]
    unsure = (await api.invoke(SPAM_ID, "cheap meeting"))[1]
    assert set(sure) == {"labelName", "labelId", "confidence"}
    assert (sure["labelName"], sure["labelId"]) == ("Spam", "label_spam000000000000")
    assert 0.5 <= unsure["confidence"] < 0.6 < 0.95 < sure["confidence"] < 1


@pytest.mark.parametrize(
    ("function_id", "data", "label"),
    [
        (SPAM_ID, "Are we still meeting tomorrow?", "Not spam"),
        (SENTIMENT_ID, "I love it, great work", "Positive"),
        (SENTIMENT_ID, "The worst film, I hate it", "Negative"),
        (SENTIMENT_ID, "not good", "Negative"),
        (SENTIMENT_ID, "The bus leaves at nine", "Neutral"),
        (PUBLIC_ID, "Hello friend!", "Not toxic"),
        (TABULAR_ID, {"Name": "Bo", "age": 34}, "Adult"),
        (TABULAR_ID, {"field_age0000000000000": 4}, "Child"),
        (TABULAR_ID, {"age": 91.5, "Name": "Bo"}, "Senior"),
        (IMAGE_ID, pgm(bytes([20] * 64)), "Dark"),
        (IMAGE_ID, pgm(bytes([220] * 64)), "Light"),
    ],
)
async def test_an_input_that_was_not_in_the_training_gets_its_label(
    api: Api, function_id: str, data: Any, label: str
) -> None:
    assert await api.label_of(function_id, data) == label


async def test_label_confidences_are_sorted_and_sum_to_one(api: Api) -> None:
    everything = (await api.invoke(SENTIMENT_ID, "great film", "?labelCount=9"))[1]["labelConfidences"]
    confidences = [label["confidence"] for label in everything]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1)
    assert [set(label) for label in everything] == [{"labelName", "labelId", "confidence"}] * 3
    top = (await api.invoke(SENTIMENT_ID, "great film", "?labelCount=2"))[1]
    assert top["labelConfidences"] == everything[:2]
    assert {key: top[key] for key in everything[0]} == everything[0]


async def test_label_metadata_comes_when_asked_for_and_set(api: Api) -> None:
    spam = (await api.invoke(SPAM_ID, "free prize", "?labelCount=2&includeMetadata=True"))[1]
    assert spam["labelMetadata"] == {"action": "hide"}
    assert [label["labelMetadata"] for label in spam["labelConfidences"]] == [{"action": "hide"}, {"action": "show"}]
    assert "labelMetadata" not in (await api.invoke(SENTIMENT_ID, "great film", "?includeMetadata=true"))[1]


async def test_a_model_is_pinned_by_the_id_in_the_metrics(api: Api) -> None:
    model_id = (await api("GET", f"/v0.9/functions/{SPAM_ID}/metrics"))[1]["modelId"]
    for query, status in [(f"?modelId={model_id}", 200), ("?modelId=", 200), ("?modelId=model_other", 400)]:
        assert (await api.invoke(SPAM_ID, "hello", query))[0] == status


async def test_an_invocation_is_captured_as_a_sample_unless_told_not_to(api: Api) -> None:
    before = len(await api.samples(SPAM_ID, "?batchSize=1000"))
    await api.invoke(SPAM_ID, "hello you", "?capture=false")
    assert len(await api.samples(SPAM_ID, "?batchSize=1000")) == before
    body = {"data": "hello you", "externalId": "e-1", "metadata": {"from": "test"}}
    status, output = await api("POST", f"/v1/functions/{SPAM_ID}/invoke", body)
    assert (status, output["externalId"]) == (200, "e-1")
    (sample,) = await api.samples(SPAM_ID, "?externalId=e-1")
    prediction = {"labelId": output["labelId"], "confidence": output["confidence"]}
    assert sample == {"id": sample["id"], **body, "prediction": prediction}


async def test_an_invocation_sent_twice_is_captured_twice(api: Api) -> None:
    for _ in range(2):
        await api.invoke(SPAM_ID, "once more", "?externalId=e-2")
    assert len(await api.samples(SPAM_ID, "?externalId=e-2")) == 2


@pytest.mark.parametrize("query", ["labelCount=0", "labelCount=x", "includeMetadata=maybe", "capture=1"])
async def test_a_bad_option_is_refused_by_name_and_nothing_is_captured(api: Api, query: str) -> None:
    status, answer = await api.invoke(SPAM_ID, "hello", f"?{query}")
    assert (status, answer["message"].split()[0]) == (400, query.split("=")[0])
    assert await api.samples(SPAM_ID, "?annotated=false") == []


@pytest.mark.parametrize(
    ("function_id", "data", "message"),
    [
        (SPAM_ID, 5, "data must be a string for Text input."),
        (SPAM_ID, None, "data must be a string for Text input."),
        (IMAGE_ID, "red.png", "data must be a data URI."),
        (IMAGE_ID, "https://example.com/a.png", "Images by address are not fetched here: send a data URI."),
        (IMAGE_ID, "data:image/png;base64,x", "The data URI is not valid base64."),
        (TABULAR_ID, "Bo", "data must be an object for Tabular input."),
        (TABULAR_ID, {"size": 0}, "Field size does not exist."),
        (TABULAR_ID, {"age": "34"}, "Field age must be a Number."),
        (DETECTION_ID, "data:,x", "The image must be a binary PGM."),
        (TAGS_ID, "x", "A function with output Tags is not invoked at this address."),
    ],
)
async def test_data_that_does_not_fit_the_function_is_refused(
    api: Api, function_id: str, data: Any, message: str
) -> None:
    assert await api.invoke(function_id, data) == (400, {"message": message})


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"data": "x", "externalId": 5}'])
async def test_a_body_that_is_not_an_invoke_input_is_refused(api: Api, body: bytes) -> None:
    async with api.session.post(f"{api.server.url}/v1/functions/{SPAM_ID}/invoke", data=body) as answer:
        assert (answer.status, list(await answer.json())) == (400, ["message"])


async def test_a_form_carries_the_raw_bytes_and_options(api: Api) -> None:
    image = b"P5 16 16 255\n" + bytes(range(256))
    form = aiohttp.FormData({"externalId": "f-1", "capture": "true"})
    form.add_field("data", image, filename="a.pgm", content_type="image/x-portable-graymap")
    async with api.session.post(f"{api.server.url}/v1/functions/{IMAGE_ID}/invoke", data=form) as answer:
        assert (answer.status, (await answer.json())["externalId"]) == (200, "f-1")
    (sample,) = await api.samples(IMAGE_ID, "?externalId=f-1")
    assert sample["data"] == pgm(bytes(range(256)), 16, 16)


async def test_a_form_carries_text_too(api: Api) -> None:
    form = aiohttp.FormData()
    form.add_field("data", "You won a free prize", filename="a.txt", content_type="text/plain")
    async with api.session.post(f"{api.server.url}/v1/functions/{SPAM_ID}/invoke?capture=false", data=form) as answer:
        assert (await answer.json())["labelName"] == "Spam"


async def test_an_untrained_function_has_no_model(api: Api) -> None:
    assert await api.invoke(UNTRAINED_ID, "x") == NO_MODEL
    assert (await api("GET", f"/v0.9/functions/{UNTRAINED_ID}"))[1]["state"] == "Configuring"
    assert (await api("GET", f"/v0.9/functions/{SPAM_ID}"))[1]["state"] == "Browsing"


async def test_tags_are_a_bare_array_of_all_labels(api: Api) -> None:
    status, tags = await api("POST", f"/v0.9/functions/{TAGS_ID}/invoke", {"data": "flight to the beach"})
    assert (status, [tag["labelName"] for tag in tags]) == (200, ["Travel", "Music", "Food"])
    assert sum(tag["confidence"] for tag in tags) != pytest.approx(1)


async def test_the_old_address_invokes_a_classification_as_the_new_one_does(api: Api) -> None:
    old = await api("POST", f"/v0.9/functions/{SPAM_ID}/invoke?capture=false", {"data": "free"})
    assert old == await api.invoke(SPAM_ID, "free")


async def test_a_search_gives_the_nearest_samples_and_their_distance(api: Api) -> None:
    search = f"/v1/search-functions/{SEARCH_ID}/invoke"
    status, near = await api("POST", search + "?sampleCount=2", {"data": "reset my password"})
    assert (status, near[0]["data"], len(near)) == (200, "How do I reset my password?", 2)
    assert 0 < near[0]["distance"] < near[1]["distance"] < 1
    by_sample = (await api("POST", search + "?includeData=false", {"sampleId": near[0]["sampleId"]}))[1]
    assert len(by_sample) == 10
    assert by_sample[0] == {"sampleId": near[0]["sampleId"], "distance": pytest.approx(0)}


async def test_a_search_finds_what_was_added(api: Api) -> None:
    body = {"data": "Do you ship abroad?", "externalId": "q-1"}
    sample_id = (await api("POST", f"/v1/functions/{SEARCH_ID}/samples", body))[1]["id"]
    near = (await api("POST", f"/v1/search-functions/{SEARCH_ID}/invoke", {"data": "ship abroad"}))[1]
    assert (near[0]["sampleId"], near[0]["externalId"]) == (sample_id, "q-1")


@pytest.mark.parametrize(
    ("content", "text"),
    [("text/plain;charset=utf-8,na%C3%AFve", "naïve"), ("image/png;base64,AAECSGVsbG8A/w==", "Hello"), (",", "")],
)
async def test_ocr_reads_the_text_that_is_in_the_bytes(api: Api, content: str, text: str) -> None:
    answer = await api("POST", f"/v0.9/functions/{OCR_ID}/ocr?includeRegions=true", {"data": f"data:{content}"})
    assert answer == (200, {"text": text})


async def test_a_detection_is_the_box_around_what_is_bright(api: Api) -> None:
    pixels = bytearray(64)
    pixels[18] = pixels[19] = pixels[26] = pixels[27] = 204
    box = {"x": 0.25, "y": 0.25, "width": 0.25, "height": 0.25}
    found = {"labelName": "Bright", "confidence": pytest.approx(0.8), "boundingBox": box}
    assert await api.invoke(DETECTION_ID, pgm(bytes(pixels))) == (200, {"predictions": [found]})
    assert await api.invoke(DETECTION_ID, pgm(bytes(64))) == (200, {"predictions": []})
