"""Requests of the prediction upstream. Where only one of its dialects has a call, the other refuses unasked."""

from __future__ import annotations

from functools import partial

from schema.requests.declared import Request

_V0 = partial(Request, "prediction", api="v0")
_V1 = partial(Request, "prediction", api="v1")

USER = (
    _V0("GET", "/user", when="without a name"),
    _V0("GET", "/users/{username}", when="with a name"),
    _V1("GET", "/v1/users"),
)
PREDICTOR = (_V0("GET", "/predictors/{tag}"), _V1("GET", "/v1/predictors/{tag}"))
LINKED_PREDICTOR = (
    _V0("GET", "/predictors/{tag}", number="1 per link"),
    _V1("GET", "/v1/predictors/{tag}", number="1 per link"),
)
PREDICTORS = _V0("GET", "/predictors")
USER_PREDICTORS = _V0("GET", "/users/{username}/predictors", number="1 per account")
ENVIRONMENT_VARIABLES = _V0("GET", "/users/{username}/environmentVariables", number="1 per account")
PREDICT = (
    _V0("POST", "/predict/{tag}"),
    _V1("POST", "/v1/predictions/remote", when="without a configuration"),
    _V1("POST", "/v1/predictions", when="with a configuration"),
)
UPDATE_USER = _V0("PATCH", "/user")
CREATE_PREDICTOR = _V0("POST", "/predictors")
ARCHIVE_PREDICTOR = (
    _V0("POST", "/predictors/{tag}/archive"),
    _V1("POST", "/v1/predictors/{tag}/archive"),
    _V1("GET", "/v1/predictors/{tag}"),
)
DELETE_PREDICTOR = (_V0("DELETE", "/predictors/{tag}"), _V1("DELETE", "/v1/predictors/{tag}"))
CREATE_ENVIRONMENT_VARIABLE = _V0("POST", "/environmentVariables")
DELETE_ENVIRONMENT_VARIABLE = _V0("DELETE", "/environmentVariables/{name}")
CREATE_UPLOAD_URL = (_V0("POST", "/uploadUrls"), _V1("POST", "/v1/values"))
