"""What names and values mean in a function's source, as far as its syntax tree tells: nothing of it is ever run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

ENVIRONMENT_READS = ("os.getenv", "os.environ.get")


class LoadError(Exception):
    """The code does not load; the message is what Python would say."""


class IncompatibleValvesError(LoadError):
    """A valve class that refuses the stored values, or that the sandbox cannot read."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Current Valves are incompatible with this code: {reason}")


def unreadable(node: ast.AST) -> IncompatibleValvesError:
    return IncompatibleValvesError(f"the sandbox reads code without running it and cannot read `{ast.unparse(node)}`")


class Scope:
    """The classes, imports and constants of one or more bodies, a later one hiding what an earlier one has."""

    def __init__(self, *bodies: Iterable[ast.stmt]) -> None:
        statements = [statement for body in bodies for statement in body]
        self.classes = {node.name: node for node in statements if isinstance(node, ast.ClassDef)}
        self._imported = dict(_imported_names(statements))
        self._literals = _Literals(dict(_assigned(statements)))

    def imported(self, node: ast.expr) -> str | None:
        """What a name was called where it was imported from: ``Opt`` or ``t.Optional`` are ``Optional``."""
        match node:
            case ast.Name(id=name):
                return self._imported.get(name)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self._imported:
                return name
        return None

    def value(self, node: ast.expr) -> Any:
        """A literal, which may hold constants of the source and ``os.getenv``, read as if nothing were set."""
        try:
            return ast.literal_eval(self._literals.visit(node))
        except ValueError as error:
            raise unreadable(node) from error


def _imported_names(statements: Iterable[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement in statements:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name, alias.name) for alias in statement.names)


def _assigned(statements: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value


class _Literals(ast.NodeTransformer):
    """Puts literals in the place of constants and of reads of the environment."""

    def __init__(self, assigned: dict[str, ast.expr]) -> None:
        self._assigned = assigned

    def visit_Name(self, node: ast.Name) -> ast.AST:
        assigned = self._assigned.get(node.id)
        return node if assigned is None else self.visit(assigned)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if ast.unparse(node.func) not in ENVIRONMENT_READS:
            return node
        return self.visit(node.args[1]) if len(node.args) > 1 else ast.Constant(None)
