"""The client of Nyckel's API. Source: www.nyckel.com/docs, "API reference"; the SDK nyckel 0.4.23.

Lists are bare arrays in pages, the next one named by a ``Link`` header.
"""

from __future__ import annotations

import builtins
import re
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import TypeVar

import msgspec

from gateway.errors import UpstreamInvalid
from gateway.settings import InvokeSettings
from gateway.upstreams.answer import Answer
from gateway.upstreams.api import Api
from gateway.upstreams.invoke import batch
from gateway.upstreams.invoke.invocations import Call, Input, Options, call_of
from gateway.upstreams.invoke.outputs import FunctionOutput, read_output
from gateway.upstreams.invoke.records import Field, Label, Sample, SampleFilter, TrainedFunction, query_of
from gateway.upstreams.invoke.shared import Kind, Shared
from gateway.upstreams.requests import segment
from gateway.upstreams.resilience import retries

T = TypeVar("T")

MAX_PAGES = 100
NOT_SHOWN = (403, 404)
# The vendor asks to try again after a 429, though it does not say when. Source: www.nyckel.com/docs, "API throttling".
PASSING = retries.PASSING | {429}
_NEXT = re.compile(r'<([^>]*)>\s*;\s*rel="?next"?')
_PATH = re.compile(r"/(?!/)[\x21-\x7e]*")


class InvokeClient:
    """One caller's view. Raises ``gateway.errors``; a look-up that finds nothing is None.

    Every request waits for its turn within the account's limits.
    """

    def __init__(self, api: Api, settings: InvokeSettings, shared: Shared) -> None:
        self._api = api.paced(shared.limiters.of(api.account))
        self._settings = settings
        self._shared = shared

    async def get(self, function_id: str) -> TrainedFunction | None:
        """``GET /v1/functions/{id}``. The vendor answers 403 for a function that is not there, or not the account's."""
        answer = await self._got(f"/v1/functions/{segment(function_id)}")
        if answer.status in NOT_SHOWN:
            return None
        function = self._api.decode(self._api.accepted(answer), TrainedFunction)
        self._shared.remember([function])
        return function

    async def list(self, needed: int) -> list[TrainedFunction]:
        """``GET /v1/functions``: the first ``needed`` functions or a few more, one request per page."""
        functions = await self._pages("/v1/functions", TrainedFunction, needed)
        self._shared.remember(functions)
        return functions

    async def labels(self, function_id: str, needed: int) -> builtins.list[Label]:
        """``GET /v1/functions/{id}/labels``: the first ``needed`` or a few more."""
        return await self._pages(f"/v1/functions/{segment(function_id)}/labels", Label, needed)

    async def fields(self, function_id: str, needed: int) -> builtins.list[Field]:
        """``GET /v1/functions/{id}/fields``: the first ``needed`` or a few more."""
        return await self._pages(f"/v1/functions/{segment(function_id)}/fields", Field, needed)

    async def samples(self, function_id: str, offset: int, count: int, chosen: SampleFilter) -> builtins.list[Sample]:
        """``GET /v1/functions/{id}/samples``, newest first: ``count`` of them from ``offset`` on."""
        page = query_of(startIndex=offset, count=count, sortBy="creation", sortOrder="descending")
        path = f"/v1/functions/{segment(function_id)}/samples"
        return (await self._pages(path, Sample, count, page | chosen.query()))[:count]

    async def kind(self, function_id: str) -> Kind:
        """The function's kind: known for an hour, or asked by ``GET /v1/functions/{id}``.

        A function that this caller is not shown may still be a public one, and those classify. Nobody is shown one
        without a credential, so then it is not asked.
        """
        known = self._shared.kind(function_id)
        if known is not None or self._api.account is None:
            return known or Kind()
        await self.get(function_id)
        return self._shared.kind(function_id) or Kind()

    async def invoke(self, function_id: str, kind: Kind, given: Input, options: Options) -> FunctionOutput:
        """One invocation: the ``POST`` that the kind asks for, within ``invoke_timeout_s``.

        It is sent again only where the input cannot be stored twice, or where the caller wants it so.
        """
        call = call_of(function_id, kind, given, options)
        return await self._invoked(call, kind.output, options.retry, _from_now(self._settings.invoke_timeout_s))

    def invoke_all(
        self, function_id: str, kind: Kind, inputs: Sequence[Input], options: Options
    ) -> AsyncGenerator[batch.Item, None]:
        """An invocation for each input, as they finish, all within ``batch_timeout_s``."""
        deadline_s = _from_now(self._settings.batch_timeout_s)
        return batch.results(
            inputs,
            lambda given: self._invoked(
                call_of(function_id, kind, given, options), kind.output, options.retry, deadline_s
            ),
            self._settings.concurrent,
            deadline_s,
        )

    async def _invoked(self, call: Call, output: str, retry: bool, deadline_s: float) -> FunctionOutput:
        answer = await self._api.exchange(
            "POST",
            call.path,
            query=call.query,
            body=call.body,
            repeatable=call.repeatable or retry,
            ends_s=deadline_s,
        )
        raw = self._api.decode(self._api.accepted(answer), object)
        try:
            return read_output(output, raw)
        except msgspec.ValidationError as error:
            raise UpstreamInvalid(
                "The upstream's answer does not have the documented shape.", service="invoke"
            ) from error

    async def _pages(
        self, path: str, record: type[T], needed: int, query: Mapping[str, str] | None = None
    ) -> builtins.list[T]:
        found: list[T] = []
        for _ in range(MAX_PAGES):
            answer = self._api.accepted(await self._got(path, query))
            found += self._api.decode(answer, builtins.list[record])  # type: ignore[valid-type]
            following = next_page(answer.headers.get("Link", ""))
            if following is None or len(found) >= needed:
                return found
            path, query = following, None
        raise UpstreamInvalid("The list has too many pages.", service="invoke")

    async def _got(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        return await self._api.exchange("GET", path, query=query, ends_s=_from_now(self._settings.invoke_timeout_s))


def _from_now(seconds_s: float) -> float:
    return time.monotonic() + seconds_s


def next_page(link: str) -> str | None:
    """The path that a ``Link`` header (RFC 8288) names as next; relative to the host, so never another host's."""
    found = _NEXT.search(link)
    if found is None:
        return None
    if not _PATH.fullmatch(found[1]):
        raise UpstreamInvalid("The list's next page has an unexpected address.", service="invoke")
    return found[1]


def credential_header(secret: str) -> dict[str, str]:
    """The access token of the client credentials."""
    return {"Authorization": f"Bearer {secret}"}


class _Refusal(msgspec.Struct):
    message: str


def explain(status: int, body: bytes) -> str | None:
    """The vendor's text: ``{"message"}`` with every 4xx."""
    try:
        return msgspec.json.decode(body, type=_Refusal).message
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def probe_path(settings: InvokeSettings) -> str:
    """Where to see whether the upstream answers."""
    return "/v1/functions"
