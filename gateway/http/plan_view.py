"""``extensions.plan`` of an answer: how the operation is executed, what it asks of the upstreams, and what that took.

A request asks for it with ``extensions: {"plan": true}``, or ``{"plan": "only"}`` to run nothing. In development every
caller gets it, else administrators only. Of a request that was made it shows the path as it is declared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from graphql import ExecutionResult, GraphQLField, GraphQLObjectType, GraphQLSchema

from gateway.context import Context
from gateway.errors import Forbidden, GatewayError
from gateway.execution.outline import Fetched, Level
from gateway.http.documents import Prepared
from gateway.roles import Role
from gateway.settings import Settings
from gateway.upstreams.recorder import Recorded, Recorder
from schema.requests.declared import REQUESTS, Request

ONLY = "only"
"""Asks for the plan without running the operation."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that a field declares: ``GET /functions/{id}``, and how often it is made."""

    upstream: str
    request: str
    often: str


class _Pattern(NamedTuple):
    """What a request that was made is recognized by. ``elsewhere``: at a service's own address."""

    elsewhere: bool
    expression: re.Pattern[str]
    request: str


class PlanView:
    """Says who may see plans, and puts them together."""

    def __init__(self, schema: GraphQLSchema, settings: Settings) -> None:
        self._schema = schema
        self._settings = settings

    async def is_shown(self, prepared: Prepared, context: Context) -> bool:
        """Whether the caller gets the plan. Raises ``Forbidden`` where that is all it wants."""
        if self._settings.environment == "development" or await _is_admin(context):
            return True
        if prepared.plan == ONLY:
            raise Forbidden("Plans are for administrators.")
        return False

    def of(self, prepared: Prepared) -> ExecutionResult:
        """The plan, without having run it."""
        return ExecutionResult(None, None, {"plan": self._plan(prepared)})

    def with_times(self, prepared: Prepared, recorder: Recorder, result: ExecutionResult) -> ExecutionResult:
        """The result, with the plan and what was recorded."""
        times = {
            "requests": [self._made(each) for each in recorder.requests],
            "duration": _milliseconds(recorder.elapsed_s),
        }
        return ExecutionResult(result.data, result.errors, {"plan": self._plan(prepared) | times})

    def _plan(self, prepared: Prepared) -> Json:
        plan = prepared.executable.plan
        root = None if plan is None else _level(plan.outline(lambda field: asked_by(field, self._settings)))
        return {"operation": prepared.executable.kind.value, "cost": prepared.cost, "root": root}

    def _made(self, recorded: Recorded) -> Json:
        return {
            "upstream": recorded.service,
            "request": self._declared(recorded),
            "start": _milliseconds(recorded.start_s),
            "duration": None if recorded.duration_s is None else _milliseconds(recorded.duration_s),
            "status": recorded.status,
        }

    def _declared(self, recorded: Recorded) -> str:
        made = f"{recorded.method} {recorded.path.partition('?')[0]}"
        for pattern in self._patterns[recorded.service]:
            if pattern.elsewhere == recorded.elsewhere and pattern.expression.fullmatch(made):
                return pattern.request
        return recorded.method

    @cached_property
    def _patterns(self) -> dict[str, list[_Pattern]]:
        """By upstream; those that say the most come first."""
        found: dict[str, set[_Pattern]] = defaultdict(set)
        for kind in self._schema.type_map.values():
            for field in kind.fields.values() if isinstance(kind, GraphQLObjectType) else ():
                for request in _requests_of(field, self._settings):
                    found[request.upstream].add(_pattern(request, self._settings))
        return defaultdict(list, {name: sorted(each, key=_vagueness) for name, each in found.items()})


def asked_by(field: GraphQLField, settings: Settings) -> Iterator[Asked]:
    """What a field declares, in the dialect in use."""
    for request in _requests_of(field, settings):
        often = ", ".join(filter(None, (request.number, request.when)))
        yield Asked(request.upstream, request.address(settings), often)


def _requests_of(field: GraphQLField, settings: Settings) -> Iterator[Request]:
    return (each for each in field.extensions.get(REQUESTS, ()) if each.is_made(settings))


def _pattern(request: Request, settings: Settings) -> _Pattern:
    address = request.address(settings)
    elsewhere = request.path.startswith("{")
    below = f"{request.method} {request.path.partition('}')[2]}" if elsewhere else address
    parts = re.split(r"({\w+})", below)
    expression = "".join(".*" if part.startswith("{") else re.escape(part) for part in parts)
    return _Pattern(elsewhere, re.compile(expression), address)


def _vagueness(pattern: _Pattern) -> tuple[int, str]:
    return -len(re.sub(r"{\w+}", "", pattern.request)), pattern.request


async def _is_admin(context: Context) -> bool:
    try:
        return await context.has(Role.ADMIN)
    except GatewayError:
        return False


def _level(level: Level[Asked]) -> Json:
    shown: Json = {"inPlace": level.in_place, "fields": [_field(each) for each in level.fields]}
    if level.condition is not None:
        shown["condition"] = level.condition
    if level.same_as is not None:
        shown["sameAs"] = level.same_as
    return shown


def _field(field: Fetched[Asked]) -> Json:
    requests = [{"upstream": each.upstream, "request": each.request, "often": each.often} for each in field.notes]
    below = [_level(each) for each in field.below]
    return {"key": field.key, "type": field.type, "source": field.source, "requests": requests, "below": below}


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
