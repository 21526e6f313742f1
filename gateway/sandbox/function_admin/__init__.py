"""A stand-in of Open WebUI 0.12.4, as far as its functions API goes.

Facts: recordings of the real server, replayed in ``tests/sandbox/test_function_admin_recordings.py``. The real one runs
the code it is given; this one only reads it (``module_source.py``). Users are Yusuf, the administrator, and Ada.
"""

from __future__ import annotations

from pathlib import Path

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.function_admin.function_valves import FunctionValves
from gateway.sandbox.function_admin.functions import Functions
from gateway.sandbox.function_admin.routes import FunctionRoutes
from gateway.sandbox.function_admin.seed import seed
from gateway.sandbox.function_admin.users import Users
from gateway.sandbox.server import SandboxServer
from gateway.sandbox.store import Store


def function_admin_server(accounts: Accounts, data: Path, rows: int = 300, port: int = 0) -> SandboxServer:
    """The stand-in, with its state in ``data / "function_admin.sqlite3"``.

    An empty one gets four functions, one of each type, and ``rows`` generated ones.
    """
    store = Store(data / "function_admin.sqlite3")
    seed(store, rows)
    functions = Functions(store)
    routes = FunctionRoutes(Users(accounts), functions, FunctionValves(store, functions)).routes()
    return SandboxServer("function_admin", routes, port, on_stop=store.close)
