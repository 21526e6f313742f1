"""Queries: those of the four backends together."""

from __future__ import annotations

import strawberry

from schema.across.query import AcrossQuery
from schema.deployment.query import DeploymentQuery
from schema.function_admin.query import FunctionAdminQuery
from schema.invoke.query import InvokeQuery
from schema.prediction.query import PredictionQuery


@strawberry.type(description="What can be asked.")
class Query(PredictionQuery, DeploymentQuery, FunctionAdminQuery, InvokeQuery, AcrossQuery):
    """All look-ups."""
