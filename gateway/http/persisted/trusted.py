"""The documents of the manifest: read, checked and found by each of their names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from graphql import GraphQLError, GraphQLSyntaxError, parse

from gateway.errors import BadInput
from gateway.http.persisted.manifest import Entry, read_manifest
from gateway.http.persisted.names import SHA256_PREFIX, normal, sha256_of
from gateway.http.validation import Validator
from gateway.settings import SettingsError


class TrustedDocuments:
    """Finds a text by the name that the manifest gives it, by its SHA-256, and by ``sha256:`` and that."""

    def __init__(self, texts: dict[str, str]) -> None:
        hashes = {sha256_of(text): text for text in texts.values()}
        prefixed = {SHA256_PREFIX + sha256: text for sha256, text in hashes.items()}
        self._by_name = {**hashes, **prefixed, **texts}
        self._texts = frozenset(texts.values())

    def get(self, name: str) -> str | None:
        """The text. ``name`` is as ``normal`` gives it."""
        return self._by_name.get(name)

    def __contains__(self, text: str) -> bool:
        return text in self._texts


def load_trusted(path: Path, validator: Validator) -> TrustedDocuments:
    """Each document of the manifest, valid. Raises ``SettingsError`` that names the file and each wrong entry."""
    try:
        texts, problems = _checked(read_manifest(path), validator)
    except ValueError as error:
        raise SettingsError([f"documents.manifest: {path}: {error}"]) from error
    if problems:
        raise SettingsError([f"documents.manifest: {path}: {problem}" for problem in problems])
    return TrustedDocuments(texts)


def _checked(entries: Iterable[Entry], validator: Validator) -> tuple[dict[str, str], list[str]]:
    texts: dict[str, str] = {}
    problems: list[str] = []
    for name, text in entries:
        try:
            key = normal(name)
        except BadInput as error:
            problems.append(f"`{name}`: {error.message}")
            continue
        if texts.setdefault(key, text) != text:
            problems.append(f"`{name}`: is the name of two documents")
        if key.startswith(SHA256_PREFIX) and key != SHA256_PREFIX + sha256_of(text):
            problems.append(f"`{name}`: its text has the hash {sha256_of(text)}")
        problems += [f"`{name}`: {_line(error)}" for error in _errors_of(text, validator)]
    return texts, problems


def _errors_of(text: str, validator: Validator) -> list[GraphQLError]:
    try:
        return validator.errors_of(parse(text))
    except GraphQLSyntaxError as error:
        return [error]


def _line(error: GraphQLError) -> str:
    places = "".join(f" (line {place.line}, column {place.column})" for place in (error.locations or [])[:1])
    return error.message + places
