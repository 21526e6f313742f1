"""A stand-in of Covalent Cloud function services: the management API and the deployed services, on one server.

Source: docs.covalent.xyz, "Deploy and serve"; the requests of the SDK covalent-cloud 1.4.4. What a service answers is
computed here: a function service of the vendor is Python code of its owner, and this server runs only its own.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.deployment.functions import Functions
from gateway.sandbox.deployment.management import Management
from gateway.sandbox.deployment.seed import seed
from gateway.sandbox.deployment.services import Services
from gateway.sandbox.server import SandboxServer
from gateway.sandbox.store import Store

CREATING_S = 2.0


def deployment_server(
    accounts: Accounts, data: Path, rows: int = 300, port: int = 0, creating_s: float = CREATING_S
) -> SandboxServer:
    """The stand-in, with its state in ``data / "deployment.sqlite3"``; an empty one gets ``rows`` generated services.

    A service that is CREATING becomes ACTIVE ``creating_s`` after its record is first read.
    """
    store = Store(data / "deployment.sqlite3")
    stored = store.collection("functions")
    if not stored:
        stored.fill(seed(rows))
    functions = Functions(stored, creating_s)
    keys = (accounts.covalent_account_key, accounts.yusuf_key)
    routes = [
        *Management(functions, keys).routes(),
        *Services(functions, keys).routes(),
        web.route("*", "/{anything:.*}", _not_found),
    ]
    return SandboxServer("deployment", routes, port, on_stop=store.close)


async def _not_found(_: web.Request) -> web.Response:
    return web.json_response({"detail": "Not Found"}, status=404)
