"""Training: from a function's annotated samples to a model that gives each label a confidence.

A Classification model weighs all labels against each other; a Tags model asks of each label whether it is present. An
annotation of a sample is ``{"labelId"}``, and for Tags a list of ``{"labelId", "present"}``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.sandbox.invoke.bayes import NaiveBayes
from gateway.sandbox.invoke.tokens import Tokens, tokenizer
from gateway.sandbox.store import Document

PRESENT, ABSENT = "present", "absent"


@dataclass(frozen=True)
class Model:
    """``confidences``: from an input to the confidence of each label id."""

    id: str
    confidences: Callable[[Any], dict[str, float]]


def train(function: Document, samples: list[Document]) -> Model | None:
    annotated = [sample for sample in samples if "annotation" in sample]
    tokens_of = tokenizer(function, [sample["data"] for sample in annotated])
    examples = [(tokens_of(sample["data"]), sample["annotation"]) for sample in annotated]
    confidences = TRAINERS[function["output"]](examples) if function["output"] in TRAINERS else None
    if confidences is None:
        return None
    return Model(_model_id(annotated), lambda data: confidences(tokens_of(data)))


Confidences = Callable[[Tokens], dict[str, float]]
Examples = list[tuple[Tokens, Any]]


def _train_classification(examples: Examples) -> Confidences | None:
    labelled = [(tokens, annotation["labelId"]) for tokens, annotation in examples]
    return NaiveBayes.fit(labelled).confidences if len({label for _, label in labelled}) > 1 else None


def _train_tags(examples: Examples) -> Confidences | None:
    present = [(tokens, {tag["labelId"] for tag in annotation if tag["present"]}) for tokens, annotation in examples]
    detectors = {label: _train_tag(label, present) for label in sorted({tag for _, tags in present for tag in tags})}
    if not detectors:
        return None
    return lambda tokens: {label: detector.confidences(tokens)[PRESENT] for label, detector in detectors.items()}


def _train_tag(label: str, examples: list[tuple[Tokens, set[str]]]) -> NaiveBayes:
    return NaiveBayes.fit([(tokens, PRESENT if label in tags else ABSENT) for tokens, tags in examples])


def _model_id(annotated: list[Document]) -> str:
    """The same samples make the same model."""
    trained_on = [[sample["data"], sample["annotation"]] for sample in annotated]
    return "model_" + hashlib.sha256(json.dumps(trained_on).encode()).hexdigest()[:16]


TRAINERS: dict[str, Callable[[Examples], Confidences | None]] = {
    "Classification": _train_classification,
    "Tags": _train_tags,
}
