"""The stand-in for Function (fxn.ai): its REST API of 2023 and 2024 (v0, beside ``/graph``) and of 2025 (``/v1``).

It computes: predictors are functions of ``functions.py``, a new predictor takes a second to provision, uploads are
stored and served, and what callers may see follows from whose access key they send. Sources: docs.fxn.ai, "API
reference"; the requests of the clients fxn 0.0.2 to 0.0.55.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.prediction.authorization import AUTHORIZATION_ROUTES
from gateway.sandbox.prediction.callers import Callers
from gateway.sandbox.prediction.errors import NO_SUCH_ROUTE, answering
from gateway.sandbox.prediction.predictions import Predictions
from gateway.sandbox.prediction.records import Records
from gateway.sandbox.prediction.routes_v0 import RoutesV0
from gateway.sandbox.prediction.routes_v1 import RoutesV1
from gateway.sandbox.prediction.seed import seed
from gateway.sandbox.prediction.storage import Storage
from gateway.sandbox.server import SandboxServer
from gateway.sandbox.store import Store

__all__ = ["prediction_server"]


def prediction_server(accounts: Accounts, data: Path, rows: int = 300, port: int = 0) -> SandboxServer:
    """The stand-in, not yet started; its state stays in ``data / "prediction.sqlite3"``.

    ``rows`` predictors are generated beside the named ones when that file is new. Stopping the server closes the file.
    """
    store = Store(data / "prediction.sqlite3")
    records = Records(store)
    if not records.profiles:
        seed(records, rows)

    def base_url() -> str:
        return server.url

    callers = Callers(accounts, records.profiles)
    storage = Storage(store.collection("uploads"), base_url)
    predictions = Predictions(records, storage)
    routes = [
        *RoutesV0(callers, records, predictions, storage).routes(),
        *RoutesV1(callers, records, predictions, storage).routes(),
        *storage.routes(),
        *AUTHORIZATION_ROUTES,
        NO_SUCH_ROUTE,
    ]
    server = SandboxServer(
        "prediction",
        [web.route(method, path, answering(handler)) for method, path, handler in routes],
        port,
        on_stop=store.close,
    )
    return server
