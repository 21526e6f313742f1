"""What is there from the start: five profiles, a predictor for each thing one can do, and many generated ones.

The same on every machine: whatever varies, varies by a row's number.
"""

from __future__ import annotations

from typing import Any

from gateway.sandbox.prediction.authorization import AUTHORIZATION_PATH
from gateway.sandbox.prediction.records import Records, new_predictor
from gateway.sandbox.store import Document

CREATED = "2023-11-01T09:00:00.000Z"
LICENSE = "https://www.apache.org/licenses/LICENSE-2.0"
INVALID_ERROR = "The notebook does not define a `predict` function"
TASKS = (
    ("greeting", "greeter", "Greets people by name"),
    ("sum", "adder", "Adds numbers of any shape"),
    ("image", "painter", "Paints a pattern"),
    ("identity", "mirror", "Answers what it is given"),
    ("stream", "narrator", "Says a text word by word"),
)
ADJECTIVES = ("quick", "quiet", "bright", "steady", "gentle", "clever", "tiny", "bold", "calm", "keen", "plain")


def seed(records: Records, rows: int) -> None:
    """Fill empty records: the named predictors, and ``rows`` generated ones of ``natml`` and ``yusuf``."""
    records.profiles.fill({profile["username"]: profile for profile in _profiles()})
    predictors = [*_named_predictors(), *(_generated_predictor(number) for number in range(rows))]
    records.predictors.fill({predictor["tag"]: predictor for predictor in predictors})


def _profiles() -> list[Document]:
    return [
        _profile("yusuf", "Yusuf", email="yusuf@example.com", bio="Makes predictors."),
        _profile("ada", "Ada", email="ada@example.com", bio="Keeps notes."),
        _organization("natml", "NatML", owner="yusuf", website="https://natml.ai", github="natmlx"),
        _organization("fxn", "Function", owner="yusuf", website="https://fxn.ai", github="fxnai"),
        _organization("samplefxn", "Sample Function", bio="Sells predictions.", authorizationUrl=AUTHORIZATION_PATH),
    ]


def _profile(username: str, name: str, **members: str) -> Document:
    unset = dict.fromkeys(("owner", "avatar", "bio", "website", "github", "email"))
    return {"type": "User", "username": username, "name": name, "created": CREATED, **unset, **members}


def _organization(username: str, name: str, **members: str) -> Document:
    return {**_profile(username, name, **members), "type": "Organization"}


def _named_predictors() -> list[Document]:
    return [
        _predictor("@fxn/greeting", "greeting", "Greets somebody by name.", license=LICENSE),
        _predictor("@fxn/identity", "identity", "Answers its inputs, in the order given."),
        _predictor("@fxn/stream", "stream", "Says a text word by word, as a stream."),
        _predictor("@fxn/fail", "fail", "Fails, with the text of your choice."),
        _predictor("@fxn/edge", "echo", "Runs on the device.", type="EDGE", acceleration=None),
        _predictor("@fxn/image", "image", "Paints a PNG image."),
        _predictor("@fxn/sum", "sum", "Adds all numbers of its inputs.", acceleration="A40"),
        _predictor("@ada/notes", "echo", "Ada's own.", access="PRIVATE"),
        _predictor("@samplefxn/some-predictor", "greeting", "For subscribers.", access="PRIVATE"),
    ]


def _generated_predictor(number: int) -> Document:
    function, noun, description = TASKS[number % len(TASKS)]
    owner = "natml" if number % 3 else "yusuf"
    is_edge = number % 7 == 6
    return _predictor(
        f"@{owner}/{ADJECTIVES[number % len(ADJECTIVES)]}-{noun}-{number:03d}",
        function,
        f"{description}, number {number}.",
        access="PRIVATE" if number % 10 == 9 else "PUBLIC",
        type="EDGE" if is_edge else "CLOUD",
        acceleration=None if is_edge else ("CPU", "A40", "A100")[number % 3],
        predictions=number * 37 % 1000,
        created=f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}T{number % 24:02d}:00:00.000Z",
        license=LICENSE if number % 2 else None,
        **_status(number),
    )


def _status(number: int) -> dict[str, Any]:
    """One in twenty each is archived, invalid, or provisioning and stays so."""
    match number % 20:
        case 5:
            return {"status": "ARCHIVED"}
        case 11:
            return {"status": "INVALID", "error": INVALID_ERROR}
        case 17:
            return {"status": "PROVISIONING"}
    return {}


def _predictor(tag: str, function: str, description: str, **members: Any) -> Document:
    owner, _, name = tag[1:].partition("/")
    return new_predictor(
        tag,
        owner,
        function,
        **{"created": CREATED, "description": description, "card": f"# {name}\n\n{description}", **members},
    )
