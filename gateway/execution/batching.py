"""Fields resolved for a whole level at once.

A batch function gets all parents of a level and answers one value per parent, in the same order, an exception object
for one that failed:

    async def users(posts: list[Post], info: Any) -> list[User | None | Exception]: ...

    mark_batch(schema.type_map["Post"].fields["user"], users)

A plan calls it once per level. Under graphql-core the same field is an ordinary resolver that waits one turn of the
event loop for its siblings, as a DataLoader does, and then makes the same call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from graphql import GraphQLField

BATCH = "fngraph.batch"
"""Key in ``GraphQLField.extensions``; its value is the batch function."""

BatchFunction = Callable[..., Awaitable[list[Any]]]
"""``(parents, info, **arguments)``; ``info.path`` is that of the first parent's field."""


def mark_batch(field: GraphQLField, function: BatchFunction) -> None:
    """Let ``function`` resolve the field, in plans and under graphql-core."""
    field.extensions[BATCH] = function
    field.resolve = per_parent(function)


async def answers(function: BatchFunction, parents: list[Any], info: Any, arguments: dict[str, Any]) -> list[Any]:
    """One value per parent; what concerns all of them, such as an exception, once for each."""
    try:
        values = await function(parents, info, **arguments)
        if not isinstance(values, (list, tuple)) or len(values) != len(parents):
            raise TypeError(_wrong_answer(info, parents, values))
    except Exception as error:
        return [error] * len(parents)
    return list(values)


def _wrong_answer(info: Any, parents: list[Any], values: object) -> str:
    answer = f"{len(values)} values" if isinstance(values, (list, tuple)) else type(values).__name__
    return f"Batch of field '{info.parent_type}.{info.field_name}' answered {answer} for {len(parents)} parents."


class _Batch:
    """Parents of one field in one execution, collected during one turn of the event loop."""

    def __init__(self, function: BatchFunction, info: Any, arguments: dict[str, Any]) -> None:
        self._call = (function, info, arguments)
        self._parents: list[Any] = []
        self._futures: list[asyncio.Future[Any]] = []
        self._task: asyncio.Task[None] | None = None

    def add(self, parent: Any) -> asyncio.Future[Any]:
        future = asyncio.get_running_loop().create_future()
        future.add_done_callback(self._cancel_if_nobody_waits)
        self._parents.append(parent)
        self._futures.append(future)
        return future

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._answer())

    async def _answer(self) -> None:
        function, info, arguments = self._call
        values = await answers(function, self._parents, info, arguments)
        for future, value in zip(self._futures, values, strict=True):
            if not future.done():
                # An exception object is a failed field for graphql-core, raised or not.
                future.set_result(value)

    def _cancel_if_nobody_waits(self, _: asyncio.Future[Any]) -> None:
        if self._task is not None and all(future.cancelled() for future in self._futures):
            self._task.cancel()


def per_parent(function: BatchFunction) -> Callable[..., asyncio.Future[Any]]:
    """An ordinary resolver that calls the batch function once for all parents of the same turn of the event loop."""
    batches: dict[tuple[int, int], _Batch] = {}

    def resolve(parent: Any, info: Any, **arguments: Any) -> asyncio.Future[Any]:
        # Same execution and same node, so same arguments. The batch holds `info`, so these ids are not used again.
        key = (id(info.variable_values), id(info.field_nodes[0]))
        batch = batches.get(key)
        if batch is None:
            batch = batches[key] = _Batch(function, info, arguments)
            asyncio.get_running_loop().call_soon(lambda: batches.pop(key).start())
        return batch.add(parent)

    return resolve
