"""Requests of the fields that span the backends."""

from __future__ import annotations

from dataclasses import replace

from schema.requests.declared import Request
from schema.requests.deployment import DEPLOYMENTS
from schema.requests.function_admin import FUNCTIONS
from schema.requests.invoke import TRAINED_FUNCTIONS
from schema.requests.prediction import PREDICTORS

SEARCH = (PREDICTORS, replace(DEPLOYMENTS, number="1"), *FUNCTIONS, TRAINED_FUNCTIONS)
REACH = (
    Request("prediction", "GET", "/user", api="v0"),
    Request("prediction", "GET", "/v1/users", api="v1"),
    Request("deployment", "GET", "/functions"),
    Request("function_admin", "GET", "{url}/health"),
    Request("invoke", "GET", "/v1/functions"),
)
