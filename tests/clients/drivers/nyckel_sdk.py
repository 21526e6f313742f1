"""The calls of nyckel 0.4.23, each with what it gave or raised, as JSON by name. For the client's own Python."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import nyckel  # type: ignore[import-not-found]
from PIL import Image  # type: ignore[import-not-found]

URL = os.environ["NYCKEL_URL"]
ID, SECRET = os.environ["NYCKEL_CLIENT_ID"], os.environ["NYCKEL_CLIENT_SECRET"]
SPAM, TAGS, TABLE, IMAGE, UNTRAINED = sys.argv[1:]

calls: dict[str, dict[str, Any]] = {}


def call(name: str, function: Callable[[], Any]) -> None:
    try:
        calls[name] = {"gives": function()}
    except Exception as error:
        calls[name] = {"raises": type(error).__name__}


def names(predictions: Any) -> Any:
    return [getattr(prediction, "label_name", type(prediction).__name__) for prediction in predictions]


# The SDK cuts a next page's address at ".com".
credentials = nyckel.Credentials(ID, SECRET, URL + "/nyckel.com")
spam = nyckel.TextClassificationFunction(SPAM, credentials)
call("name", lambda: spam.name)
call("trained", lambda: spam.has_trained_model())
call("invoke", lambda: names(spam.invoke(["you won a free prize", "see you at the meeting"])))
call("labels", lambda: [label.name for label in spam.list_labels()])
call("samples", lambda: len(spam.list_samples()))
call("create sample", lambda: len(spam.create_samples([("a new text", "Spam")])))
call("newest sample", lambda: spam.list_samples()[0].data)
call("delete sample", lambda: spam.delete_samples([spam.list_samples()[0].id]))
call("samples after", lambda: len(spam.list_samples()))
call("many", lambda: len(spam.invoke([f"text {number}" for number in range(200)])))
tags = nyckel.TextTagsFunction(TAGS, credentials)
call("tags", lambda: names(tags.invoke(["flight to the beach"])[0]))
table = nyckel.TabularClassificationFunction(TABLE, credentials)
call("row", lambda: names(table.invoke([{"Name": "Bo", "age": 34}])))
image = nyckel.ImageClassificationFunction(IMAGE, credentials)
call("image", lambda: len(names(image.invoke([Image.new("RGB", (8, 8), "white")]))))
untrained = nyckel.TextClassificationFunction(UNTRAINED, credentials)
call("untrained", lambda: untrained.has_trained_model())
call("missing", lambda: nyckel.TextClassificationFunction("function_nothing", credentials))
call("wrong secret", lambda: nyckel.Credentials(ID, "wrong", URL).token)
created = nyckel.TextClassificationFunction.create("Mine", credentials)
call("created", lambda: created.name)
call("taught", lambda: len(created.create_samples([("good", "Yes"), ("bad", "No")])))
call("its answer", lambda: names(created.invoke(["bad"])))
call("deleted", created.delete)
print(json.dumps(calls), file=sys.__stdout__)
