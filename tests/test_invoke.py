"""Trained functions: every kind of output typed, with no more requests than it needs."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.faults import Fault
from gateway.sandbox.invoke.catalog import PUBLIC_ID
from gateway.sandbox.invoke.seed import (
    DETECTION_ID,
    OCR_ID,
    SEARCH_ID,
    SENTIMENT_ID,
    SPAM_ID,
    TABULAR_ID,
    TAGS_ID,
    UNTRAINED_ID,
)
from gateway.sandbox.running import Sandbox
from gateway.settings import ForwardCredential, NoCredential, Settings
from tests.harness import Gateway, serving, with_upstream
from tests.invoke_gateway import INVOKE, invoked, invoking, lines

HOSTILE = ["x?capture=true", "x#y", "%2e%2e", "a\\b", "ünï çødé", "a b", "\n"]


def given(output: dict[str, Any]) -> dict[str, Any]:
    """The members that are not null, without ``raw``."""
    return {name: value for name, value in output.items() if value is not None and name != "raw"}


def picture(*bright: int) -> str:
    """A black image of 8 by 8 pixels with these at 204 of 255."""
    pixels = bytes(204 if at in bright else 0 for at in range(64))
    return "data:image/x-portable-graymap;base64," + base64.b64encode(b"P5 8 8 255\n" + pixels).decode()


async def test_a_classification_names_the_best_label(gateway: Gateway) -> None:
    output = await invoked(gateway, SPAM_ID, "Congratulations, you won a free prize")
    assert given(output) == {
        "labelName": "Spam",
        "labelId": "label_spam000000000000",
        "confidence": output["confidence"],
    }
    assert output["raw"] == given(output)


async def test_a_classification_rates_as_many_labels_as_asked_for_with_their_metadata(gateway: Gateway) -> None:
    output = await invoked(gateway, SPAM_ID, "free prize", labelCount=2, includeMetadata=True, externalId="e-1")
    assert [label["labelName"] for label in output["labelConfidences"]] == ["Spam", "Not spam"]
    assert (output["labelMetadata"], output["externalId"]) == ({"action": "hide"}, "e-1")


async def test_a_row_of_a_table_is_classified(gateway: Gateway) -> None:
    assert (await invoked(gateway, TABULAR_ID, {"Name": "Bo", "age": 34}))["labelName"] == "Adult"


async def test_tags_come_from_the_old_address_with_a_confidence_each(gateway: Gateway) -> None:
    output = await invoked(gateway, TAGS_ID, "flight to the beach")
    assert list(given(output)) == ["tags"]
    assert [tag["labelName"] for tag in output["tags"]] == ["Travel", "Music", "Food"]
    assert lines(gateway)[1:] == [f"POST /v0.9/functions/{TAGS_ID}/invoke?capture=false"]


async def test_a_detection_is_a_list_of_boxes(gateway: Gateway) -> None:
    box = {"x": 0.25, "y": 0.25, "width": 0.25, "height": 0.25}
    found = {"labelName": "Bright", "confidence": pytest.approx(0.8), "boundingBox": box}
    assert given(await invoked(gateway, DETECTION_ID, picture(18, 19, 26, 27))) == {"predictions": [found]}
    assert given(await invoked(gateway, DETECTION_ID, picture())) == {"predictions": []}


async def test_a_search_gives_the_nearest_samples_by_data_or_by_sample(gateway: Gateway) -> None:
    output = await invoked(gateway, SEARCH_ID, "reset my password", sampleCount=1)
    [near] = output["searchSamples"]
    assert near["data"] == "How do I reset my password?"
    output = await invoked(gateway, SEARCH_ID, sampleId=near["sampleId"], sampleCount=1, includeData=False)
    assert output["searchSamples"] == [
        {"sampleId": near["sampleId"], "distance": pytest.approx(0), "externalId": None, "data": None}
    ]
    assert lines(gateway)[1:] == [
        f"POST /v1/search-functions/{SEARCH_ID}/invoke?sampleCount=1",
        f"POST /v1/search-functions/{SEARCH_ID}/invoke?sampleCount=1&includeData=false",
    ]


async def test_ocr_is_the_text(gateway: Gateway) -> None:
    output = await invoked(gateway, OCR_ID, "data:text/plain,Hello", includeRegions=True)
    assert given(output) == {"text": "Hello"}
    assert lines(gateway)[1:] == [f"POST /v0.9/functions/{OCR_ID}/ocr?includeRegions=true&capture=false"]


@pytest.mark.parametrize(
    ("function_id", "body", "expected"),
    [
        (DETECTION_ID, [{"labelName": "Bright"}], {"predictions": "Bright"}),
        (SEARCH_ID, {"searchSamples": [{"sampleId": "s"}]}, {"searchSamples": "s"}),
    ],
)
async def test_the_other_form_that_the_vendors_pages_show_is_read_too(
    gateway: Gateway, function_id: str, body: Any, expected: dict[str, str]
) -> None:
    gateway.sandbox.invoke.faults.set(Fault("status", match="POST .*/invoke", status=200, body=body))
    output = await invoked(gateway, function_id, "data:,x")
    [(name, text)] = expected.items()
    assert text in output[name][0].values()


@pytest.mark.parametrize("body", [[{"labelName": 5}], {"labelName": []}, {"confidence": "x"}])
async def test_an_output_of_another_shape_is_the_upstreams_fault(gateway: Gateway, body: Any) -> None:
    gateway.sandbox.invoke.faults.set(Fault("status", match="POST .*/invoke", status=200, body=body))
    function_id = TAGS_ID if isinstance(body, list) else SPAM_ID
    answer = await gateway.post(INVOKE, {"input": {"functionId": function_id, "data": "x"}})
    assert answer.errors == [("invokeFunction", "UPSTREAM_INVALID", "invoke")]


async def test_a_function_is_looked_up_once_whoever_invokes_it(gateway: Gateway) -> None:
    for key in ("user", "admin", "user"):
        answer = await gateway.post(INVOKE, {"input": {"functionId": SPAM_ID, "data": "x"}}, key=key)
        assert answer.data["invokeFunction"]["labelName"]
    assert [line.partition(" ")[0] for line in lines(gateway)] == ["GET", "POST", "POST", "POST"]


async def test_a_function_that_was_listed_or_named_is_not_looked_up(gateway: Gateway) -> None:
    await gateway.post("{ trainedFunctions { id } }")
    await invoked(gateway, SPAM_ID.removeprefix("function_"), "x")
    assert len(lines(gateway)) == 2
    gateway.sandbox.invoke.log.clear()
    await invoked(gateway, TAGS_ID, "x", output="tags")
    assert lines(gateway) == [f"POST /v0.9/functions/{TAGS_ID}/invoke?capture=false"]


async def test_a_public_function_is_invoked_without_a_credential_in_one_request(
    sandbox: Sandbox, settings: Settings
) -> None:
    async with serving(with_upstream(settings, "invoke", credential=NoCredential()), sandbox) as gateway:
        answer = await gateway.post(INVOKE, {"input": {"functionId": PUBLIC_ID, "data": "Hello friend!"}}, key=None)
        assert answer.data["invokeFunction"]["labelName"] == "Not toxic"
        assert gateway.sandbox.invoke.log.lines == [f"POST /v1/functions/{PUBLIC_ID}/invoke?capture=true"]
        assert "Authorization" not in gateway.sandbox.invoke.log.requests[0].headers
        private = await gateway.post(INVOKE, {"input": {"functionId": SPAM_ID, "data": "x"}}, key=None)
        assert private.errors == [("invokeFunction", "UNAUTHENTICATED", "invoke")]


async def test_an_anonymous_caller_cannot_use_the_gateways_account(gateway: Gateway) -> None:
    answer = await gateway.post(INVOKE, {"input": {"functionId": SPAM_ID, "data": "x"}}, key=None)
    assert answer.errors == [("invokeFunction", "UNAUTHENTICATED", "invoke")]
    assert gateway.sandbox.invoke.log.lines == []


async def test_a_caller_with_a_wrong_key_of_their_own_changes_nothing_for_others(
    sandbox: Sandbox, settings: Settings
) -> None:
    async with serving(with_upstream(settings, "invoke", credential=ForwardCredential()), sandbox) as gateway:
        answer = await gateway.post(INVOKE, {"input": {"functionId": TAGS_ID, "data": "x"}})
        assert answer.errors == [("invokeFunction", "UNAUTHENTICATED", "invoke")]
        assert lines(gateway) == [f"GET /v1/functions/{TAGS_ID}"]


async def test_an_untrained_function_says_so(gateway: Gateway) -> None:
    answer = await gateway.post(INVOKE, {"input": {"functionId": UNTRAINED_ID, "data": "x"}})
    assert answer.errors == [("invokeFunction", "BAD_INPUT", "invoke")]
    assert answer.body["errors"][0]["message"] == "No model available to invoke function"


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "Give one of `data`, `file` and `sampleId` for each input."),
        ({"data": "x", "sampleId": "s"}, "Give one of `data`, `file` and `sampleId` for each input."),
        ({"data": "x", "output": "Nonsense"}, "`output` must be one of Classification, Tags, Detection, BoxDetect, "),
        ({"sampleId": "s", "output": "Ocr"}, "`sampleId` is for Search functions; this one's output is Ocr."),
        ({"data": "x", "output": "Tags", "modelId": "m"}, "`modelId` cannot be pinned for the output Tags."),
    ],
)
async def test_a_wrong_invocation_is_refused_before_anything_is_sent(
    gateway: Gateway, members: dict[str, Any], message: str
) -> None:
    answer = await gateway.post(INVOKE, {"input": {"functionId": SPAM_ID, **members}})
    assert [error["extensions"]["code"] for error in answer.body["errors"]] == ["BAD_INPUT"]
    assert answer.body["errors"][0]["message"].startswith(message)
    assert lines(gateway) == []


async def test_an_invocation_is_captured_unless_it_is_told_not_to(gateway: Gateway) -> None:
    await invoked(gateway, SPAM_ID, "hello you", capture=True, externalId="e-7", metadata={"from": "test"})
    await invoked(gateway, SPAM_ID, "hello them", externalId="e-8")
    answer = await gateway.post(
        f'{{ trainedFunction(input: {{id: "{SPAM_ID}"}}) {{ samples(input: {{count: 1}}) {{ data externalId }} '
        '  other: samples(input: {externalId: "e-8"}) { id } } }'
    )
    assert answer.data["trainedFunction"] == {
        "samples": [{"data": "hello you", "externalId": "e-7"}],
        "other": [],
    }


async def test_labels_fields_and_samples_belong_to_a_function(gateway: Gateway) -> None:
    answer = await gateway.post(
        f'{{ trainedFunction(input: {{id: "{TABULAR_ID}"}}) {{ labels(input: {{offset: 1, count: 1}}) {{ name }} '
        "  fields { id name type } samples(input: {offset: 16, count: 5, includeData: false}) { id data "
        "    annotations { labelId present } predictions { labelId } sampleSetIds } } }"
    )
    found = answer.data["trainedFunction"]
    assert found["labels"] == [{"name": "Adult"}]
    assert found["fields"] == [
        {"id": "field_name000000000000", "name": "Name", "type": "Text"},
        {"id": "field_age0000000000000", "name": "age", "type": "Number"},
    ]
    child = {"labelId": "label_child00000000000"}
    assert found["samples"] == [
        {
            "id": f"sample_agegroups000000{number}",
            "data": None,
            "annotations": [child | {"present": None}],
            "predictions": [child],
            "sampleSetIds": [],
        }
        for number in (2, 1)
    ]


async def test_a_tags_sample_has_an_annotation_and_a_prediction_for_each_label(gateway: Gateway) -> None:
    answer = await gateway.post(
        f'{{ trainedFunction(input: {{id: "{TAGS_ID}"}}) {{ samples(input: {{count: 1}}) {{ '
        "  annotations { labelId present } predictions { labelId confidence } } } }"
    )
    [sample] = answer.data["trainedFunction"]["samples"]
    assert [annotation["present"] for annotation in sample["annotations"]] == [False, False, False]
    assert len(sample["predictions"]) == 3


async def test_labels_of_many_functions_take_one_request_each_and_none_twice(gateway: Gateway) -> None:
    answer = await gateway.post("{ trainedFunctions(input: {count: 6}) { labels { id } again: labels { name } } }")
    assert len(answer.data["trainedFunctions"]) == 6
    assert [line.rpartition("/")[2] for line in lines(gateway)] == ["functions"] + ["labels"] * 6


async def test_lists_follow_the_vendors_pages_as_far_as_they_are_needed(
    sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    async with invoking(sandbox, settings, tmp_path / "invoke", rows=250) as gateway:
        answer = await gateway.post("{ trainedFunctions(input: {offset: 95, count: 10}) { id } }")
        assert len(answer.data["trainedFunctions"]) == 10
        assert lines(gateway) == ["GET /v1/functions", "GET /v1/functions?startIndex=100"]


@pytest.mark.parametrize(
    "link", ["https://evil.example/v1", "//evil.example/v1", "@evil.example", "v1/functions", "/v1/a b", ""]
)
async def test_a_next_page_elsewhere_is_not_followed(gateway: Gateway, link: str) -> None:
    gateway.sandbox.invoke.faults.set(
        Fault("status", match="GET", status=200, body=[{"id": "a"}], headers={"Link": f'<{link}>; rel="next"'})
    )
    answer = await gateway.post("{ trainedFunctions { id } }")
    assert answer.errors == [("trainedFunctions", "UPSTREAM_INVALID", "invoke")]
    assert lines(gateway) == ["GET /v1/functions"]


async def test_pages_without_end_are_cut_off(sandbox: Sandbox, settings: Settings, tmp_path: Path) -> None:
    async with invoking(sandbox, settings, tmp_path / "invoke") as gateway:
        page = Fault("status", match="GET", status=200, body=[], headers={"Link": '</v1/functions>; rel="next"'})
        gateway.sandbox.invoke.faults.set(page)
        answer = await gateway.post("{ trainedFunctions { id } }")
        assert answer.errors == [("trainedFunctions", "UPSTREAM_INVALID", "invoke")]
        assert len(lines(gateway)) == 100


async def test_a_function_that_is_not_there_is_null(gateway: Gateway) -> None:
    answer = await gateway.post('{ trainedFunction(input: {id: "nothing"}) { id labels { id } } }')
    assert answer.body == {"data": {"trainedFunction": None}}


async def test_samples_of_a_public_function_are_forbidden_and_cost_only_their_field(gateway: Gateway) -> None:
    answer = await gateway.post(f'{{ trainedFunction(input: {{id: "{PUBLIC_ID}"}}) {{ name samples {{ id }} }} }}')
    assert answer.body["data"] == {"trainedFunction": {"name": PUBLIC_ID, "samples": None}}
    assert answer.errors == [("trainedFunction", "FORBIDDEN", "invoke")]


@pytest.mark.parametrize("output", ["Classification", "Tags", "Search", "Ocr"])
async def test_a_hostile_id_stays_one_segment_of_an_invocation(gateway: Gateway, output: str) -> None:
    for value in HOSTILE:
        await gateway.post(INVOKE, {"input": {"functionId": value, "data": "x", "output": output}})
    assert len(lines(gateway)) == len(HOSTILE)
    for line in lines(gateway):
        path = line.removeprefix("POST ").partition("?")[0].split("/")
        assert (len(path), path[-1]) == (5, "ocr" if output == "Ocr" else "invoke")
        assert not set(path[3]) & set("?#\\ ")


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "../list"])
async def test_an_id_that_is_no_segment_is_never_invoked(gateway: Gateway, value: str) -> None:
    for members in ({}, {"output": "Tags"}):
        answer = await gateway.post(INVOKE, {"input": {"functionId": value, "data": "x", **members}})
        assert answer.errors == [("invokeFunction", "BAD_INPUT", None)]
    assert gateway.sandbox.invoke.log.lines == []


async def test_a_sentiment_is_known_in_one_request_when_the_kind_is_given(gateway: Gateway) -> None:
    await gateway.post("{ trainedFunctions(input: {count: 1}) { id } }")  # the token is fetched
    gateway.sandbox.invoke.log.clear()
    output = await invoked(gateway, SENTIMENT_ID, "I love it", output="Classification")
    assert (output["labelName"], gateway.counts) == ("Positive", {"invoke": 1})
