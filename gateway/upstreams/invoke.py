"""The invoke upstream: Nyckel's trained functions, API v1.

Source: www.nyckel.com/docs, "API reference"; the SDK nyckel 0.4.23. Lists are bare arrays in pages, the next one named
by a ``Link`` header. Keys that are unset are left out of an answer.
"""

from __future__ import annotations

import builtins
import re
from typing import Any

import msgspec

from gateway.errors import UpstreamInvalid
from gateway.settings import InvokeSettings
from gateway.upstreams.http import Api, segment

MAX_PAGES = 100
_NEXT = re.compile(r'<([^>]*)>\s*;\s*rel="?next"?')


class _Record(msgspec.Struct, rename="camel"):
    """Base: camelCase members; what the upstream adds is passed over."""


class TrainedFunction(_Record):
    """``input`` is Text, Image or Tabular; ``output`` is Classification, Tags, Search, Ocr and so on."""

    id: str
    name: str | None = None
    input: str | None = None
    output: str | None = None
    project_id: str | None = None


class LabelConfidence(_Record):
    label_name: str | None = None
    label_id: str | None = None
    confidence: float | None = None
    label_metadata: dict[str, Any] | None = None


class FunctionOutput(LabelConfidence):
    """The answer of an invocation; ``raw`` is the whole JSON, for outputs that are not a classification."""

    decision_threshold: float | None = None
    label_confidences: list[LabelConfidence] | None = None
    external_id: str | None = None
    sample_id: str | None = None
    raw: Any = None


class InvokeClient:
    """One caller's view. Raises ``gateway.errors``; a look-up that finds nothing is None."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def get(self, function_id: str) -> TrainedFunction | None:
        """``GET /v1/functions/{id}``."""
        return await self._api.find(f"/v1/functions/{segment(function_id)}", TrainedFunction)

    async def list(self, needed: int) -> list[TrainedFunction]:
        """``GET /v1/functions``: the first ``needed`` functions or a few more, one request per page."""
        found: list[TrainedFunction] = []
        path = "/v1/functions"
        for _ in range(MAX_PAGES):
            answer = await self._api.send("GET", path)
            found += self._api.decode(answer, builtins.list[TrainedFunction])
            following = next_page(answer.headers.get("Link", ""))
            if following is None or len(found) >= needed:
                return found
            path = following
        raise UpstreamInvalid("The list has too many pages.", service="invoke")

    async def invoke(
        self,
        function_id: str,
        data: Any,
        *,
        label_count: int | None = None,
        include_metadata: bool | None = None,
        model_id: str | None = None,
        capture: bool = True,
        external_id: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> FunctionOutput:
        """``POST /v1/functions/{id}/invoke``. With ``capture`` the vendor stores the input as a sample, so this is
        never sent twice."""
        query = {
            "labelCount": None if label_count is None else str(label_count),
            "includeMetadata": None if include_metadata is None else str(include_metadata).lower(),
            "modelId": model_id,
            "capture": str(capture).lower(),
            "externalId": external_id,
        }
        body = {"data": data, "externalId": external_id, "metadata": metadata}
        answer = await self._api.send(
            "POST",
            f"/v1/functions/{segment(function_id)}/invoke",
            query=_given(query),
            body=_given(body),
        )
        raw = self._api.decode(answer, object)
        output = self._api.decode(answer, FunctionOutput) if isinstance(raw, dict) else FunctionOutput()
        output.raw = raw
        return output


def next_page(link: str) -> str | None:
    """The path that a ``Link`` header (RFC 8288) names as next; relative to the host, so never another host's."""
    found = _NEXT.search(link)
    if found is None:
        return None
    if not found[1].startswith("/") or found[1].startswith("//"):
        raise UpstreamInvalid("The list's next page has an unexpected address.", service="invoke")
    return found[1]


def _given(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def credential_header(secret: str) -> dict[str, str]:
    """The access token of the client credentials."""
    return {"Authorization": f"Bearer {secret}"}


class _Refusal(msgspec.Struct):
    message: str


def explain(status: int, body: bytes) -> str | None:
    """The vendor's text: ``{"message"}`` with every 4xx."""
    try:
        return msgspec.json.decode(body, type=_Refusal).message
    except msgspec.MsgspecError:
        return None


def probe_path(settings: InvokeSettings) -> str:
    """Where to see whether the upstream answers."""
    return "/v1/functions"
