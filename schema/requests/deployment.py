"""Requests of the deployment upstream: its management API, and the services themselves."""

from __future__ import annotations

from functools import partial

from schema.requests.declared import Request

_Request = partial(Request, "deployment")

DEPLOYMENT = _Request("GET", "/functions/{id}")
LINKED_DEPLOYMENT = _Request("GET", "/functions/{id}", number="1 per link")
DEPLOYMENTS = _Request("GET", "/functions", number="1 per page")
DETAILS = _Request("GET", "/functions/{id}", number="1 per deployment", when="for those of a list")
INFO = (DETAILS, _Request("POST", "{invokeUrl}/info", number="1 per deployment"))
KEYS = _Request("GET", "/functions/{id}/inference-keys", number="1 per deployment")
INVOKE = (DEPLOYMENT, _Request("{method}", "{invokeUrl}{route}"))
TEAR_DOWN = (_Request("PUT", "/functions/{id}/teardown"), DEPLOYMENT)
CREATE_KEY = _Request("POST", "/functions/{id}/inference-keys")
DELETE_KEY = _Request("DELETE", "/functions/{id}/inference-keys/{key}")
STATUS = _Request("GET", "/functions/{id}", number="1 per interval")
