"""A stand-in of Nyckel: trained functions, their labels, fields and samples, and invocations of them.

Source: www.nyckel.com/docs, API v1; the requests of the SDK nyckel 0.4.23. The classifiers are real, and small: naive
Bayes over the annotated samples, so annotating, adding or deleting samples changes what a function answers.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.invoke.access import Access, Throttle
from gateway.sandbox.invoke.answers import HOST_PREFIX, Route
from gateway.sandbox.invoke.catalog import PUBLIC_ID, Catalog
from gateway.sandbox.invoke.functions import FunctionHandlers
from gateway.sandbox.invoke.invoking import InvokeHandlers
from gateway.sandbox.invoke.parts import PartHandlers, read_field, read_label
from gateway.sandbox.invoke.samples import SampleHandlers
from gateway.sandbox.invoke.seed import seed
from gateway.sandbox.server import SandboxServer
from gateway.sandbox.store import Store

TOKEN_LIFETIME_S = 3600


def invoke_server(
    accounts: Accounts,
    data: Path,
    rows: int = 300,
    port: int = 0,
    *,
    token_lifetime_s: int = TOKEN_LIFETIME_S,
    requests_per_second: int = 25,
    concurrent: int = 25,
    inference_s: float = 0.0,
) -> SandboxServer:
    """The stand-in, with its state in ``data / "invoke.sqlite3"``; an empty one gets ``rows`` generated functions.

    Every path also works under ``/nyckel.com``, with which the vendor's SDK follows a list on any port.
    """
    store = Store(data / "invoke.sqlite3")
    catalog = Catalog(store)
    if catalog.is_empty():
        seed(catalog, rows)
    access = Access(accounts, token_lifetime_s, lambda: Throttle(requests_per_second, concurrent), _is_open)
    routes = [*_token_routes(access), *_api_routes(access, catalog, inference_s)]
    return SandboxServer("invoke", [*routes, web.route("*", "/{anything:.*}", _not_found)], port, on_stop=store.close)


def _token_routes(access: Access) -> list[web.RouteDef]:
    return [web.post(prefix + "/connect/token", access.issue) for prefix in ("", HOST_PREFIX)]


def _api_routes(access: Access, catalog: Catalog, inference_s: float) -> list[web.RouteDef]:
    routes: list[Route] = [
        *FunctionHandlers(catalog).routes(),
        *PartHandlers(catalog, "label", read_label).routes(),
        *PartHandlers(catalog, "field", read_field).routes(),
        *SampleHandlers(catalog).routes(),
        *InvokeHandlers(catalog, inference_s).routes(),
    ]
    guarded = [(method, path, access.guarded(handler)) for method, path, handler in routes]
    return [
        web.route(method, prefix + path, handler) for prefix in ("", HOST_PREFIX) for method, path, handler in guarded
    ]


def _is_open(request: web.Request) -> bool:
    """Public functions are invoked without a token."""
    return request.match_info.get("function") == PUBLIC_ID and request.path.endswith("/invoke")


async def _not_found(_: web.Request) -> web.Response:
    return web.json_response({"message": "Not Found"}, status=404)
