"""Trained functions, and invoking them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from gateway.context import Context
from gateway.errors import BadInput
from gateway.loaders.invoke import First, SamplePage
from gateway.uploads import UploadedFile
from gateway.upstreams.invoke.batch import Item
from gateway.upstreams.invoke.invocations import Input, Options
from gateway.upstreams.invoke.outputs import OUTPUTS, FunctionOutput, output_named
from gateway.upstreams.invoke.records import Field, Label, Sample, SampleFilter, TrainedFunction
from gateway.upstreams.invoke.shared import Kind
from resolvers.levels import of_each
from resolvers.paging import checked

DEFAULT_COUNT = 100
DEFAULT_SAMPLES = 25
MAX_INPUTS = 1000


async def trained_function(context: Context, function_id: str) -> TrainedFunction | None:
    return await context.loaders.invoke.trained_function_by_id.load(function_id)


async def trained_functions(context: Context, offset: int | None, count: int | None) -> list[TrainedFunction]:
    """The vendor's lists have no offset: the pages up to the last row are read in order."""
    offset, count = checked(offset, count, DEFAULT_COUNT)
    listed = await context.loaders.invoke.trained_functions_by_count.load(offset + count)
    return listed[offset : offset + count]


async def labels(
    context: Context, functions: list[TrainedFunction], offset: int | None, count: int | None
) -> list[list[Label] | BaseException]:
    offset, count = checked(offset, count, DEFAULT_COUNT)
    end = offset + count
    listed = await context.loaders.invoke.labels_by_function.load_many(First(each.id, end) for each in functions)
    return of_each(listed, lambda found: found[offset:end])


async def fields(
    context: Context, functions: list[TrainedFunction], offset: int | None, count: int | None
) -> list[list[Field] | BaseException]:
    offset, count = checked(offset, count, DEFAULT_COUNT)
    end = offset + count
    listed = await context.loaders.invoke.fields_by_function.load_many(First(each.id, end) for each in functions)
    return of_each(listed, lambda found: found[offset:end])


async def samples(
    context: Context, functions: list[TrainedFunction], offset: int | None, count: int | None, chosen: SampleFilter
) -> list[list[Sample] | Exception]:
    page = checked(offset, count, DEFAULT_SAMPLES)
    pages = [SamplePage(each.id, *page, chosen) for each in functions]
    return await context.loaders.invoke.samples_by_page.load_many(pages)


async def invoke(
    context: Context, function_id: str, output: str | None, given: Input, options: Options
) -> FunctionOutput:
    kind = await _kind(context, function_id, output)
    return await context.clients.invoke.invoke(function_id, kind, given, options)


async def invoke_each(
    context: Context, function_id: str, output: str | None, inputs: list[Input], options: Options
) -> AsyncGenerator[Item, None]:
    """The results as they come. Raises ``BadInput`` for no inputs or too many, before anything is sent."""
    if not 1 <= len(inputs) <= MAX_INPUTS:
        raise BadInput(f"`inputs` must be 1 to {MAX_INPUTS}.")
    kind = await _kind(context, function_id, output)
    async with aclosing(context.clients.invoke.invoke_all(function_id, kind, inputs, options)) as items:
        async for item in items:
            yield item


async def invoke_all(
    context: Context, function_id: str, output: str | None, inputs: list[Input], options: Options
) -> list[Item]:
    """The results in the order of the inputs."""
    async with aclosing(invoke_each(context, function_id, output, inputs, options)) as items:
        return sorted([item async for item in items], key=lambda item: item.index)


def given_input(
    data: Any,
    file: UploadedFile | None,
    sample_id: str | None,
    external_id: str | None,
    metadata: dict[str, Any] | None,
) -> Input:
    """One input. Raises ``BadInput`` unless exactly one of the three forms is there."""
    if sum(form is not None for form in (data, file, sample_id)) != 1:
        raise BadInput("Give one of `data`, `file` and `sampleId` for each input.")
    return Input(data, file, sample_id, external_id, metadata)


async def _kind(context: Context, function_id: str, output: str | None) -> Kind:
    if output is None:
        return await context.loaders.invoke.kind_by_id.load(function_id)
    named = output_named(output)
    if named is None:
        raise BadInput(f"`output` must be one of {', '.join(OUTPUTS)}.")
    return Kind(named)
