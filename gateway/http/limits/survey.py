"""What a document holds, counted as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
)
from graphql.language import Node

INCREMENTAL = ("defer", "stream")
"""Directives that let parts of an answer come later."""


@dataclass
class Survey:
    """Counts of a document. ``spreads`` has, for each fragment, the names of those that it spreads."""

    operations: int = 0
    aliases: int = 0
    directives: int = 0
    directives_at_one_place: int = 0
    incremental: set[str] = field(default_factory=set)
    """Which of ``defer`` and ``stream`` it says."""
    spreads: dict[str, set[str]] = field(default_factory=dict)


def surveyed(document: DocumentNode) -> Survey:
    """Visit each node that can hold a directive once."""
    survey = Survey()
    for definition in document.definitions:
        survey.operations += isinstance(definition, OperationDefinitionNode)
        spread: set[str] = set()
        for node in _nodes(definition):
            _count(node, survey)
            if isinstance(node, FragmentSpreadNode):
                spread.add(node.name.value)
        if isinstance(definition, FragmentDefinitionNode):
            survey.spreads.setdefault(definition.name.value, set()).update(spread)
    return survey


def _nodes(definition: Node) -> Iterator[Node]:
    """The definition, its variables, and its selections at every depth."""
    left = [definition]
    while left:
        node = left.pop()
        yield node
        left.extend(getattr(node, "variable_definitions", None) or ())
        selection_set = getattr(node, "selection_set", None)
        if selection_set is not None:
            left.extend(selection_set.selections)


def _count(node: Node, survey: Survey) -> None:
    survey.aliases += isinstance(node, FieldNode) and node.alias is not None
    directives = getattr(node, "directives", None) or ()
    survey.directives += len(directives)
    survey.directives_at_one_place = max(survey.directives_at_one_place, len(directives))
    survey.incremental.update(each.name.value for each in directives if each.name.value in INCREMENTAL)
