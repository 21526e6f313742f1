"""From an input to counted tokens, the features of the classifiers: words, table cells, or shades of an image."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from gateway.sandbox.invoke.inputs import media_and_bytes
from gateway.sandbox.store import Document

Tokens = Counter[str]
QUARTILES = (0.25, 0.5, 0.75)


def words(text: str) -> Tokens:
    """The words and the pairs of neighbours, so that "not good" is not "good"."""
    found = re.findall(r"[\w']+", text.casefold())
    return Counter(found) + Counter(map(" ".join, pairwise(found)))


def shades(data_uri: str) -> Tokens:
    """Which of sixteen shades are common. In a raw image bytes are pixels; in a compressed one they say little."""
    content = media_and_bytes(data_uri)[1]
    counts = Counter(byte >> 4 for byte in content)
    return Counter(f"shade {shade}" for shade, count in counts.items() if count * 16 >= len(content))


def tokenizer(function: Document, inputs: Sequence[Any]) -> Callable[[Any], Tokens]:
    """How this function's inputs become tokens; the inputs it was trained on say where numbers are cut."""
    if function["input"] == "Text":
        return words
    if function["input"] == "Image":
        return shades
    numbers = [field["id"] for field in function["fields"] if field["type"] == "Number"]
    cuts = {field: _quartiles([row[field] for row in inputs if field in row]) for field in numbers}
    return lambda row: _cells(row, cuts)


def _quartiles(values: Sequence[float]) -> list[float]:
    return [float(cut) for cut in np.quantile(values, QUARTILES)] if values else []


def _cells(row: Document, cuts: dict[str, list[float]]) -> Tokens:
    tokens: Tokens = Counter()
    for field, value in row.items():
        if field in cuts:
            tokens[f"{field} in quarter {bisect_left(cuts[field], value)}"] += 1
        else:
            tokens.update(f"{field} has {word}" for word in words(str(value)))
    return tokens
