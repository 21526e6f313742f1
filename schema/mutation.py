"""Mutations: those of the four backends together."""

from __future__ import annotations

import strawberry

from schema.deployment.mutation import DeploymentMutation
from schema.function_admin.mutation import FunctionAdminMutation
from schema.invoke.mutation import InvokeMutation
from schema.prediction.mutation import PredictionMutation


@strawberry.type(description="What can be done.")
class Mutation(PredictionMutation, DeploymentMutation, FunctionAdminMutation, InvokeMutation):
    """All actions."""
