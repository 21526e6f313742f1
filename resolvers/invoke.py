"""Trained functions, and invoking them."""

from __future__ import annotations

from typing import Any

from gateway.context import Context
from gateway.upstreams.invoke import FunctionOutput, TrainedFunction
from resolvers.paging import checked

DEFAULT_COUNT = 100


async def trained_function(context: Context, function_id: str) -> TrainedFunction | None:
    return await context.loaders.invoke.trained_function_by_id.load(function_id)


async def trained_functions(context: Context, offset: int | None, count: int | None) -> list[TrainedFunction]:
    """The vendor's lists have no offset: the pages up to the last row are read in order."""
    offset, count = checked(offset, count, DEFAULT_COUNT)
    listed = await context.loaders.invoke.trained_functions_by_count.load(offset + count)
    return listed[offset : offset + count]


async def invoke(context: Context, function_id: str, data: Any, **options: Any) -> FunctionOutput:
    return await context.clients.invoke.invoke(function_id, data, **options)
