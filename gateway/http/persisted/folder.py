"""The operations and fragments in a folder of .graphql files, made into a manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from graphql import (
    DefinitionNode,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    NameNode,
    OperationDefinitionNode,
    Source,
    Visitor,
    get_location,
    parse,
    print_ast,
    visit,
)
from graphql.language import Node

from gateway.http.persisted.manifest import APOLLO_FORMAT
from gateway.http.persisted.names import SHA256_PREFIX, sha256_of
from gateway.http.validation import Validator

SUFFIXES = (".graphql", ".gql")
Named = TypeVar("Named", bound=DefinitionNode)


class Folder:
    """What the files hold. ``problems`` are lines, each with its file, line and column where there is one."""

    def __init__(self, path: Path) -> None:
        self.problems: list[str] = []
        self._operations: dict[str, OperationDefinitionNode] = {}
        self._fragments: dict[str, FragmentDefinitionNode] = {}
        for file in sorted(each for each in path.rglob("*") if each.suffix in SUFFIXES and each.is_file()):
            for definition in self._read(file):
                self._add(definition)
        if not self._operations and not self.problems:
            self.problems.append(f"{path}: there is no operation in it")

    def manifest(self, validator: Validator) -> dict[str, Any]:
        """Every operation by name, in Apollo's form. What is not valid is in ``problems``."""
        documents = [self._document(self._operations[name]) for name in sorted(self._operations)]
        found = [_line(error) for document in documents for error in validator.errors_of(document)]
        self.problems += dict.fromkeys(found)  # a fragment is told once, though several operations use it
        return {"format": APOLLO_FORMAT, "version": 1, "operations": [_entry(document) for document in documents]}

    def _read(self, file: Path) -> tuple[DefinitionNode, ...]:
        try:
            return parse(Source(file.read_text("utf-8"), str(file))).definitions
        except GraphQLSyntaxError as error:
            self.problems.append(_line(error))
        except UnicodeDecodeError:
            self.problems.append(f"{file}: is not UTF-8")
        except OSError as error:
            self.problems.append(f"{file}: {error.strerror}")
        return ()

    def _add(self, definition: DefinitionNode) -> None:
        match definition:
            case FragmentDefinitionNode():
                self._keep(definition.name.value, definition, self._fragments)
            case OperationDefinitionNode(name=NameNode() as name):
                self._keep(name.value, definition, self._operations)
            case OperationDefinitionNode():
                self.problems.append(f"{_place(definition)}: an operation needs a name")
            case _:
                self.problems.append(f"{_place(definition)}: only operations and fragments can be persisted")

    def _keep(self, name: str, definition: Named, known: dict[str, Named]) -> None:
        first = known.setdefault(name, definition)
        if first is not definition:
            self.problems.append(f"{_place(definition)}: `{name}` is in {_place(first)} too")

    def _document(self, operation: OperationDefinitionNode) -> DocumentNode:
        """The operation and, by name, every fragment that it uses, directly or through others."""
        used: dict[str, FragmentDefinitionNode] = {}
        pending: list[Node] = [operation]
        while pending:
            for name in _spreads(pending.pop()):
                if name in self._fragments and name not in used:
                    used[name] = self._fragments[name]
                    pending.append(used[name])
        return DocumentNode(definitions=(operation, *(used[name] for name in sorted(used))))


class _Spreads(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: Any) -> None:
        self.names.append(spread.name.value)


def _spreads(node: Node) -> list[str]:
    spreads = _Spreads()
    visit(node, spreads)
    return spreads.names


def _entry(document: DocumentNode) -> dict[str, str]:
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert operation.name
    text = print_ast(document)
    return {
        "id": SHA256_PREFIX + sha256_of(text),
        "name": operation.name.value,
        "type": operation.operation.value,
        "body": text,
    }


def _place(node: Node) -> str:
    assert node.loc
    place = get_location(node.loc.source, node.loc.start)
    return f"{node.loc.source.name}:{place.line}:{place.column}"


def _line(error: GraphQLError) -> str:
    if error.source is None or not error.locations:
        return error.message
    place = error.locations[0]
    return f"{error.source.name}:{place.line}:{place.column}: {error.message}"
