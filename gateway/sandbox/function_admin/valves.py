"""A ``Valves`` class out of a function's source, as a Pydantic model, without running any of that source.

Open WebUI runs the code and asks the class; here the class is read from the syntax tree: annotated fields, their
literal defaults or ``Field(...)``, base classes and nested models of the same source. The model is then Pydantic's, and
so are its schema and its complaints. Validators and ``model_config`` are not read.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel, Field, ValidationError, create_model
from pydantic_core import ErrorDetails

from gateway.sandbox.function_admin.annotations import BUILT_IN, Annotations
from gateway.sandbox.function_admin.syntax import IncompatibleValvesError, LoadError, Scope, unreadable


@dataclass(frozen=True)
class Valves:
    """One of the two valve classes of a function; ``options`` holds the lists its methods return."""

    model: type[BaseModel]
    options: Mapping[str, list[Any]]

    def spec(self) -> dict[str, Any]:
        """The JSON Schema, with ``input.options`` given as the name of a method replaced by that method's list."""
        schema = self.model.model_json_schema()
        for member in schema.get("properties", {}).values():
            match member.get("input"):
                case {"options": str(method)} if method in self.options:
                    member["input"] = member["input"] | {"options": self.options[method]}
        return schema

    def accepted(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the server stores of ``values``: known keys with a value, coerced. Raises ``ValidationError``."""
        given = {key: value for key, value in values.items() if value is not None}
        return self.model.model_validate(given).model_dump(mode="json", exclude_unset=True)

    def check_stored(self, stored: Mapping[str, Any]) -> None:
        """Raises ``IncompatibleValvesError`` if the class refuses a stored value; that one is missing is no reason."""
        try:
            self.model.model_validate(stored)
        except ValidationError as error:
            problems = error.errors()
            if any(problem["type"] != "missing" for problem in problems):
                raise IncompatibleValvesError("; ".join(map(_line, problems))) from error


def _line(problem: ErrorDetails) -> str:
    return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"


def read_valves(scope: Scope, node: ast.ClassDef) -> Valves:
    """The valve class ``node``, its names looked up in ``scope``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Valves(_Models(scope).of(node), _options(scope, node))
        except LoadError:
            raise
        except Exception as error:  # whatever Pydantic has against the class is what the real server would report
            raise LoadError(str(error)) from error


class _Models:
    """Pydantic models of the classes of one source."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def of(self, node: ast.ClassDef) -> type[BaseModel]:
        if not node.bases:
            raise IncompatibleValvesError(f"`{node.name}` is not a Pydantic model")
        bases = tuple(self._base(base) for base in node.bases)
        fields: dict[str, Any] = dict(self._fields(node))
        model: type[BaseModel] = create_model(node.name, __base__=bases, __doc__=ast.get_docstring(node), **fields)
        return model

    def _base(self, node: ast.expr) -> type[BaseModel]:
        if self._scope.imported(node) == "BaseModel":
            return BaseModel
        if isinstance(node, ast.Name) and node.id in self._scope.classes:
            return self.of(self._scope.classes[node.id])
        raise LoadError(f"name '{ast.unparse(node)}' is not defined")

    def _fields(self, node: ast.ClassDef) -> Iterator[tuple[str, Any]]:
        annotations = Annotations(self._scope, node.name, self.of)
        for statement in node.body:
            match statement:
                case ast.AnnAssign(target=ast.Name(id=name)) if _is_field(name):
                    yield name, (annotations.read(statement.annotation), self._default(statement.value))
                case ast.Assign(targets=[ast.Name(id=name)]) if _is_field(name):
                    raise LoadError(f"A non-annotated attribute was detected: `{ast.unparse(statement)}`.")

    def _default(self, node: ast.expr | None) -> Any:
        match node:
            case None:
                return ...
            case ast.Call(func=func, args=args, keywords=keywords) if self._scope.imported(func) == "Field":
                options = {str(keyword.arg): self._field_option(keyword) for keyword in keywords}
                return Field(*map(self._scope.value, args), **options)
        return self._scope.value(node)

    def _field_option(self, keyword: ast.keyword) -> Any:
        match keyword:
            case ast.keyword(arg="default_factory", value=ast.Name(id=name)) if name in BUILT_IN:
                return BUILT_IN[name]
            case ast.keyword(arg="default_factory", value=ast.Lambda(body=body)):
                return partial(deepcopy, self._scope.value(body))
            case ast.keyword(arg="default_factory" | None):
                raise unreadable(keyword.value)
        return self._scope.value(keyword.value)


def _is_field(name: str) -> bool:
    return name != "model_config" and not name.startswith("_")


def _options(scope: Scope, node: ast.ClassDef) -> dict[str, list[Any]]:
    """The class and static methods that do nothing but return a list written out."""
    found = {}
    for statement in node.body:
        match statement:
            case ast.FunctionDef(name=name, decorator_list=[_], body=[ast.Return(value=ast.List() as listed)]):
                with suppress(IncompatibleValvesError):
                    found[name] = scope.value(listed)
    return found
