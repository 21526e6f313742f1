"""Subscriptions: those of the backends together."""

from __future__ import annotations

import strawberry

from schema.deployment.subscription import DeploymentSubscription
from schema.invoke.subscription import InvokeSubscription
from schema.prediction.subscription import PredictionSubscription


@strawberry.type(description="What can be followed.")
class Subscription(PredictionSubscription, DeploymentSubscription, InvokeSubscription):
    """All streams."""
