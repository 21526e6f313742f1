"""Requests of the invocation upstream."""

from __future__ import annotations

from functools import partial

from schema.requests.declared import Request

_Request = partial(Request, "invoke")

_KIND = _Request("GET", "/v1/functions/{id}", when="where its kind of output is not known")

TRAINED_FUNCTION = _Request("GET", "/v1/functions/{id}")
LINKED_TRAINED_FUNCTION = _Request("GET", "/v1/functions/{id}", number="1 per link")
TRAINED_FUNCTIONS = _Request("GET", "/v1/functions", number="1 per page")
LABELS = _Request("GET", "/v1/functions/{id}/labels", number="1 per function and page")
FIELDS = _Request("GET", "/v1/functions/{id}/fields", number="1 per function and page")
SAMPLES = _Request("GET", "/v1/functions/{id}/samples", number="1 per function and page")


def _invoke(number: str) -> tuple[Request, ...]:
    return (
        _KIND,
        _Request("POST", "/v1/functions/{id}/invoke", number, "by kind of output"),
        _Request("POST", "/v0.9/functions/{id}/invoke", number, "for Tags"),
        _Request("POST", "/v0.9/functions/{id}/ocr", number, "for Ocr"),
        _Request("POST", "/v1/search-functions/{id}/invoke", number, "for Search"),
    )


INVOKE = _invoke("1")
INVOKE_ALL = _invoke("1 per input")
