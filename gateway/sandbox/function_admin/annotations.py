"""Type annotations of a valve class as the types Pydantic takes, by a list of what is allowed."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Literal, Optional, Union

from gateway.sandbox.function_admin.syntax import IncompatibleValvesError, Scope, unreadable

BUILT_IN: dict[str, Any] = {t.__name__: t for t in (str, int, float, bool, list, dict, tuple, set)}
TYPING: dict[str, Any] = {
    "Any": Any,
    "Dict": dict,
    "List": list,
    "Literal": Literal,
    "Optional": Optional,
    "Set": set,
    "Tuple": tuple,
    "Union": Union,
}


class Annotations:
    """Reads the annotations of the class ``owner``; ``model_of`` makes the model of a class of the same source."""

    def __init__(self, scope: Scope, owner: str, model_of: Callable[[ast.ClassDef], Any]) -> None:
        self._scope = scope
        self._owner = owner
        self._model_of = model_of

    def read(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=str(text)):
                return self.read(ast.parse(text, mode="eval").body)
            case ast.Constant(value=value) if value is None or value is ...:
                return value
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self._union(left, right)
            case ast.Subscript(value=generic, slice=ast.Tuple(elts=arguments)):
                return self._generic(generic, arguments)
            case ast.Subscript(value=generic, slice=argument):
                return self._generic(generic, [argument])
            case ast.Name() | ast.Attribute():
                return self._named(node)
        raise unreadable(node)

    def _union(self, *members: ast.expr) -> Any:
        types = tuple(self.read(member) for member in members)
        return Union[types]  # noqa: UP007

    def _generic(self, generic: ast.expr, arguments: list[ast.expr]) -> Any:
        form = self._named(generic)
        read = self._scope.value if form is Literal else self.read
        types = tuple(read(argument) for argument in arguments)
        return form[types if len(types) > 1 else types[0]]

    def _named(self, node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name) if name in self._scope.classes:
                return self._model_of(self._scope.classes[name])
            case ast.Name(id=name) if name in BUILT_IN:
                return BUILT_IN[name]
        imported = self._scope.imported(node)
        if imported in TYPING:
            return TYPING[imported]
        if imported is not None:
            raise unreadable(node)
        raise IncompatibleValvesError(
            f"`{self._owner}` is not fully defined; you should define `{ast.unparse(node)}`, "
            f"then call `{self._owner}.model_rebuild()`."
        )
