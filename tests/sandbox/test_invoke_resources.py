"""The invoke stand-in: functions, labels, fields, samples and annotations, over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.invoke.seed import (
    SENTIMENT_ID,
    SPAM_ID,
    TABULAR_ID,
    TAGS_ID,
    UNTRAINED_ID,
)
from tests.sandbox.invoke_api import FORBIDDEN, FORM, NAMED, NO_MODEL, Api, running


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path) as api:
        yield api


async def test_functions_are_listed_in_pages_of_100_that_name_the_next(tmp_path: Path) -> None:
    async with running(tmp_path, rows=300) as api:
        functions: list[Any] = []
        following: str | None = "/v1/functions"
        while following:
            async with api.session.get(api.server.url + following) as answer:
                functions += await answer.json()
                link = answer.headers.get("Link", "")
            following = link.removeprefix("<").removesuffix('>; rel="next"') or None
        assert api.server.log.lines == [
            "GET /v1/functions",
            "GET /v1/functions?startIndex=100",
            "GET /v1/functions?startIndex=200",
            "GET /v1/functions?startIndex=300",
        ]
    assert (len(functions), len({function["id"] for function in functions})) == (300 + NAMED, 300 + NAMED)
    assert [function["id"] for function in functions if "name" not in function] == [UNTRAINED_ID]


@pytest.mark.parametrize("prefix", ["", "/nyckel.com"])
async def test_a_path_works_under_nyckel_com_and_its_next_page_is_named_without(tmp_path: Path, prefix: str) -> None:
    async with running(tmp_path, rows=120) as api:
        async with api.session.get(f"{api.server.url}{prefix}/v1/functions?x=1") as answer:
            assert answer.headers["Link"] == '</v1/functions?x=1&startIndex=100>; rel="next"'
        async with api.session.post(f"{api.server.url}{prefix}/connect/token", data=FORM) as answer:
            assert answer.status == 200


@pytest.mark.parametrize("function_id", [SPAM_ID, SPAM_ID.removeprefix("function_")])
async def test_the_prefix_of_an_id_may_be_left_out(api: Api, function_id: str) -> None:
    assert await api("GET", f"/v1/functions/{function_id}") == (
        200,
        {
            "id": SPAM_ID,
            "projectId": "project_sandbox000000001",
            "name": "spam-or-not",
            "input": "Text",
            "output": "Classification",
        },
    )
    assert (await api.invoke(function_id, "hello"))[0] == 200


async def test_a_function_that_is_not_there_is_forbidden(api: Api) -> None:
    assert await api("GET", "/v1/functions/nope") == FORBIDDEN
    assert await api.invoke("nope", "x") == FORBIDDEN
    assert await api("GET", "/v1/functions/a%2Fb") == FORBIDDEN


async def test_a_new_function_can_be_taught_by_its_samples(api: Api) -> None:
    status, function = await api("POST", "/v1/functions", {"name": "mine", "input": "Text", "output": "Classification"})
    path = f"/v1/functions/{function['id']}"
    assert (status, set(function)) == (200, {"id", "projectId", "name", "input", "output"})
    for name in ("Cat", "Dog"):
        assert (await api("POST", path + "/labels", {"name": name}))[0] == 200
    await api("POST", path + "/samples", {"data": "meow purr", "annotation": {"labelName": "Cat"}})
    assert await api.invoke(function["id"], "purr") == NO_MODEL
    status, dog = await api("POST", path + "/samples", {"data": "woof bark", "annotation": {"labelName": "Dog"}})
    assert (status, await api.label_of(function["id"], "purr")) == (200, "Cat")
    assert await api.label_of(function["id"], "bark") == "Dog"
    assert await api("DELETE", f"{path}/samples/{dog['id']}") == (200, None)
    assert await api.invoke(function["id"], "bark") == NO_MODEL
    assert await api("DELETE", path) == (200, None)
    assert await api("GET", path) == FORBIDDEN


@pytest.mark.parametrize("changed", [{"input": "Sound"}, {"output": "OCR"}, {"name": 5}])
async def test_a_function_of_an_unknown_kind_is_not_made(api: Api, changed: dict[str, Any]) -> None:
    body = {"name": "mine", "input": "Text", "output": "Classification"}
    status, answer = await api("POST", "/v1/functions", body | changed)
    assert (status, answer["message"].split()[0]) == (400, next(iter(changed)))


async def test_labels_are_made_changed_and_deleted(api: Api) -> None:
    labels = f"/v1/functions/{SPAM_ID}/labels"
    status, label = await api("POST", labels, {"name": "Unsure", "description": None, "metadata": {"a": "b"}})
    assert (status, label) == (200, {"id": label["id"], "name": "Unsure", "metadata": {"a": "b"}})
    exists = (409, {"message": "Label Unsure already exists."})
    assert await api("POST", labels, {"name": "Unsure"}) == exists
    one = f"{labels}/{label['id'].removeprefix('label_')}"
    changed = {"id": label["id"], "name": "Maybe", "description": "Look again"}
    assert await api("PUT", one, {"name": "Maybe", "description": "Look again"}) == (200, changed)
    assert await api("GET", one) == (200, changed)
    assert [each["name"] for each in (await api("GET", labels))[1]] == ["Spam", "Not spam", "Maybe"]
    assert await api("DELETE", one) == (200, None)
    assert await api("GET", one) == (404, {"message": "Label not found."})


async def test_a_deleted_label_takes_its_annotations_along(api: Api) -> None:
    assert await api("DELETE", f"/v1/functions/{SENTIMENT_ID}/labels/label_neutral000000000") == (200, None)
    metrics = (await api("GET", f"/v0.9/functions/{SENTIMENT_ID}/metrics"))[1]
    counts = {"label_positive00000000": 26, "label_negative00000000": 26}
    assert (metrics["sampleCount"], metrics["annotatedLabelCounts"]) == (77, counts)
    assert len((await api.invoke(SENTIMENT_ID, "The bus", "?labelCount=9"))[1]["labelConfidences"]) == 2


async def test_fields_are_made_and_deleted_but_not_changed(api: Api) -> None:
    fields = f"/v1/functions/{TABULAR_ID}/fields"
    status, field = await api("POST", fields, {"name": "city", "type": "Text"})
    assert (status, field) == (200, {"id": field["id"], "name": "city", "type": "Text"})
    assert (await api.invoke(TABULAR_ID, {"city": "Oslo"}))[0] == 200
    assert await api("PUT", f"{fields}/{field['id']}", {"name": "town", "type": "Text"}) == (
        404,
        {"message": "Not Found"},
    )
    assert await api("DELETE", f"{fields}/{field['id']}") == (200, None)
    assert [each["name"] for each in (await api("GET", fields))[1]] == ["Name", "age"]
    assert (await api("POST", fields, {"name": "city", "type": "Date"}))[0] == 400


async def test_a_sample_is_stored_once_and_rows_by_field_id(api: Api) -> None:
    body: dict[str, Any] = {"data": {"Name": "Bo", "age": 34}, "externalId": None, "annotation": None, "sampleSets": []}
    status, sample = await api("POST", f"/v1/functions/{TABULAR_ID}/samples", body)
    assert (status, set(sample)) == (200, {"id", "data", "prediction"})
    assert sample["data"] == {"field_name000000000000": "Bo", "field_age0000000000000": 34}
    duplicate = {"message": "Duplicate sample", "existingSampleId": sample["id"]}
    assert await api("POST", f"/v1/functions/{TABULAR_ID}/samples", body) == (409, duplicate)


async def test_samples_are_filtered_sorted_and_paged(api: Api) -> None:
    assert len(await api.samples(SPAM_ID)) == 80
    newest = await api.samples(SPAM_ID, "?sortBy=creation&sortOrder=descending&batchSize=3")
    assert [sample["id"][-7:] for sample in newest] == ["0000080", "0000079", "0000078"]
    assert [sample["id"][-7:] for sample in await api.samples(SPAM_ID, "?startIndex=78&count=5")] == [
        "0000079",
        "0000080",
    ]
    assert len(await api.samples(SPAM_ID, "?annotationLabelId=spam000000000000&count=50")) == 40
    assert len(await api.samples(SPAM_ID, "?searchText=CRUISE")) == 1
    assert set((await api.samples(SPAM_ID, "?includeData=false"))[0]) == {"id", "annotation", "prediction"}


async def test_an_annotation_is_set_and_cleared(api: Api) -> None:
    sample_id = (await api("POST", f"/v1/functions/{SPAM_ID}/samples", {"data": "hm"}))[1]["id"]
    one = f"/v1/functions/{SPAM_ID}/samples/{sample_id}"
    spam = {"labelId": "label_spam000000000000"}
    assert await api("PUT", one + "/annotation", {"labelName": "Spam"}) == (200, spam)
    assert (await api("GET", one))[1]["annotation"] == spam
    assert await api("DELETE", one + "/annotation") == (200, None)
    assert "annotation" not in (await api("GET", one))[1]
    unknown = (400, {"message": "Label Nope does not exist."})
    assert await api("PUT", one + "/annotation", {"labelName": "Nope"}) == unknown


async def test_a_sample_of_tags_is_annotated_with_a_list(api: Api) -> None:
    annotation = [{"labelName": "Food"}, {"labelId": "music00000000000", "present": False}]
    body = {"data": "salt", "annotation": annotation}
    sample = (await api("POST", f"/v1/functions/{TAGS_ID}/samples", body))[1]
    assert sample["annotation"] == [
        {"labelId": "label_food000000000000", "present": True},
        {"labelId": "label_music00000000000", "present": False},
    ]
    assert len(sample["prediction"]) == 3
    metrics = (await api("GET", f"/v0.9/functions/{TAGS_ID}/metrics"))[1]
    assert metrics["annotatedLabelCounts"]["label_music00000000000"] == 27
    assert metrics["positiveAnnotatedLabelCounts"]["label_music00000000000"] == 8


async def test_what_was_taught_is_still_known_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path, rows=3) as api:
        await api("POST", f"/v1/functions/{SPAM_ID}/samples", {"data": "zebra", "annotation": {"labelName": "Spam"}})
        await api("DELETE", f"/v1/functions/{UNTRAINED_ID}")
    async with running(tmp_path, rows=3) as api:
        assert await api.label_of(SPAM_ID, "zebra") == "Spam"
        assert len((await api("GET", "/v1/functions"))[1]) == 3 + NAMED - 1


async def test_any_other_path_is_404(api: Api) -> None:
    assert await api("GET", "/v1/nothing") == (404, {"message": "Not Found"})
