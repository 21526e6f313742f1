"""fxn 0.0.12 to 0.0.40 from PyPI, unmodified: every call that they make to ``/graph``, and what they get."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest

from tests.clients.running import Run

pytestmark = pytest.mark.slow

MODULE = ["0.0.12", "0.0.19", "0.0.21"]
FUNCTION = ["0.0.24", "0.0.35", "0.0.40"]
WITH_CREATE = [*MODULE, "0.0.24", "0.0.35"]
BY_GRAPH = [*MODULE, "0.0.24"]
"""Releases whose predictions are GraphQL."""

Fxn = Callable[[str], Run]

UNSET = dict.fromkeys(("email", "name", "avatar", "bio", "website", "github"))
CREATED = "2023-11-01T09:00:00Z"
YUSUF = {**UNSET, "username": "yusuf", "created": CREATED, "name": "Yusuf", "bio": "Makes predictors."}
ADA = {**UNSET, "username": "ada", "created": CREATED, "name": "Ada", "bio": "Keeps notes."}
FXN = {
    **UNSET, "username": "fxn", "created": CREATED, "name": "Function", "website": "https://fxn.ai", "github": "fxnai"
}  # fmt: skip


def refusal(release: str, status: int, text: str) -> str:
    """How a release raises a 4xx: those until 0.0.23 lose the message."""
    if release in MODULE:
        return f"HTTPError: {status} Client Error: {HTTPStatus(status).phrase} for url: GATEWAY"
    return f"RuntimeError: {text}"


def tags(predictors: Any) -> list[str]:
    return [predictor["tag"] for predictor in predictors]


@pytest.mark.parametrize("release", [*MODULE, *FUNCTION])
def test_users(fxn: Fxn, release: str) -> None:
    run = fxn(release)
    assert run.gives("user") == {**YUSUF, "email": "yusuf@example.com"}
    assert run.gives("user by name") == ADA
    assert run.gives("organization") == FXN
    assert run.gives("unknown user") is None
    assert run.raises("user with a wrong key") == refusal(release, 401, "Invalid access key")
    text = "An access key is needed: send it as `Authorization: Bearer KEY`"
    assert run.raises("anonymous user") == refusal(release, 401, text)


@pytest.mark.parametrize("release", [*MODULE, "0.0.35", "0.0.40"])
def test_a_predictor(fxn: Fxn, release: str) -> None:
    found = fxn(release).gives("predictor")
    assert (found["tag"], found["owner"], found["name"]) == ("@fxn/greeting", FXN, "greeting")
    assert (found["status"], found["access"], found["created"]) == ("ACTIVE", "PUBLIC", CREATED)
    assert found["description"] == "Greets somebody by name."
    assert found["readme" if release == "0.0.12" else "card"] == "# greeting\n\nGreets somebody by name."
    assert (found["media"], found["license"]) == (None, "https://www.apache.org/licenses/LICENSE-2.0")
    if release != "0.0.40":
        assert (found["type"], found["acceleration"]) == ("CLOUD", "CPU")
    assert fxn(release).gives("unknown predictor") is None


@pytest.mark.parametrize("release", [*MODULE, "0.0.35", "0.0.40"])
def test_a_signature_with_its_default(fxn: Fxn, release: str) -> None:
    signature = fxn(release).gives("predictor")["signature"]
    [given], [output] = signature["inputs"], signature["outputs"]
    assert (given["name"], given["type"], given["optional"]) == ("name", "string", True)
    value = {"data": "data:text/plain;base64,V29ybGQ=", "type": "string", "shape": None}
    assert given["default_value"] == ("World" if release in MODULE else value)
    assert (output["name"], output["type"], output["optional"]) == ("greeting", "string", None)


def test_0_0_24_cannot_retrieve_a_predictor_by_its_own_fault(fxn: Fxn) -> None:
    fault = "AttributeError: 'GraphClient' object has no attribute 'queryfxn'"
    assert fxn("0.0.24").raises("predictor") == fxn("0.0.24").raises("unknown predictor") == fault


@pytest.mark.parametrize("release", [*MODULE, *FUNCTION])
def test_lists_of_predictors(fxn: Fxn, release: str) -> None:
    run = fxn(release)
    assert tags(run.gives("own predictors")) == ["@yusuf/quick-greeter-000", "@yusuf/steady-mirror-003"]
    [archived] = run.gives("archived predictors")
    assert (archived["tag"], archived["status"]) == ("@natml/clever-greeter-005", "ARCHIVED")
    assert run.gives("predictors of an unknown user") is None


@pytest.mark.parametrize("release", ["0.0.19", "0.0.21", *FUNCTION])
def test_search(fxn: Fxn, release: str) -> None:
    assert tags(fxn(release).gives("search")) == ["@fxn/greeting"]


def test_0_0_12_never_sends_a_search_by_its_own_fault(fxn: Fxn) -> None:
    assert fxn("0.0.12").raises("search") == "TypeError: 'str' object is not callable"


@pytest.mark.parametrize("release", FUNCTION)
def test_a_predictor_without_a_signature_is_no_problem(fxn: Fxn, release: str) -> None:
    [found] = fxn(release).gives("provisioning predictors")
    assert (found["status"], found["signature"]) == ("PROVISIONING", {"inputs": [], "outputs": []})


@pytest.mark.parametrize("release", WITH_CREATE)
def test_creating_a_predictor_from_a_notebook_that_is_uploaded_first(fxn: Fxn, release: str) -> None:
    run = fxn(release)
    created = run.gives("create")
    assert (created["tag"], created["owner"], created["status"]) == ("@yusuf/new", YUSUF, "PROVISIONING")
    assert (created["type"], created["access"], created["acceleration"]) == ("CLOUD", "PRIVATE", "CPU")
    assert (created["description"], created["signature"]) == ("New.", {"inputs": [], "outputs": []})
    overwritten = run.gives("overwrite")
    assert (overwritten["type"], overwritten["access"], overwritten["acceleration"]) == ("EDGE", "PUBLIC", None)
    assert run.raises("create again") == refusal(release, 409, "There is a predictor @yusuf/new already")
    text = "The description must be at most 200 characters"
    assert run.raises("long description") == refusal(release, 400, text)
    assert len([line for line in run.requests if line.startswith("PUT /upload/notebook/")]) == 4


@pytest.mark.parametrize("release", [*MODULE, *FUNCTION])
def test_archiving_and_deleting_predictors(fxn: Fxn, release: str) -> None:
    run = fxn(release)
    assert run.gives("archive")["status"] == "ARCHIVED"
    assert run.gives("delete") is True
    deleted = "@yusuf/new" if release in MODULE else "@yusuf/keen-narrator-009"
    assert run.raises("delete again") == refusal(release, 404, f"There is no predictor {deleted}")
    used = "@yusuf/steady-mirror-003 is public and has been used: it can be archived, but not deleted"
    assert run.raises("delete used") == refusal(release, 400, used)


VALUES = {
    "string": "héllo",
    "float": 2.5,
    "integer": 7,
    "boolean": True,
    "list": [1, "a", None],
    "dictionary": {"k": [1.5]},
    "array": {"dtype": "int16", "items": [[1, 2], [3, 4]]},
    "flags": {"dtype": "bool", "items": [True, False]},
    "image": {"size": [4, 2], "mode": "RGBA", "pixel": [1, 2, 3, 4]},
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("release", [*BY_GRAPH, "0.0.35"])
def test_a_value_comes_back_as_it_was_sent(fxn: Fxn, release: str, name: str) -> None:
    assert fxn(release).gives(name) == VALUES[name]


@pytest.mark.parametrize("release", ["0.0.19", "0.0.21", "0.0.24", "0.0.35"])
def test_null_comes_back_as_it_was_sent(fxn: Fxn, release: str) -> None:
    assert fxn(release).gives("null") == [None]


def test_0_0_12_knows_no_null(fxn: Fxn) -> None:
    assert fxn("0.0.12").raises("null") == "TypeError: 'NoneType' object is not callable"


@pytest.mark.parametrize("release", [*BY_GRAPH, "0.0.35"])
def test_large_inputs_are_uploaded_and_found(fxn: Fxn, release: str) -> None:
    run = fxn(release)
    assert run.gives("upload") == [1999000]
    kind = "feature" if release == "0.0.12" else "value"
    assert len([line for line in run.requests if line.startswith(f"PUT /upload/{kind}/")]) == 1


@pytest.mark.parametrize("release", MODULE)
def test_outputs_over_the_limit_come_as_a_web_url(fxn: Fxn, release: str) -> None:
    assert fxn(release).gives("web output") == ["x" * 100]
    text = {"data": "data:text/plain;base64,SGVsbG8sIEFkYSE=", "type": "string", "shape": None}
    assert fxn(release).gives("raw outputs") == [text]


@pytest.mark.parametrize("release", [*BY_GRAPH, "0.0.35"])
def test_predictions(fxn: Fxn, release: str) -> None:
    run = fxn(release)
    made = run.gives("prediction")
    assert (made["tag"], made["type"], made["results"]) == ("@fxn/greeting", "CLOUD", ["Hello, World!"])
    assert (made["error"], made["logs"]) == (None, "Greeting World\n")
    assert made["latency"] >= 0
    failed = run.gives("failure")
    assert (failed["results"], failed["error"], failed["logs"]) == (None, "Why not", "About to fail\n")
    assert run.gives("painted") == [{"size": [20, 10], "mode": "RGBA", "pixel": [0, 0, 0, 255]}]
    assert run.gives("anonymous prediction") == ["Hello, you!"]


@pytest.mark.parametrize("release", [*MODULE, *FUNCTION])
def test_a_prediction_of_an_unknown_predictor_is_refused(fxn: Fxn, release: str) -> None:
    text = "There is no predictor @fxn/nothing"
    assert fxn(release).raises("prediction of an unknown predictor") == refusal(release, 404, text)


@pytest.mark.parametrize("release", MODULE)
def test_an_edge_prediction_of_2023_has_nothing_but_its_head(fxn: Fxn, release: str) -> None:
    made = fxn(release).gives("edge")
    assert made.keys() == {"id", "tag", "type", "created"}
    assert (made["tag"], made["type"]) == ("@fxn/edge", "EDGE")


@pytest.mark.parametrize("release", FUNCTION)
def test_an_edge_prediction_of_2024_has_a_token_and_resources(fxn: Fxn, release: str) -> None:
    made = fxn(release).gives("edge")
    assert (made["tag"], made["results"]) == ("@fxn/edge", None)
    assert len(made["configuration"]) == 32
    assert [resource["url"].rpartition("/")[2] for resource in made["resources"]] == [
        "fxn-sandbox-predictor.so",
        "fxn-sandbox-runtime.so",
    ]


def test_0_0_40_gets_a_cloud_prediction_without_inputs(fxn: Fxn) -> None:
    made = fxn("0.0.40").gives("prediction")
    [result] = made["results"]
    assert (made["tag"], result["type"], result["stringValue"]) == ("@fxn/greeting", "string", "Hello, World!")
    assert result["data"] == "data:text/plain;base64,SGVsbG8sIFdvcmxkIQ=="
    assert fxn("0.0.40").gives("anonymous prediction") == [result]


def test_0_0_24_streams(fxn: Fxn) -> None:
    assert fxn("0.0.24").gives("stream") == [["a"], ["a b"], ["a b c"]]


def test_0_0_35_never_sends_a_stream_by_its_own_fault(fxn: Fxn) -> None:
    assert fxn("0.0.35").raises("stream") == "TypeError: Cannot serialize non-str key None"


@pytest.mark.parametrize("release", WITH_CREATE)
def test_environment_variables(fxn: Fxn, release: str) -> None:
    run = fxn(release)
    token, key = ({"name": name, "value": "xxxxxxxx"} for name in ("TOKEN", "KEY"))
    assert (run.gives("set variable"), run.gives("set variable of an organization")) == (token, key)
    assert (run.gives("variables"), run.gives("variables of an organization")) == ([token], [key])
    assert run.raises("variables of somebody else") == refusal(release, 403, "ada is not yours")
    assert run.gives("delete variable") is True
    text = "yusuf has no environment variable 'TOKEN'"
    assert run.raises("delete variable again") == refusal(release, 404, text)


@pytest.mark.parametrize("release", WITH_CREATE)
def test_uploads(fxn: Fxn, release: str) -> None:
    run = fxn(release)
    mime = "text/plain" if release == "0.0.35" else "application/octet-stream"
    assert run.gives("small file") == f"data:{mime};base64,dGV4dA=="
    assert "/upload/media/k/" in run.gives("upload URL")
    [put] = [line for line in run.requests if line.startswith("PUT /upload/media/")]
    path = put.removeprefix("PUT ").partition("?")[0]
    host, separator, _ = run.gives("large file").partition(path)
    assert separator
    # From 0.0.28 on, the host is the vendor's; the upstream looks at the path only.
    assert host.startswith("http://cdn.fxn.ai" if release == "0.0.35" else "http://127.0.0.1:")
