"""One search over the four backends, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from gateway.context import Context
from gateway.errors import BadInput, GatewayError
from resolvers import deployment, invoke, prediction
from resolvers.function_admin import look_ups as function_admin

DEFAULT_COUNT = 10
MAX_COUNT = 100
MAX_QUERY_CHARS = 200
TRAINED_FUNCTIONS_READ = 1000


class SearchKind(Enum):
    PREDICTOR = "PREDICTOR"
    DEPLOYMENT = "DEPLOYMENT"
    FUNCTION = "FUNCTION"
    TRAINED_FUNCTION = "TRAINED_FUNCTION"


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that fits. ``score`` is from 0 to 1."""

    kind: SearchKind
    score: float
    id: str
    name: str | None
    description: str | None
    item: Any


async def search(context: Context, query: str, kinds: list[SearchKind] | None, count: int | None) -> list[Any]:
    """The best hits of all backends first; after them the error of each backend that failed.

    Raises ``BadInput`` for an empty or too long text, and for a count outside 1 to 100.
    """
    count = DEFAULT_COUNT if count is None else count
    text = query.strip().lower()
    if not 1 <= len(text) <= MAX_QUERY_CHARS:
        raise BadInput(f"`query` must have 1 to {MAX_QUERY_CHARS} characters.")
    if not 1 <= count <= MAX_COUNT:
        raise BadInput(f"`count` must be from 1 to {MAX_COUNT}.")
    asked = dict.fromkeys(SearchKind if kinds is None else kinds)
    answers = await asyncio.gather(*(_hits(_SEARCHES[kind], context, text, count) for kind in asked))
    hits = [hit for found, _ in answers for hit in found]
    hits.sort(key=lambda hit: (-hit.score, hit.id))
    return [*hits[:count], *(error for _, error in answers if error is not None)]


Search = Callable[[Context, str, int], Awaitable[list[Hit]]]


async def _hits(find: Search, context: Context, text: str, count: int) -> tuple[list[Hit], GatewayError | None]:
    try:
        return await find(context, text, count), None
    except GatewayError as error:
        return [], error


async def _predictors(context: Context, text: str, count: int) -> list[Hit]:
    found = await prediction.predictors(context, text, 0, count)
    return [_hit(SearchKind.PREDICTOR, text, p.tag, p.name, p.description, p) for p in found]


async def _deployments(context: Context, text: str, count: int) -> list[Hit]:
    found = await deployment.deployments(context, deployment.Listing(search=text), 0, count)
    return [_hit(SearchKind.DEPLOYMENT, text, d.id, d.title, d.description, d) for d in found]


async def _functions(context: Context, text: str, count: int) -> list[Hit]:
    found = await function_admin.functions(context, text, None, None, 0, count)
    return [_hit(SearchKind.FUNCTION, text, f.id, f.name, f.meta.get("description"), f) for f in found]


async def _trained_functions(context: Context, text: str, count: int) -> list[Hit]:
    """The vendor has no search: its list is read, as far as it is short."""
    listed = await invoke.trained_functions(context, 0, TRAINED_FUNCTIONS_READ)
    fits = [f for f in listed if text in f.id.lower() or text in (f.name or "").lower()]
    return [_hit(SearchKind.TRAINED_FUNCTION, text, f.id, f.name, None, f) for f in fits]


_SEARCHES: dict[SearchKind, Search] = {
    SearchKind.PREDICTOR: _predictors,
    SearchKind.DEPLOYMENT: _deployments,
    SearchKind.FUNCTION: _functions,
    SearchKind.TRAINED_FUNCTION: _trained_functions,
}


def _hit(kind: SearchKind, text: str, key: str, name: str | None, description: Any, item: Any) -> Hit:
    description = description if isinstance(description, str) else None
    return Hit(kind, _score(text, key, name, description), key, name, description, item)


def _score(text: str, key: str, name: str | None, description: str | None) -> float:
    """How well it fits: the whole name, its beginning, a part of it, the description, something else."""
    names = [key.lower(), key.lower().rpartition("/")[2], (name or "").lower()]
    if text in names:
        return 1.0
    if any(found.startswith(text) for found in names):
        return 0.8
    if any(text in found for found in names):
        return 0.6
    return 0.4 if text in (description or "").lower() else 0.2
