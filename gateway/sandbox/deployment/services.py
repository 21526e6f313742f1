"""The deployed services, each under its ``invoke_url``, for an inference key of the service.

Source: docs.covalent.xyz, "Manage endpoints"; the requests of the SDK. The keyword arguments of an endpoint are a JSON
object in the body, also on GET and whatever the content type says.
"""

from __future__ import annotations

import inspect
import json
import traceback
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from gateway.sandbox.deployment.behaviours import behaviour_of
from gateway.sandbox.deployment.functions import Functions
from gateway.sandbox.deployment.management import same_key
from gateway.sandbox.store import Document


class CallError(Exception):
    """An answer other than the endpoint's own."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Services:
    """Every service of ``functions`` that is ACTIVE; the others are not found."""

    def __init__(self, functions: Functions, account_keys: Sequence[str]) -> None:
        self._functions = functions
        self._account_keys = account_keys

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/svc/0{id}/info", self._info),
            web.route("*", "/svc/0{id}/{route:.+}", self._call),
        ]

    async def _info(self, request: web.Request) -> web.Response:
        """The SDK's ``client.info()``: the one call to a service with the account key. An inference key is taken, too.

        The second is not documented: it lets a client show information without giving services the account key.
        """
        try:
            if self._active(request) is None or not same_key(request, *self._account_keys):
                self._authorized(request)
        except CallError as error:
            return _detail(error.status, str(error))
        return web.json_response({"message": "ok"})

    async def _call(self, request: web.Request) -> web.StreamResponse:
        try:
            function = self._authorized(request)
            endpoint = _endpoint(function, request)
            behaviour = behaviour_of(function["id"], endpoint)
            result = _applied(behaviour, _arguments(await request.read()))
        except CallError as error:
            return _detail(error.status, str(error))
        return await _stream(request, result) if endpoint["streaming"] else web.json_response(result)

    def _active(self, request: web.Request) -> Document | None:
        function = self._functions.find(request.match_info["id"])
        return function if function is not None and function["status"] == "ACTIVE" else None

    def _authorized(self, request: web.Request) -> Document:
        function = self._active(request)
        if function is None:
            raise CallError(404, "Not Found")
        if function["auth"]:
            key = next((key for key in function["inference_keys"] if same_key(request, key["key"])), None)
            if key is None:
                raise CallError(401, "Unauthorized")
            self._functions.mark_used(function, key["id"])
        return function


def _endpoint(function: Document, request: web.Request) -> Document:
    route = request.match_info["route"]
    on_route = [each for each in function["endpoints"] if each["route"].removeprefix("/") == route]
    if not on_route:
        raise CallError(404, "Not Found")
    found: Document | None = next((each for each in on_route if each["method"] == request.method), None)
    if found is None:
        raise CallError(405, "Method Not Allowed")
    return found


def _arguments(body: bytes) -> dict[str, Any]:
    try:
        arguments = json.loads(body or b"{}")
    except ValueError:
        raise CallError(422, "The body is not JSON") from None
    if not isinstance(arguments, dict):
        raise CallError(422, "The body must be a JSON object of keyword arguments")
    return arguments


def _applied(behaviour: Any, arguments: dict[str, Any]) -> Any:
    """The result of endpoint code: whatever goes wrong in it is a 500 with a traceback, as from a real service."""
    try:
        inspect.signature(behaviour).bind(**arguments)
    except TypeError as error:
        raise CallError(422, str(error)) from None
    try:
        return behaviour(**arguments)
    except Exception as error:
        text = "Traceback (most recent call last):\n" + "".join(traceback.format_exception_only(error))
        raise CallError(500, text) from None


async def _stream(request: web.Request, chunks: Any) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/plain; charset=utf-8"})
    await response.prepare(request)
    async for chunk in chunks:
        await response.write(chunk)
    await response.write_eof()
    return response


def _detail(status: int, detail: str) -> web.Response:
    return web.json_response({"detail": detail}, status=status)
