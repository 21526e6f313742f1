"""The fixed parts of the OpenAPI document."""

from __future__ import annotations

from gateway.http.rest.shapes import JsonSchema

DESCRIPTION = (
    "REST twins of the graph at `/graph`. Lists take `offset` and `count`. What fails in part answers 200 with null "
    "for that part, and names it in the header `x-errors`."
)
GROUPS = {
    "prediction": "Predictors and predictions (Function).",
    "prediction_v1": "The same in the shapes of the vendor's API v1.",
    "deployment": "Deployed function services (Covalent Cloud).",
    "function_admin": "Functions stored in a server (Open WebUI).",
    "invoke": "Trained functions (Nyckel).",
    "across": "All of them.",
}
SECURITY_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An access key, or another accepted token."},
    "basic": {"type": "http", "scheme": "basic", "description": "The access key as user name, without a password."},
}

_EXTENSIONS: JsonSchema = {
    "type": "object",
    "required": ["code"],
    "properties": {
        "code": {"type": "string", "description": "Such as `NOT_FOUND` or `UPSTREAM_TIMEOUT`."},
        "requestId": {"type": "string", "description": "Names the request in the gateway's log."},
        "retryable": {"type": "boolean", "description": "Whether the same request may succeed later."},
        "retryAfter": {"type": "number", "description": "Seconds to wait before that."},
        "service": {"type": "string", "description": "The upstream that it came from."},
    },
}
_ONE_ERROR: JsonSchema = {
    "type": "object",
    "required": ["message", "extensions"],
    "properties": {"message": {"type": "string"}, "extensions": _EXTENSIONS},
}
ERROR: JsonSchema = {
    "description": "What went wrong.",
    "type": "object",
    "required": ["error", "errors"],
    "properties": {
        "error": {"type": "string", "description": "The first message."},
        "errors": {"type": "array", "minItems": 1, "items": _ONE_ERROR},
    },
}

INPUTS: JsonSchema = {
    "description": "Input values by name: plain values, or values with `data`, `type` and `shape`.",
    "type": "object",
    "additionalProperties": {
        "anyOf": [
            {"$ref": "#/components/schemas/EncodedValue"},
            {"type": ["string", "number", "boolean", "array", "object", "null"]},
        ]
    },
    "examples": [{"name": "Yusuf"}],
}
ENCODED_VALUE: JsonSchema = {
    "description": "A value as a web or data URL; `shape` is [] for a scalar.",
    "type": "object",
    "required": ["type"],
    "properties": {
        "data": {"type": ["string", "null"], "format": "uri"},
        "type": {"$ref": "#/components/schemas/Dtype"},
        "shape": {"type": ["array", "null"], "items": {"type": "integer"}},
    },
    "additionalProperties": False,
}
