"""What must be known of a document before it is planned."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
)

Selected = FieldNode | FragmentSpreadNode | InlineFragmentNode


def operation_of(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    """The operation to execute, or ``None`` if the document and the name do not say which it is."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if name is not None:
        operations = [each for each in operations if each.name and each.name.value == name]
    return operations[0] if len(operations) == 1 else None


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments by name."""
    return {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}


class Survey:
    """Walks the document once, each fragment once."""

    def __init__(self, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self.fields = 0
        """How many fields are written in it."""
        self.conditions: dict[str, bool] = {}
        """Variables that ``@skip`` and ``@include`` use, each with a value that lets the field be there."""
        self.unsupported = _unsupported(operation)
        self._walk(operation.selection_set)
        for fragment in fragments_of(document).values():
            if fragment.variable_definitions:
                self.unsupported = "variables of fragments"
            self._walk(fragment.selection_set)

    def _walk(self, root: SelectionSetNode) -> None:
        for selected in _selected(root):
            self.fields += isinstance(selected, FieldNode)
            for directive in selected.directives or ():
                name = directive.name.value
                if name in ("defer", "stream"):
                    self.unsupported = f"@{name}"
                elif name in ("skip", "include"):
                    variables = [
                        each.value for each in directive.arguments or () if isinstance(each.value, VariableNode)
                    ]
                    self.conditions |= {each.name.value: name == "include" for each in variables}


def _selected(root: SelectionSetNode) -> Iterator[Selected]:
    stack = [root]
    while stack:
        for selected in stack.pop().selections:
            assert isinstance(selected, Selected)
            yield selected
            if not isinstance(selected, FragmentSpreadNode) and selected.selection_set:
                stack.append(selected.selection_set)


def _unsupported(operation: OperationDefinitionNode) -> str:
    if operation.operation is OperationType.SUBSCRIPTION:
        return "subscriptions"
    names = [each.name.value for each in operation.directives or ()]
    return "@experimental_disableErrorPropagation" if "experimental_disableErrorPropagation" in names else ""
