"""From a request to the variables of a twin: path, headers, the JSON body's members and the query, in this order."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import msgspec
from graphql import GraphQLInputType, get_named_type, is_input_object_type, is_list_type
from starlette.types import Receive, Scope

from gateway.errors import BadInput
from gateway.http.exchange import WrongMediaType, header, media_type, read_body
from gateway.http.rest.inputs import inputs_by_name
from gateway.http.rest.routes import Match
from gateway.http.rest.twin import Twin, Variable
from gateway.settings import Settings

NOT_GIVEN = frozenset({"", "None", "null", "undefined"})
"""What the vendor's clients write into a URL or header for a value that they do not have."""
_TEXT = frozenset({"String", "ID"})
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_MAX_PARAMETERS = 100


async def read_variables(match: Match, scope: Scope, receive: Receive, settings: Settings) -> dict[str, Any]:
    """The variables that a request gives. Raises ``BadInput``, ``WrongMediaType`` or ``TooLarge``."""
    twin = match.twin
    given = _from_query(twin, scope)
    if twin.header.method != "GET":
        given |= _from_body(twin, await _read_json(scope, receive, settings))
    given |= _from_headers(twin, scope)
    for name, text in match.parameters.items():
        given[name] = _from_text(twin.variables[name], [text])
    for variable in twin.variables.values():
        if variable.required and given.get(variable.name) is None:
            raise BadInput(f"`{variable.name}` is required.")
    return given


async def _read_json(scope: Scope, receive: Receive, settings: Settings) -> Any:
    """The body; None when it is empty."""
    body = await read_body(scope, receive, settings)
    if not body.strip():
        return None
    if media_type(scope)[0] != "application/json":
        raise WrongMediaType("The body must be application/json.")
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("The body must be JSON.") from error


def _from_body(twin: Twin, body: Any) -> dict[str, Any]:
    if body is None:
        return {}
    if twin.header.body is not None:
        members = {twin.header.body: body}
    elif isinstance(body, dict):
        members = _known(twin, body)
    else:
        raise BadInput("The body must be a JSON object.")
    return {name: _from_json(twin.variables[name], value) for name, value in members.items()}


def _from_json(variable: Variable, value: Any) -> Any:
    return inputs_by_name(value) if variable.by_name and isinstance(value, dict) else value


def _from_query(twin: Twin, scope: Scope) -> dict[str, Any]:
    query = scope["query_string"]
    if not query:
        return {}
    try:
        texts = parse_qs(query.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS)
    except ValueError as error:
        raise BadInput("The query is malformed, or has too many parameters.") from error
    return _texts(twin, _known(twin, texts))


def _from_headers(twin: Twin, scope: Scope) -> dict[str, Any]:
    found = {name: header(scope, field.encode()) for field, name in twin.header.headers.items()}
    return _texts(twin, {name: texts for name, texts in found.items() if texts})


def _texts(twin: Twin, given: Mapping[str, list[str]]) -> dict[str, Any]:
    """Values by name from texts; one that a client does not have is left out, unless it may be that very text."""
    taken = {}
    for name, texts in given.items():
        variable = twin.variables[name]
        is_text = get_named_type(variable.type).name in _TEXT and name not in twin.header.headers.values()
        if is_text or not NOT_GIVEN.issuperset(texts):
            taken[name] = _from_text(variable, texts)
    return taken


def _known(twin: Twin, given: Mapping[str, Any]) -> dict[str, Any]:
    """The members that are variables. Raises ``BadInput`` for others, unless the twin tolerates them."""
    takes = twin.variables.keys() - {*twin.header.parameters, twin.header.body}
    unknown = sorted(given.keys() - takes)
    if unknown and not twin.header.tolerant:
        raise BadInput(f"`{unknown[0]}` is not known here; known are: {', '.join(sorted(takes)) or 'none'}.")
    return {name: value for name, value in given.items() if name in takes}


def _from_text(variable: Variable, texts: list[str]) -> Any:
    if is_list_type(variable.kind) and not variable.by_name:
        return [_scalar(variable.name, variable.kind.of_type, text) for text in texts]
    if len(texts) > 1:
        raise BadInput(f"`{variable.name}` is given more than once.")
    return _scalar(variable.name, variable.kind, texts[0])


def _scalar(name: str, kind: GraphQLInputType, text: str) -> Any:
    match get_named_type(kind).name:
        case "Int":
            return _integer(name, text)
        case "Float":
            return _number(name, text)
        case "Boolean":
            return _boolean(name, text)
        case "JSON" | "JSONObject":
            return _json(name, text)
    return _json(name, text) if is_input_object_type(get_named_type(kind)) else text


def _integer(name: str, text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise BadInput(f"`{name}` must be a whole number.")
    return int(text)


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadInput(f"`{name}` must be a number.")
    return number


def _boolean(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise BadInput(f"`{name}` must be true or false.")
    return text == "true"


def _json(name: str, text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadInput(f"`{name}` must be JSON.") from error
