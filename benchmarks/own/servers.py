"""How the contenders of our own scenarios are started: the gateway's own command line, and the floor."""

from __future__ import annotations

import hashlib
import json

from benchmarks.own.queries import PARALLEL
from benchmarks.own.sandbox import UNLIMITED, SandboxPlan
from benchmarks.posts.servers import FLOOR, FNGRAPH
from benchmarks.rig.bare import uvicorn_command
from benchmarks.rig.places import RUN, fngraph, python_env
from benchmarks.rig.processes import Command, free_port

SETTINGS = """\
port = {port}
log_level = "warning"
share_queries = false

[limits]  # 10,000 invocations in one operation are more than a caller may have
max_cost = {unlimited}
max_variable_values = {unlimited}
max_upstream_requests = {unlimited}
operation_timeout_s = 600

[callers]
points_per_second = {unlimited}000
burst_points = {unlimited}000

[auth]
order = ["keys"]

[[auth.keys]]
id = "bench"
sha256 = "{key_hash}"
roles = ["USER", "ADMIN"]
forward = true

[prediction]
url = "{urls[prediction]}"
share_reads = false
api = "v0"

[deployment]
url = "{urls[deployment]}"
share_reads = false
credential = {{scheme = "static", value = "{accounts.covalent_account_key}"}}

[function_admin]
url = "{urls[function_admin]}"
share_reads = false

[invoke]
url = "{urls[invoke]}"
share_reads = false
requests_per_second = {unlimited}
concurrent = {parallel}

[invoke.credential]
scheme = "client_credentials"
client_id = "{accounts.nyckel_client_id}"
client_secret = "{accounts.nyckel_client_secret}"
"""


def gateway(sandbox: SandboxPlan) -> Command:
    """``fngraph serve`` over the sandbox, with the limits raised that a scenario would meet.

    All requests come from one caller, so sharing is off: each query makes its own upstream requests, as the floor does.
    """
    port, accounts = free_port(), sandbox.accounts
    file = RUN / f"fngraph-{port}.toml"
    file.touch(mode=0o600)
    key_hash = hashlib.sha256(accounts.yusuf_key.encode()).hexdigest()
    file.write_text(
        SETTINGS.format(
            port=port,
            urls=sandbox.urls,
            accounts=accounts,
            key_hash=key_hash,
            unlimited=UNLIMITED,
            parallel=PARALLEL,
        )
    )
    return Command(FNGRAPH, [fngraph(), "serve", "--config", str(file)], port, python_env())


def floor(sandbox: SandboxPlan) -> Command:
    """It is given a token, where the gateway asks for one at the first request."""
    accounts = sandbox.accounts
    sent = {
        "urls": sandbox.urls,
        "key": accounts.yusuf_key,
        "account_key": accounts.covalent_account_key,
        "token": sandbox.token(),
    }
    return uvicorn_command(FLOOR, "benchmarks.own.floor:make_app", free_port(), BENCH_UPSTREAMS=json.dumps(sent))
