"""The shape: types, queries, mutations and scalars. Resolvers hand over records, and these types read them."""

from __future__ import annotations

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema.inputs import describe_inputs
from schema.marks import mark
from schema.mutation import Mutation
from schema.prediction import TYPES as PREDICTION_TYPES
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription


class Schema(strawberry.Schema):
    """Leaves errors to the gateway's one exit, which decides what is logged."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: Strawberry's own would log them whole, upstream texts included."""


def build_schema() -> strawberry.Schema:
    """The whole schema. It runs documents that ``gateway.http.documents`` has prepared."""
    schema = Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=PREDICTION_TYPES,
        config=StrawberryConfig(scalar_map=SCALARS, enable_experimental_incremental_execution=True),
    )
    describe_inputs(schema._schema)
    mark(schema._schema)
    return schema
