"""The functions of a new stand-in: one of each kind, with its training samples, and as many more as asked for."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from gateway.sandbox.invoke.answers import given_keys
from gateway.sandbox.invoke.catalog import PUBLIC_ID, Catalog
from gateway.sandbox.invoke.functions import new_function
from gateway.sandbox.store import Document

SPAM_ID = "function_spamornot0000001"
SENTIMENT_ID = "function_sentiment0000001"
TAGS_ID = "function_topictags0000001"
TABULAR_ID = "function_agegroups0000001"
IMAGE_ID = "function_lightdark0000001"
SEARCH_ID = "function_searchfaq0000001"
OCR_ID = "function_readtexts0000001"
DETECTION_ID = "function_brightbox0000001"
UNTRAINED_ID = "function_untrained0000001"
PROJECT_ID = "project_sandbox000000001"

TRAINING = Path(__file__).parent / "training"
METADATA = {"Spam": {"action": "hide"}, "Not spam": {"action": "show"}}
DESCRIPTIONS = {"Spam": "Unwanted advertising and fraud"}
GENERATED = (
    ("Ticket routing", "Text", "Classification"),
    ("Photo quality", "Image", "Classification"),
    ("Churn risk", "Tabular", "Classification"),
    ("Article topics", "Text", "Tags"),
    ("Find a part", "Image", "Detection"),
    ("Similar questions", "Text", "Search"),
    ("Receipts", "Image", "Ocr"),
    ("Centre of a face", "Image", "Localization"),
    ("Shelf stock", "Image", "BoxDetect"),
)
PEOPLE = (
    ("Pim", 3), ("Mia", 6), ("Finn", 8), ("Ida", 11), ("Leo", 13), ("Zoe", 15),
    ("Anna", 24), ("Omar", 29), ("Ravi", 34), ("Clara", 38), ("Jun", 45), ("Nadia", 57),
    ("Gerda", 68), ("Walter", 71), ("Elsie", 74), ("Otto", 79), ("Mabel", 83), ("Hilda", 90),
)  # fmt: skip


def seed(catalog: Catalog, rows: int) -> None:
    """Fill an empty catalog with the named functions and then ``rows`` generated ones, which have no samples."""
    trained = [_spam(), _sentiment(), _topics(), _age_groups(), _light_or_dark(), _questions(), _toxic()]
    functions = [function for function, _ in trained] + _without_samples()
    catalog.fill([*functions, *map(_generated, range(rows))])
    for function, samples in trained:
        catalog.samples(function).fill({sample["id"]: sample for sample in samples})


Trained = tuple[Document, list[Document]]


def _spam() -> Trained:
    return _classification(SPAM_ID, "spam-or-not", "Text", _labelled_lines("spam.txt"))


def _sentiment() -> Trained:
    return _classification(SENTIMENT_ID, "sentiment", "Text", _labelled_lines("sentiment.txt"))


def _toxic() -> Trained:
    return _classification(PUBLIC_ID, PUBLIC_ID, "Text", _labelled_lines("toxic.txt"))


def _age_groups() -> Trained:
    fields = [_field("Name", "Text"), _field("age", "Number")]
    ids = [field["id"] for field in fields]
    rows = [(dict(zip(ids, person, strict=True)), _age_group(person[1])) for person in PEOPLE]
    function, samples = _classification(TABULAR_ID, "age-groups", "Tabular", rows)
    return function | {"fields": fields}, samples


def _age_group(age: int) -> str:
    return "Child" if age < 18 else "Adult" if age < 65 else "Senior"


def _light_or_dark() -> Trained:
    images = [(_pgm(shade), "Dark" if shade < 128 else "Light") for shade in range(8, 256, 16)]
    return _classification(IMAGE_ID, "light-or-dark", "Image", images)


def _topics() -> Trained:
    lines = [(text, tags.split(",") if tags else []) for text, tags in _labelled_lines("topics.txt")]
    names = sorted({tag for _, tags in lines for tag in tags})
    function = _function(TAGS_ID, "topics", "Text", "Tags", names)
    ids = {label["name"]: label["id"] for label in function["labels"]}
    annotations = [[{"labelId": ids[name], "present": name in tags} for name in names] for _, tags in lines]
    return function, _samples(TAGS_ID, [text for text, _ in lines], annotations)


def _questions() -> Trained:
    texts = (TRAINING / "questions.txt").read_text(encoding="utf-8").splitlines()
    samples = _samples(SEARCH_ID, texts, [None] * len(texts))
    return _function(SEARCH_ID, "questions", "Text", "Search"), samples


def _without_samples() -> list[Document]:
    untrained = _function(UNTRAINED_ID, None, "Text", "Classification", ["Yes", "No"])
    ocr = _function(OCR_ID, "read-text", "Image", "Ocr")
    return [ocr, _function(DETECTION_ID, "bright-box", "Image", "Detection", ["Bright"]), untrained]


def _generated(index: int) -> Document:
    name, given_input, output = GENERATED[index % len(GENERATED)]
    return _function(f"function_gen{index:013d}", f"{name} {index + 1}", given_input, output, ["Yes", "No"])


def _classification(function_id: str, name: str, given_input: str, examples: list[tuple[Any, str]]) -> Trained:
    names = list(dict.fromkeys(label for _, label in examples))
    function = _function(function_id, name, given_input, "Classification", names)
    ids = {label["name"]: label["id"] for label in function["labels"]}
    annotations = [{"labelId": ids[label]} for _, label in examples]
    return function, _samples(function_id, [data for data, _ in examples], annotations)


def _function(
    function_id: str, name: str | None, given_input: str, output: str, labels: list[str] | None = None
) -> Document:
    function = new_function(function_id, name, given_input, output) | {"projectId": PROJECT_ID}
    function["labels"] = [_label(label) for label in labels or []]
    return function


def _label(name: str) -> Document:
    members = {"description": DESCRIPTIONS.get(name), "metadata": METADATA.get(name)}
    return given_keys({"id": _id_of_name("label", name), "name": name, **members})


def _field(name: str, field_type: str) -> Document:
    return {"id": _id_of_name("field", name), "name": name, "type": field_type}


def _id_of_name(kind: str, name: str) -> str:
    """An id of the usual length that is the same in every new stand-in, such as ``label_spam000000000000``."""
    return f"{kind}_{name.lower().replace(' ', ''):0<16}"


def _samples(function_id: str, inputs: list[Any], annotations: list[Any]) -> list[Document]:
    """Samples with ids in order, such as ``sample_spamornot0000012``."""
    stem = "sample_" + function_id.removeprefix("function_")[:9]
    return [
        given_keys({"id": f"{stem}{at:07d}", "data": data, "annotation": annotation})
        for at, (data, annotation) in enumerate(zip(inputs, annotations, strict=True), start=1)
    ]


def _labelled_lines(file_name: str) -> list[tuple[str, str]]:
    lines = (TRAINING / file_name).read_text(encoding="utf-8").splitlines()
    return [(text, label) for label, _, text in (line.partition("\t") for line in lines)]


def _pgm(shade: int) -> str:
    """A plain image of 8 by 8 pixels."""
    return "data:image/x-portable-graymap;base64," + base64.b64encode(b"P5 8 8 255\n" + bytes([shade] * 64)).decode()
