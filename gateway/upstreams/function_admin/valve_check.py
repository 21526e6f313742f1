"""Valves held against their JSON Schema before they are sent: the server hides its reasons from 0.11 on.

The schema is Pydantic's, of a class that somebody stored. Nothing in it may make the gateway fetch an address or look
for a match without end: references out of the schema are not followed, and patterns are matched by Pydantic's own
engine, whose time is linear. A schema that is none is left to the server. No message holds a value: it may be a secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend
from pydantic_core import SchemaError as PatternError
from pydantic_core import SchemaValidator, core_schema
from pydantic_core import ValidationError as NoMatch
from referencing import Registry
from referencing.exceptions import Unresolvable

from gateway.errors import BadInput

MAX_PROBLEMS = 50
MAX_CHOICES_CHARS = 200
MAX_PATH_CHARS = 100
FORMATS = ("date", "email", "ipv4", "ipv6", "uuid")

_TYPES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}
_MESSAGES: dict[str, Callable[[Any], str]] = {
    "type": lambda names: f"must be {_either([names] if isinstance(names, str) else names)}",
    "enum": lambda choices: f"must be one of {json.dumps(choices)[1:-1][:MAX_CHOICES_CHARS]}",
    "const": lambda value: f"must be {json.dumps(value)[:MAX_CHOICES_CHARS]}",
    "minimum": lambda limit: f"must be {limit} or more",
    "maximum": lambda limit: f"must be {limit} or less",
    "exclusiveMinimum": lambda limit: f"must be more than {limit}",
    "exclusiveMaximum": lambda limit: f"must be less than {limit}",
    "multipleOf": lambda step: f"must be a multiple of {step}",
    "minLength": lambda limit: f"must have {limit} characters or more",
    "maxLength": lambda limit: f"must have {limit} characters or fewer",
    "minItems": lambda limit: f"must have {limit} items or more",
    "maxItems": lambda limit: f"must have {limit} items or fewer",
    "pattern": lambda pattern: f"must match the pattern {pattern}",
    "format": lambda name: f"must be a valid {name}",
}

# Checked here, with messages of our own; those of the library quote the value.
_OWN = ("properties", "additionalProperties", "required")


def check_valves(values: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Raises one ``BadInput`` that names every bad member by its path."""
    try:
        Draft202012Validator.check_schema(schema)
        errors = _Checker(schema, registry=Registry(), format_checker=FormatChecker(FORMATS)).iter_errors(values)
        problems = list(islice((line for error in errors for line in _lines(error)), MAX_PROBLEMS))
    except (SchemaError, Unresolvable):
        return
    except RecursionError as error:
        raise BadInput("The valves are nested too deeply.") from error
    if problems:
        raise BadInput("The valves are not valid: " + "; ".join(problems) + ".")


def _lines(error: ValidationError) -> Iterator[str]:
    """What to say about an error; where alternatives failed, about the one that was meant."""
    if error.validator in ("anyOf", "oneOf") and error.context:
        yield from _alternatives(error)
    else:
        say = _MESSAGES.get(str(error.validator))
        own = error.message if error.validator in _OWN else "is not valid"
        yield f"{_path(error)}: {say(error.validator_value) if say else own}"


def _alternatives(error: ValidationError) -> Iterator[str]:
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [found for found in branches.values() if not any(_is_of_another_type(inner) for inner in found)]
    if meant:
        for inner in meant[0]:
            yield from _lines(inner)
        return
    names = [inner.validator_value for found in branches.values() for inner in found if _is_of_another_type(inner)]
    yield f"{_path(error)}: {_MESSAGES['type'](names) if names else 'is not valid'}"


def _path(error: ValidationError) -> str:
    return ".".join(str(part) for part in error.absolute_path)[:MAX_PATH_CHARS] or "valves"


def _is_of_another_type(error: ValidationError) -> bool:
    return error.validator == "type" and not error.relative_path and isinstance(error.validator_value, str)


def _either(names: list[str]) -> str:
    return " or ".join(dict.fromkeys(_TYPES.get(name, name) for name in names))


def _properties(checker: Any, members: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """As the standard says; and a member that the class does not have is refused, which Pydantic drops in silence."""
    yield from Draft202012Validator.VALIDATORS["properties"](checker, members, instance, schema)
    if checker.is_type(instance, "object") and "additionalProperties" not in schema:
        yield from (ValidationError("is unknown", path=[name]) for name in instance if name not in members)


def _additional(checker: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if allowed is not False:
        yield from Draft202012Validator.VALIDATORS["additionalProperties"](checker, allowed, instance, schema)
    elif checker.is_type(instance, "object"):
        members = schema.get("properties", {})
        yield from (ValidationError("is unknown", path=[name]) for name in instance if name not in members)


def _required(checker: Any, names: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if checker.is_type(instance, "object"):
        yield from (ValidationError("is required", path=[name]) for name in names if name not in instance)


def _pattern(checker: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not checker.is_type(instance, "string"):
        return
    try:
        SchemaValidator(core_schema.str_schema(pattern=pattern)).validate_python(instance)
    except NoMatch:
        yield ValidationError("pattern")
    except PatternError:
        return  # an expression of another engine: the server knows it


def _nothing(*_: Any) -> Iterator[ValidationError]:
    """For ``uniqueItems``: Pydantic makes a set of the items, and looking for a pair takes quadratic time."""
    yield from ()


_Checker: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {
        "properties": _properties,
        "additionalProperties": _additional,
        "required": _required,
        "pattern": _pattern,
        "uniqueItems": _nothing,
    },
)
