"""REST twins: GraphQL documents with a route. docs/rest.md describes the form of their files.

"Isomorphic graph and REST API. REST API effectively forwards to graph API." (docs.fxn.ai) A twin's header, the comment
lines at the top of its file, says the method and the path; its variables are filled from the request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLInputType,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    is_list_type,
    is_non_null_type,
    print_ast,
)

from gateway.http.rest.shapes import SHAPES

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PARAMETER = re.compile(r"\{(\w+)\}")
_ROUTE = re.compile(rf"# ({'|'.join(METHODS)}) (/\S*)")
_PATH = re.compile(r"(/([\w.~@-]+|\{\w+\}))+")


class TwinError(Exception):
    """What is wrong with a twin's file; the text names no file."""


@dataclass(frozen=True)
class Header:
    """What the comment lines at the top of a twin's file say."""

    method: str
    path: str
    description: str
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    unwrap: tuple[str, ...] = ()
    shape: str | None = None
    tolerant: bool = False

    @property
    def parameters(self) -> list[str]:
        """The names in the path."""
        return PARAMETER.findall(self.path)


@dataclass(frozen=True)
class Variable:
    """A variable of a twin. ``by_name`` takes inputs of a prediction as an object keyed by name."""

    name: str
    type: GraphQLInputType
    has_default: bool
    default: Any
    description: str | None

    @property
    def required(self) -> bool:
        return is_non_null_type(self.type) and not self.has_default

    @property
    def kind(self) -> GraphQLInputType:
        """Its type, without `!`."""
        return self.type.of_type if is_non_null_type(self.type) else self.type

    @property
    def by_name(self) -> bool:
        return is_list_type(self.kind) and get_named_type(self.kind).name == "ValueInput"


@dataclass(frozen=True)
class Twin:
    """A validated twin. ``document`` holds its one operation and the fragments that this needs."""

    header: Header
    group: str
    document: DocumentNode
    operation: OperationDefinitionNode
    variables: dict[str, Variable]
    root: str

    @cached_property
    def text(self) -> str:
        """The document as text."""
        return print_ast(self.document)

    @property
    def reads(self) -> bool:
        return self.operation.operation is OperationType.QUERY


def read_header(text: str) -> Header:
    """The header of a twin's file. Raises ``TwinError``."""
    first, *others = _comment_lines(text) or [""]
    route = _ROUTE.fullmatch(first)
    if route is None:
        raise TwinError(f"the first line must be `# METHOD /path` with a method of {', '.join(METHODS)}")
    path = route[2]
    if not _PATH.fullmatch(path):
        raise TwinError(f"{path} is not a path such as /predictors/{{tag}}")
    words = [line.removeprefix("#").strip() for line in others]
    description = "\n".join(word for word in words if not word.startswith("@")).strip()
    if not description:
        raise TwinError("the second line must say what it does")
    return Header(route[1], path, description, **_options([word for word in words if word.startswith("@")]))


def _comment_lines(text: str) -> list[str]:
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.rstrip())
    return lines


def _options(lines: list[str]) -> dict[str, Any]:
    options: dict[str, Any] = {"headers": {}}
    for line in lines:
        match line.split():
            case ["@body", variable] if variable.startswith("$"):
                options["body"] = variable[1:]
            case ["@header", name, variable] if variable.startswith("$"):
                options["headers"][name.lower()] = variable[1:]
            case ["@unwrap", path]:
                options["unwrap"] = tuple(path.split("."))
            case ["@shape", name] if name in SHAPES:
                options["shape"] = name
            case ["@tolerant"]:
                options["tolerant"] = True
            case _:
                raise TwinError(f"`{line}` is not an option of a twin")
    return options
