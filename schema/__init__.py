"""The shape: types, queries, mutations and scalars. Resolvers hand over records, and these types read them."""

from __future__ import annotations

import strawberry
from strawberry.extensions import MaxTokensLimiter
from strawberry.schema.config import StrawberryConfig

from schema.mutation import Mutation
from schema.prediction import TYPES as PREDICTION_TYPES
from schema.query import Query
from schema.scalars import SCALARS

DEFAULT_MAX_TOKENS = 2000


def build_schema(max_tokens: int = DEFAULT_MAX_TOKENS) -> strawberry.Schema:
    """The whole schema; documents of more than ``max_tokens`` tokens are refused before they are parsed."""
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        types=PREDICTION_TYPES,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=[lambda: MaxTokensLimiter(max_token_count=max_tokens)],
    )
