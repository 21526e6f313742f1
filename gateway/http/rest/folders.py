"""Reading the twins: those of the gateway, and on top those of an operator's folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
)

from gateway.http.rest.documents import twin_of
from gateway.http.rest.twin import PARAMETER, Twin, TwinError
from gateway.settings import SettingsError

BUILT_IN = Path(__file__).parent.parent / "twins"
Fragments = Mapping[str, FragmentDefinitionNode]


def load_twins(schema: GraphQLSchema, folder: Path | None, reserved: frozenset[str]) -> list[Twin]:
    """All twins, each parsed, those of the operator validated too. Where both have a route, the operator's twin stands.

    ``reserved`` are first segments of paths that the gateway has for itself. Raises ``SettingsError`` that names each
    wrong file.
    """
    problems: list[str] = []
    own, fragments = _load(BUILT_IN, schema, {}, reserved, problems, trusted=True)
    more: list[Twin] = []
    if folder is not None:
        if not folder.is_dir():
            raise SettingsError([f"twins_folder: {folder} is not a folder"])
        more, _ = _load(folder, schema, fragments, reserved, problems)
    if problems:
        raise SettingsError(problems)
    return list({**_by_route(own), **_by_route(more)}.values())


def _by_route(twins: Iterable[Twin]) -> dict[tuple[str, str], Twin]:
    return {route_of(twin): twin for twin in twins}


def route_of(twin: Twin) -> tuple[str, str]:
    """What two twins cannot share: the method and the path, whatever its parameters are called."""
    return twin.header.method, PARAMETER.sub("{}", twin.header.path)


def _load(
    folder: Path,
    schema: GraphQLSchema,
    known: Fragments,
    reserved: frozenset[str],
    problems: list[str],
    *,
    trusted: bool = False,
) -> tuple[list[Twin], Fragments]:
    sources = _parsed(folder, problems)
    fragments = {**known, **_shared_fragments(sources)}
    twins: dict[tuple[str, str], Path] = {}
    found = []
    for file, (text, document) in sources.items():
        if not _operations(document):
            continue
        group = file.parent.name if file.parent != folder else "more"
        try:
            twin = twin_of(text, document, schema, fragments, group, trusted=trusted)
            _check_route(twin, file, twins, reserved)
        except TwinError as error:
            problems.append(f"{file}: {error}")
        else:
            found.append(twin)
    return found, fragments


def twin_files(folder: Path) -> list[Path]:
    """The files of twins in a folder, at any depth; none of those that a ConfigMap keeps behind its links, in folders
    such as ``..2026_11_28``. A folder that cannot be read, or goes away meanwhile, has none."""
    found: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith("..")]
        found += [Path(parent, name) for name in files if name.endswith(".graphql") and not name.startswith("..")]
    return sorted(found)


def _parsed(folder: Path, problems: list[str]) -> dict[Path, tuple[str, DocumentNode]]:
    parsed = {}
    for file in twin_files(folder):
        try:
            text = file.read_text()
            parsed[file] = (text, parse(text, no_location=True))
        except (GraphQLError, OSError, UnicodeDecodeError) as error:
            problems.append(f"{file}: {str(error).splitlines()[0]}")
    return parsed


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]


def _shared_fragments(sources: Mapping[Path, tuple[str, DocumentNode]]) -> Fragments:
    return {
        node.name.value: node
        for _, document in sources.values()
        if not _operations(document)
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }


def _check_route(twin: Twin, file: Path, taken: dict[tuple[str, str], Path], reserved: frozenset[str]) -> None:
    path = twin.header.path
    if path.split("/")[1] in reserved:
        raise TwinError(f"{path} is a path of the gateway itself")
    other = taken.setdefault(route_of(twin), file)
    if other != file:
        raise TwinError(f"{twin.header.method} {path} is the route of {other.name} too")
