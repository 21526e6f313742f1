"""The shape: types, queries, mutations and scalars. Resolvers hand over records, and these types read them."""

from __future__ import annotations

import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaxTokensLimiter
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema.mutation import Mutation
from schema.prediction import TYPES as PREDICTION_TYPES
from schema.query import Query
from schema.scalars import SCALARS

DEFAULT_MAX_TOKENS = 2000


class Schema(strawberry.Schema):
    """Leaves errors to the gateway's one exit, which decides what is logged."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: Strawberry's own would log them whole, upstream texts included."""


def build_schema(max_tokens: int = DEFAULT_MAX_TOKENS) -> strawberry.Schema:
    """The whole schema; documents of more than ``max_tokens`` tokens are refused before they are parsed."""
    return Schema(
        query=Query,
        mutation=Mutation,
        types=PREDICTION_TYPES,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=[lambda: MaxTokensLimiter(max_token_count=max_tokens)],
    )
