"""fxn 0.0.42 to 0.0.48 from PyPI, unmodified: every call that they make to ``/v1``, and what they get."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.clients.running import Run
from tests.clients.test_fxn import FXN, VALUES, YUSUF

pytestmark = pytest.mark.slow

RELEASES = ["0.0.42", "0.0.47", "0.0.48"]
Fxn = Callable[[str], Run]


def refusal(status: int, text: str) -> str:
    return f"FunctionAPIError: FunctionAPIError: {text} (Status Code: {status})"


@pytest.mark.parametrize("release", ["0.0.42", "0.0.47"])
def test_it_is_imported(fxn: Fxn, release: str) -> None:
    assert fxn(release).gives("import") == "fxn"


def test_0_0_48_lacks_a_name_of_its_own_which_the_driver_lends_it(fxn: Fxn) -> None:
    text = "cannot import name 'GGUFInferenceMetadata' from 'fxn.beta.metadata'"
    assert fxn("0.0.48").raises("import").startswith(f"ImportError: {text}")


@pytest.mark.parametrize("release", RELEASES)
def test_users(fxn: Fxn, release: str) -> None:
    run = fxn(release)
    assert run.gives("user") == {**YUSUF, "email": "yusuf@example.com"}
    assert run.gives("user with a wrong key") is None
    assert run.gives("anonymous user") is None


@pytest.mark.parametrize("release", RELEASES)
def test_predictors(fxn: Fxn, release: str) -> None:
    run = fxn(release)
    found = run.gives("predictor")
    assert (found["tag"], found["owner"]["username"], found["status"]) == ("@fxn/greeting", FXN["username"], "ACTIVE")
    assert (found["access"], found["description"]) == ("PUBLIC", "Greets somebody by name.")
    assert [parameter["name"] for parameter in found["signature"]["inputs"]] == ["name"]
    assert [parameter["name"] for parameter in found["signature"]["outputs"]] == ["greeting"]
    assert run.gives("unknown predictor") is run.gives("private predictor") is None


@pytest.mark.parametrize("release", RELEASES)
def test_a_device_gets_a_token_and_resources(fxn: Fxn, release: str) -> None:
    made = fxn(release).gives("edge")
    assert (made["tag"], len(made["configuration"])) == ("@fxn/edge", 32)
    assert [(resource["type"], resource["name"]) for resource in made["resources"]] == [
        ("dso", "fxn-sandbox-predictor.so"),
        ("fxn", "fxn-sandbox-runtime.so"),
    ]
    text = "There is no predictor @fxn/nothing"
    assert fxn(release).raises("edge of an unknown predictor") == refusal(404, text)


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("release", RELEASES)
def test_a_value_comes_back_as_it_was_sent(fxn: Fxn, release: str, name: str) -> None:
    assert fxn(release).gives(name) == VALUES[name]


@pytest.mark.parametrize("release", RELEASES)
def test_null_and_bytes_come_back_as_they_were_sent(fxn: Fxn, release: str) -> None:
    assert fxn(release).gives("null") == [None]
    assert fxn(release).gives("bytes") == [{"bytes": "raw"}]


@pytest.mark.parametrize("release", RELEASES)
def test_values_of_four_mebibytes_travel_in_the_request_and_larger_ones_are_uploaded(fxn: Fxn, release: str) -> None:
    run = fxn(release)
    assert run.gives("four MiB twice") == [2**21]
    assert run.gives("upload") == [2**20 + 1]
    assert len([line for line in run.requests if line.startswith("PUT /upload/value/")]) == 1


@pytest.mark.parametrize("release", RELEASES)
def test_remote_predictions(fxn: Fxn, release: str) -> None:
    run = fxn(release)
    made = run.gives("prediction")
    assert (made["tag"], made["results"], made["logs"]) == ("@fxn/greeting", ["Hello, World!"], "Greeting World\n")
    failed = run.gives("failure")
    assert (failed["results"], failed["error"]) == (None, "Why not")
    assert run.gives("anonymous prediction") == ["Hello, World!"]
    text = "There is no predictor @fxn/nothing"
    assert run.raises("prediction of an unknown predictor") == refusal(404, text)


@pytest.mark.parametrize("release", RELEASES)
def test_archiving_and_deleting(fxn: Fxn, release: str) -> None:
    run = fxn(release)
    assert run.gives("archive") is run.gives("delete") is None
    assert (run.gives("archived"), run.gives("deleted")) == ("ARCHIVED", None)


@pytest.mark.parametrize("release", ["0.0.47", "0.0.48"])
def test_a_stream_of_server_sent_events(fxn: Fxn, release: str) -> None:
    events = fxn(release).gives("stream")
    assert {event["event"] for event in events} == {"prediction"}
    texts = [event["data"]["results"][0]["data"].partition(",")[2] for event in events]
    assert texts == ["YQ==", "YSBi", "YSBiIGM="]


@pytest.mark.parametrize("release", ["0.0.47", "0.0.48"])
def test_a_decorated_function(fxn: Fxn, release: str) -> None:
    assert fxn(release).gives("decorated function") == "Hello, Ada!"
