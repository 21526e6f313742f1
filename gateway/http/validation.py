"""Validation, with a bound on its time: graphql-core's rules and Strawberry's, few errors, few comparisons.

Source: GraphQL (September 2025), section 5.
"""

from __future__ import annotations

from typing import Any

from graphql import (
    ASTValidationRule,
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLStreamDirective,
    NoSchemaIntrospectionCustomRule,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    StreamDirectiveOnListField,
    ValidationContext,
    is_union_type,
    specified_rules,
    validate,
)
from graphql.validation.validate import ValidationAbortedError
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from gateway.errors import BadInput
from gateway.settings import LimitSettings


class Validator:
    """Validates documents of one schema. Without ``introspection`` none may ask what the schema is."""

    def __init__(
        self, schema: GraphQLSchema, limits: LimitSettings, *, introspection: bool = True, suggestions: bool = True
    ) -> None:
        replaced: dict[type[ASTValidationRule], type[ASTValidationRule]] = {
            OverlappingFieldsCanBeMergedRule: bounded_overlap(limits.max_field_comparisons),
            StreamDirectiveOnListField: StreamOnLists,
        }
        self._schema = schema
        self._max_errors = limits.max_errors
        self._suggestions = suggestions
        self._rules: list[type[ASTValidationRule]] = [
            *(replaced.get(rule, rule) for rule in specified_rules),
            MaybeNullValidationRule,
            OneOfInputValidationRule,
            *(() if introspection else (NoSchemaIntrospectionCustomRule,)),
        ]

    def errors_of(self, document: DocumentNode) -> list[GraphQLError]:
        """What is wrong with it: at most ``max_errors``, and one that says that there are more."""
        return validate(self._schema, document, self._rules, self._max_errors, hide_suggestions=not self._suggestions)


class StreamOnLists(StreamDirectiveOnListField):
    """The rule of the same name. graphql-core's breaks off where ``@stream`` is below a union, which has no lists."""

    context: ValidationContext

    def enter_directive(self, node: DirectiveNode, *place: Any) -> None:
        parent = self.context.get_parent_type()
        if not is_union_type(parent):
            super().enter_directive(node, *place)
        elif node.name.value == GraphQLStreamDirective.name:
            message = f"Stream directive cannot be used on non-list fields of type '{parent.name}'."
            self.report_error(GraphQLError(message, node))


def bounded_overlap(max_comparisons: int) -> type[OverlappingFieldsCanBeMergedRule]:
    """The rule "Field Selection Merging", which gives up after ``max_comparisons``.

    It compares fields of the same name pairwise. graphql-core counts that, but lets pass what takes a second.
    """

    class BoundedOverlap(OverlappingFieldsCanBeMergedRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = max_comparisons

        def enter_selection_set(self, selection_set: SelectionSetNode, *place: Any) -> None:
            try:
                super().enter_selection_set(selection_set, *place)
            except ValidationAbortedError as error:
                if self.rule_context.remaining_complexity_budget >= 0:
                    raise
                refused = BadInput(f"Fields of the document overlap in more than {max_comparisons} comparisons.")
                raise ValidationAbortedError(refused.message, original_error=refused) from error

    return BoundedOverlap
