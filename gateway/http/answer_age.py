"""For how long the answer of an operation may be kept, and for whom.

The rules are those of Apollo Server's cache control ("Server-side caching", section "Calculating cache behavior"): an
answer is as old as its shortest-lived part may be. A root field without an age of its own, or of its type, has none; a
field below it that answers objects has that of its parent.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
)

from gateway.settings import AnswerSettings, SettingsError


class Age(NamedTuple):
    """``seconds`` is 0 for what may not be kept. What is ``public`` is the same for all callers."""

    seconds: float
    public: bool


class Ages:
    """The ages of a schema's types and fields. Raises ``SettingsError`` for a name that the schema does not have."""

    def __init__(self, schema: GraphQLSchema, settings: AnswerSettings) -> None:
        self._schema = schema
        self._seconds: Mapping[str, float] = settings.max_age_s
        self._public: Collection[str] = settings.public
        named = {"answers.max_age_s": settings.max_age_s, "answers.public": settings.public}
        problems = [
            f"{table}: the schema has no {name}"
            for table, names in named.items()
            for name in names
            if not self._has(name)
        ]
        if problems:
            raise SettingsError(problems)

    @property
    def any(self) -> bool:
        """Whether anything may be kept at all."""
        return bool(self._seconds)

    def of(self, document: DocumentNode, operation: OperationDefinitionNode) -> Age:
        """The age of a query's answers, by the whole document: what is skipped counts too."""
        root = self._schema.get_root_type(operation.operation)
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        walk = _Walk(self._schema, self._seconds, fragments)
        walk.selected(operation.selection_set, root, 0.0)
        fields = {f"{root}.{name}" for name in walk.roots - {"__typename"}}
        return Age(0.0 if math.isinf(walk.least) else walk.least, bool(fields) and fields <= set(self._public))

    def _has(self, name: str) -> bool:
        kind, _, field = name.partition(".")
        found = self._schema.get_type(kind)
        return found is not None and (not field or field in getattr(found, "fields", ()))


class _Walk:
    """Through an operation; each fragment once for each age that it is spread with."""

    def __init__(
        self, schema: GraphQLSchema, seconds: Mapping[str, float], fragments: Mapping[str, FragmentDefinitionNode]
    ) -> None:
        self.least = math.inf
        self.roots: set[str] = set()
        self._schema = schema
        self._seconds = seconds
        self._fragments = fragments
        self._seen: set[tuple[str, float]] = set()
        self._depth = 0

    def selected(self, selection_set: SelectionSetNode, parent: GraphQLNamedType | None, inherited: float) -> None:
        for node in selection_set.selections:
            match node:
                case FieldNode():
                    self._field(node, parent, inherited)
                case InlineFragmentNode():
                    inner = self._named(node.type_condition) if node.type_condition else parent
                    self.selected(node.selection_set, inner, inherited)
                case FragmentSpreadNode():
                    self._spread(self._fragments[node.name.value], inherited)

    def _spread(self, fragment: FragmentDefinitionNode, inherited: float) -> None:
        key = (fragment.name.value, inherited)
        if key not in self._seen:
            self._seen.add(key)
            self.selected(fragment.selection_set, self._named(fragment.type_condition), inherited)

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, inherited: float) -> None:
        name = node.name.value
        if self._depth == 0:
            self.roots.add(name)
        if name == "__typename":
            return
        known: GraphQLField | None = self._schema.get_field(parent, name) if is_composite_type(parent) else None
        kind = get_named_type(known.type) if known else None
        age = self._seconds.get(f"{parent}.{name}", self._seconds.get(str(kind), inherited))
        self.least = min(self.least, age)
        if node.selection_set is not None:
            self._depth += 1
            self.selected(node.selection_set, kind, age)
            self._depth -= 1

    def _named(self, node: Any) -> GraphQLNamedType | None:
        return self._schema.get_type(node.name.value)
