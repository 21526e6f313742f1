"""A function's source: what Open WebUI learns by importing it, learnt here from its text and its syntax tree.

Refused as the real server refuses it: code that Python cannot compile, a missing module, a ``raise`` on the way, no
function class. What only running the code would show (say, an error two calls down) goes unnoticed.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec

from gateway.sandbox.function_admin.syntax import LoadError, Scope
from gateway.sandbox.function_admin.valves import Valves, read_valves

FUNCTION_CLASSES = ("Pipe", "Filter", "Action", "Event")
INSTALLED_THERE = frozenset(
    (
        *("open_webui", "fastapi", "starlette", "httpx", "requests", "sqlalchemy", "redis", "loguru", "jwt", "mcp"),
        *("PIL", "yaml", "bs4", "boto3", "markdown", "tiktoken", "langchain_core", "langchain_text_splitters"),
    )
)
FRONTMATTER_LINE = re.compile(r"\s*([a-z_]+):(.*)", re.IGNORECASE)
OLD_IMPORT = re.compile(r"from (utils|apps|main|config)")


@dataclass(frozen=True)
class FunctionModule:
    """``type`` is that of the first function class found; ``toggle`` is true for a filter that asks for a switch."""

    type: str
    manifest: dict[str, str]
    toggle: bool
    valves: Valves | None
    user_valves: Valves | None


def with_new_imports(content: str) -> str:
    """The source as the server stores it: imports of old releases renamed, wherever such words stand."""
    return OLD_IMPORT.sub(r"from open_webui.\1", content)


def read_module(content: str) -> FunctionModule:
    """What the source defines. Raises ``LoadError``."""
    tree = _compiled(content)
    _check_statements(tree.body)
    node = _function_class(tree)
    _check_statements(_init(node))
    return FunctionModule(
        type=node.name.lower(),
        manifest=_frontmatter(content),
        toggle=node.name == "Filter" and _toggle(node),
        valves=_valves(tree, node, "Valves"),
        user_valves=_valves(tree, node, "UserValves"),
    )


def _compiled(content: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(content, "<string>")
            compile(tree, "<string>", "exec")  # finds, say, a return outside a function; the result is not run
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise LoadError(str(error)) from error
    return tree


def _check_statements(statements: Iterable[ast.stmt]) -> None:
    for statement in statements:
        match statement:
            case ast.Import(names=names):
                for alias in names:
                    _check_module(alias.name)
            case ast.ImportFrom(level=0, module=str(name)):
                _check_module(name)
            case ast.ImportFrom():
                raise LoadError("attempted relative import with no known parent package")
            case ast.Raise(exc=ast.Call(args=[ast.Constant(value=message)])):
                raise LoadError(str(message))
            case ast.Raise():
                raise LoadError("")


def _check_module(name: str) -> None:
    package = name.partition(".")[0]
    if package not in INSTALLED_THERE and find_spec(package) is None:
        raise LoadError(f"No module named '{package}'")


def _function_class(tree: ast.Module) -> ast.ClassDef:
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    for name in FUNCTION_CLASSES:
        if name in classes:
            return classes[name]
    raise LoadError("No Function class found in the module")


def _init(node: ast.ClassDef) -> list[ast.stmt]:
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            return statement.body
    return []


def _toggle(node: ast.ClassDef) -> bool:
    toggle = False
    for statement in [*node.body, *_init(node)]:
        match statement:
            case (
                ast.Assign(targets=[ast.Name("toggle") | ast.Attribute(attr="toggle")], value=ast.Constant(value=value))
                | ast.AnnAssign(target=ast.Name("toggle"), value=ast.Constant(value=value))
            ):
                toggle = bool(value)
    return toggle


def _frontmatter(content: str) -> dict[str, str]:
    """The ``key: value`` lines of the docstring the source must begin with."""
    first, *lines = content.splitlines() or [""]
    found: dict[str, str] = {}
    if first.strip() != '"""':
        return found
    for line in lines:
        if '"""' in line:
            break
        if match := FRONTMATTER_LINE.fullmatch(line):
            found[match[1]] = match[2].strip()
    return found


def _valves(tree: ast.Module, node: ast.ClassDef, name: str) -> Valves | None:
    for statement in node.body:
        if isinstance(statement, ast.ClassDef) and statement.name == name:
            return read_valves(Scope(tree.body, node.body), statement)
    return None
