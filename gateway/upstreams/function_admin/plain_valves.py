"""Which valves of a function are surely no passwords, read from its source without running it.

A password is marked by ``json_schema_extra={"input": {"type": "password"}}`` on its field. Only the server, which runs
the code, knows the schema for certain; asking it is a request per function, and switches functions off whose code no
longer loads. So this names the fields that are written out plainly enough to be sure of, and every other one counts as
a password: of a class with another base than ``BaseModel``, of an annotation or a default that stands for something
defined elsewhere, of a source that is too large or changes what such names mean. See docs/decisions/0006.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterator

from cachetools import LRUCache

MAX_SOURCE_CHARS = 256 * 1024
MAX_KNOWN = 1000
FUNCTION_CLASSES = ("Pipe", "Filter", "Action", "Event")

_TYPES = frozenset(("str", "int", "float", "bool", "list", "dict", "tuple", "set"))
_TYPING = frozenset(("Any", "Dict", "List", "Literal", "Optional", "Set", "Tuple", "Union"))
_PYDANTIC = frozenset(("BaseModel", "Field"))
_MODULES = {"typing": _TYPING, "typing_extensions": _TYPING, "pydantic": _PYDANTIC}
# Names that a source must not give another meaning.
_FIXED = _TYPES | _TYPING | _PYDANTIC | {"os"}
# What could change a class after it was written down.
_UNSETTLING = frozenset(
    (
        *("*", "setattr", "delattr", "exec", "eval", "globals", "__dict__", "__annotations__", "__init_subclass__"),
        *("create_model", "model_rebuild", "model_fields", "model_config", "model_json_schema", "Config"),
        *("__get_pydantic_json_schema__", "__get_pydantic_core_schema__", "__pydantic_init_subclass__"),
    )
)
_ENVIRONMENT = ("os.getenv", "os.environ.get")
_FIELD_OPTIONS = frozenset(
    (
        *("default", "default_factory", "title", "description", "examples", "gt", "ge", "lt", "le", "multiple_of"),
        *("min_length", "max_length", "pattern", "strict", "frozen", "allow_inf_nan", "repr"),
    )
)


class PlainValves:
    """The answers for sources that were read before are kept, for the life of the gateway, by the source's hash."""

    def __init__(self) -> None:
        self._known: LRUCache[bytes, frozenset[str]] = LRUCache(MAX_KNOWN)

    def of(self, source: str) -> frozenset[str]:
        """The fields of the function's ``Valves`` that are surely no passwords; none when the source is unclear."""
        if len(source) > MAX_SOURCE_CHARS:
            return frozenset()
        digest = hashlib.sha256(source.encode(errors="replace")).digest()
        if digest not in self._known:
            self._known[digest] = plain_valves(source)
        return self._known[digest]


def plain_valves(source: str) -> frozenset[str]:
    """As ``PlainValves.of``, for a source of any length."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
        fields = _valves_class(tree).body if _is_settled(tree) else []
        return frozenset(name for field in fields if (name := _plain_field(field)) is not None)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()


def _is_settled(tree: ast.Module) -> bool:
    """Whether the names that this relies on mean what they always mean, and nothing reaches into classes."""
    bound = [name for node in ast.walk(tree) for name in _bound(node)]
    used = {getattr(node, "id", getattr(node, "attr", None)) for node in ast.walk(tree)}
    once = ("Valves", *FUNCTION_CLASSES)
    return not (_FIXED & set(bound) or _UNSETTLING & (used | set(bound)) or any(bound.count(name) > 1 for name in once))


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a node gives a meaning; not those that an import brings from where they belong."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            yield name
        case ast.Attribute(attr="Valves", ctx=ast.Store() | ast.Del()):
            yield "Valves"
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.Import(names=names):
            yield from (alias.asname or alias.name for alias in names if alias.asname or alias.name != "os")
        case ast.ImportFrom(module=module, names=names):
            own = _MODULES.get(module or "", frozenset())
            yield from (alias.asname or alias.name for alias in names if alias.asname or alias.name not in own)


def _valves_class(tree: ast.Module) -> ast.ClassDef:
    """The ``Valves`` of the class that the server takes. Raises ``ValueError`` unless both are plain classes."""
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef) and not node.decorator_list}
    bound = {name for node in ast.walk(tree) for name in _bound(node)}
    owner = next(name for name in (*FUNCTION_CLASSES, "") if name in bound or not name)
    for node in classes[owner].body if owner in classes else ():
        match node:
            case ast.ClassDef(name="Valves", bases=[ast.Name(id="BaseModel")], keywords=[], decorator_list=[]):
                return node
    raise ValueError("no plain Valves class")


def _plain_field(statement: ast.stmt) -> str | None:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
            return name if _is_plain_type(annotation) and (value is None or _is_plain_default(value)) else None
    return None


def _is_plain_type(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name):
            return name in _TYPES | _TYPING
        case ast.Constant(value=None):
            return True
        case ast.Subscript(value=ast.Name(id="Literal")):
            return True
        case ast.Subscript(value=generic, slice=ast.Tuple(elts=arguments)):
            return all(map(_is_plain_type, [generic, *arguments]))
        case ast.Subscript(value=generic, slice=argument):
            return _is_plain_type(generic) and _is_plain_type(argument)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _is_plain_type(left) and _is_plain_type(right)
    return False


def _is_plain_default(node: ast.expr) -> bool:
    """A literal, a read of the environment, or a ``Field`` without a mark."""
    match node:
        case ast.Call(func=ast.Name(id="Field"), keywords=keywords):
            return all(map(_is_plain_option, keywords))
        case ast.Call(func=func):
            return ast.unparse(func) in _ENVIRONMENT
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True


def _is_plain_option(option: ast.keyword) -> bool:
    if option.arg != "json_schema_extra":
        return option.arg in _FIELD_OPTIONS
    try:
        extra = ast.literal_eval(option.value)
    except ValueError:
        return False
    return isinstance(extra, dict) and not marks_password(extra)


def marks_password(member: dict[str, object]) -> bool:
    """Whether a member of a schema's ``properties`` says that it is a password."""
    marked = member.get("input")
    by_input = isinstance(marked, dict) and marked.get("type") == "password"
    return by_input or member.get("format") == "password" or member.get("writeOnly") is True
