"""From one backend to another, where the operator has said that things belong together (``[[links]]``)."""

from __future__ import annotations

from typing import Any

from gateway.context import Context
from gateway.settings import LinkSettings
from gateway.upstreams.deployment.records import Deployment, DeploymentDetails
from gateway.upstreams.function_admin.records import Function
from gateway.upstreams.invoke.records import TrainedFunction
from gateway.upstreams.prediction.records import Predictor
from resolvers import deployment, invoke, prediction
from resolvers.function_admin import look_ups as function_admin


def _link(context: Context, record: Any) -> LinkSettings | None:
    match record:
        case Predictor():
            return context.settings.link_of("predictor", record.tag)
        case Deployment():
            return context.settings.link_of("deployment", record.id)
        case Function():
            return context.settings.link_of("function", record.id)
        case TrainedFunction():
            return context.settings.link_of("trained_function", record.id)
        case _:
            return None


async def linked_predictor(context: Context, record: Any) -> Predictor | None:
    link = _link(context, record)
    return await prediction.predictor(context, link.predictor) if link and link.predictor else None


async def linked_deployment(context: Context, record: Any) -> DeploymentDetails | None:
    link = _link(context, record)
    return await deployment.deployment(context, link.deployment) if link and link.deployment else None


async def linked_function(context: Context, record: Any) -> Function | None:
    link = _link(context, record)
    return await function_admin.function(context, link.function) if link and link.function else None


async def linked_trained_function(context: Context, record: Any) -> TrainedFunction | None:
    link = _link(context, record)
    return await invoke.trained_function(context, link.trained_function) if link and link.trained_function else None
