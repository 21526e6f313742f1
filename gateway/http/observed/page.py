"""``GET /metrics``, for who brings the token."""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.errors import Unauthenticated
from gateway.http.contexts import new_request_id
from gateway.http.engine import refusal
from gateway.settings import MetricsSettings

if TYPE_CHECKING:
    from gateway.observability.metrics import Metrics

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class MetricsPage:
    """``answer`` is the endpoint. The lifespan's state holds ``gauges``."""

    def __init__(self, metrics: Metrics, settings: MetricsSettings) -> None:
        assert settings.token is not None
        self._metrics = metrics
        self._expected = f"Bearer {settings.token.get_secret_value()}".encode()

    async def answer(self, request: Request) -> Response:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, self._expected):
            return _refused()
        request.state.gauges.look()
        page = await asyncio.to_thread(self._metrics.page)  # it may read files
        return Response(page, headers={"content-type": CONTENT_TYPE})


def _refused() -> Response:
    error = Unauthenticated("The metrics need their token, as `Authorization: Bearer`.")
    body = refusal(error, new_request_id())
    return JSONResponse(body, error.http_status, {"www-authenticate": "Bearer"})
