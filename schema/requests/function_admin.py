"""Requests of the function administration upstream."""

from __future__ import annotations

from functools import partial

from schema.requests.declared import Request

_Request = partial(Request, "function_admin")

_ONE = _Request("GET", "/id/{id}")
_SEVERAL = "for several functions"
_SINGLE = "for a single function"

FUNCTION = (
    _Request("GET", "/id/{id}", when="for administrators"),
    _Request("GET", "/", when="for other users"),
)
LINKED_FUNCTION = (
    _Request("GET", "/id/{id}", number="1 per link", when="for administrators"),
    _Request("GET", "/", when="for other users"),
)
FUNCTIONS = (_Request("GET", "/list", when="for administrators"), _Request("GET", "/", when="for other users"))
CONTENT = (_Request("GET", "/export", when=_SEVERAL), _Request("GET", "/id/{id}", when=_SINGLE))
VALVES = (
    _Request("GET", "/export", when=_SEVERAL),
    _Request("GET", "/id/{id}/valves", when=_SINGLE),
    _Request("GET", "/id/{id}", when="for a single function of a list"),
)
VALVES_SCHEMA = _Request("GET", "/id/{id}/valves/spec", number="1 per function")
USER_VALVES_SCHEMA = _Request("GET", "/id/{id}/valves/user/spec", number="1 per function")
USER_VALVES = (
    _Request("GET", "/id/{id}/valves/user", number="1 per function"),
    _Request("GET", "/id/{id}/valves/user/spec", number="1 per function", when="where values are set"),
)
OWNER = _Request("GET", "/list")
HISTORY = _Request("GET", "/id/{id}/history", number="1 per function and page", when="where versions are kept")
SNAPSHOT = _Request("GET", "/id/{id}/history/{version}", number="1 per version", when="for those of a list")
VERSION = (_ONE, _Request("GET", "/id/{id}/history/{version}", when="where versions are kept"))
DIFF = (_ONE, _Request("GET", "/id/{id}/history/diff", when="where versions are kept"))

CREATE = _Request("POST", "/create")
UPDATE = (_ONE, _Request("POST", "/id/{id}/update"))
DELETE = (_ONE, _Request("DELETE", "/id/{id}/delete"))
TOGGLE = _Request("POST", "/id/{id}/toggle")
TOGGLE_GLOBAL = _Request("POST", "/id/{id}/toggle/global")
SET_ACTIVE = (
    _Request("GET", "/id/{id}", number="1 per look"),
    _Request("POST", "/id/{id}/toggle", number="1 per change", when="where it differs"),
)
SET_GLOBAL = (
    _Request("GET", "/id/{id}", number="1 per look"),
    _Request("POST", "/id/{id}/toggle/global", number="1 per change", when="where it differs"),
)
UPDATE_VALVES = (
    _Request("GET", "/id/{id}/valves/spec"),
    _Request("GET", "/id/{id}/valves"),
    _Request("POST", "/id/{id}/valves/update"),
    _ONE,
)
UPDATE_USER_VALVES = (
    _Request("GET", "/id/{id}/valves/user/spec"),
    _Request("GET", "/id/{id}/valves/user"),
    _Request("POST", "/id/{id}/valves/user/update"),
    *FUNCTION,
)
LOAD = _Request("POST", "/load/url")
SYNC = (_Request("GET", "/export"), _Request("POST", "/sync", when="unless it is a dry run"))
SET_VERSION = (_ONE, _Request("POST", "/id/{id}/update/version"))
DELETE_VERSION = (_ONE, _Request("DELETE", "/id/{id}/history/{version}"))
