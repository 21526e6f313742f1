"""From one backend to another, where the operator has said that things belong together (``[[links]]``)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from gateway.context import Context
from gateway.settings import LinkSettings
from gateway.upstreams.deployment.records import Deployment, DeploymentDetails
from gateway.upstreams.function_admin.records import Function
from gateway.upstreams.invoke.records import TrainedFunction
from gateway.upstreams.prediction.records import Predictor
from resolvers import deployment, invoke, prediction
from resolvers.function_admin import look_ups as function_admin
from resolvers.levels import each


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


async def linked_predictors(context: Context, records: list[Any]) -> list[Predictor | BaseException | None]:
    return await _linked(context, records, "predictor", prediction.predictor)


async def linked_deployments(context: Context, records: list[Any]) -> list[DeploymentDetails | BaseException | None]:
    return await _linked(context, records, "deployment", deployment.deployment)


async def linked_functions(context: Context, records: list[Any]) -> list[Function | BaseException | None]:
    return await _linked(context, records, "function", function_admin.function)


async def linked_trained_functions(
    context: Context, records: list[Any]
) -> list[TrainedFunction | BaseException | None]:
    return await _linked(context, records, "trained_function", invoke.trained_function)


async def _linked(
    context: Context, records: list[Any], kind: str, look_up: Callable[[Context, str], Awaitable[Any]]
) -> list[Any]:
    """What each record is linked to, looked up by its id; nothing for one without a link."""
    ids = [getattr(_link(context, record), kind, None) for record in records]
    wanted = [each_id for each_id in dict.fromkeys(ids) if each_id]
    found = dict(zip(wanted, await each(partial(look_up, context), wanted), strict=True))
    return [found.get(each_id) for each_id in ids]
