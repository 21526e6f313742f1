"""The gateway's settings for the load run: those of a server that calls for many users.

Raised, because one key from one address makes all of the load: ``callers`` and ``websocket.max_sockets_per_address``,
and the rate of ``invoke``, whose stand-in has none. Shortened, so that a bad day ends within the run: the deadlines of
the upstreams. Everything else is as it comes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from gateway.sandbox.accounts import Accounts

DEADLINES = "connect_timeout_s = 2\nread_timeout_s = 5\ntry_timeout_s = 4\ntotal_timeout_s = 10"
SHUTDOWN_TIMEOUT_S = 30
TEMPLATE = """\
port = {port}
log_level = "warning"
shutdown_timeout_s = {shutdown_timeout_s}

[callers]
points_per_second = 1_000_000_000
burst_points = 1_000_000_000
max_operations = 100_000

[websocket]
max_sockets_per_address = 1_000

[auth]
order = ["keys"]

[[auth.keys]]
id = "load"
sha256 = "{key_hash}"
roles = ["USER", "ADMIN"]
forward = true

[prediction]
url = "{urls[prediction]}"
api = "v0"
{deadlines}

[deployment]
url = "{urls[deployment]}"
credential = {{scheme = "static", value = "{accounts.covalent_account_key}"}}
{deadlines}

[function_admin]
url = "{urls[function_admin]}"
{deadlines}

[invoke]
url = "{urls[invoke]}"
requests_per_second = 1_000_000
concurrent = 100
invoke_timeout_s = 10
{deadlines}

[invoke.credential]
scheme = "client_credentials"
client_id = "{accounts.nyckel_client_id}"
client_secret = "{accounts.nyckel_client_secret}"
"""


def write_settings(file: Path, port: int, urls: Mapping[str, str], accounts: Accounts) -> None:
    """For the owner only: they hold keys."""
    text = TEMPLATE.format(
        port=port,
        urls=urls,
        accounts=accounts,
        key_hash=hashlib.sha256(accounts.yusuf_key.encode()).hexdigest(),
        deadlines=DEADLINES,
        shutdown_timeout_s=SHUTDOWN_TIMEOUT_S,
    )
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(text)
