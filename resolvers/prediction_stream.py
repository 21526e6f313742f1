"""Predictions while they grow."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing

from gateway.context import Context
from gateway.upstreams.prediction.records import Prediction, Value


async def stream_prediction(
    context: Context,
    tag: str,
    client: str,
    inputs: Iterable[tuple[str, Value]],
    data_url_limit: int | None,
    configuration: str | None,
) -> AsyncGenerator[Prediction, None]:
    """The prediction, again and again until it is complete; once where the predictor does not stream."""
    predicting = await context.predicting(tag)
    states = predicting.stream_prediction(
        tag, dict(inputs), client=client, data_url_limit=data_url_limit, configuration=configuration
    )
    async with aclosing(states):
        async for state in states:
            yield state
