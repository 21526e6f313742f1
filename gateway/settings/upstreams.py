"""The four upstreams."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from gateway.settings.addresses import InvokeHost, Url
from gateway.settings.credentials import Credential, ForwardCredential, NoCredential
from gateway.settings.tables import MIB, PositiveFloat, PositiveInt, Table


class UpstreamSettings(Table, frozen=True):
    """What every upstream has."""

    url: Annotated[Url, "address of its API"]
    credential: Annotated[Credential, "what it is sent, by `scheme`"] = NoCredential()
    connect_timeout_s: Annotated[PositiveFloat, "seconds to open a connection"] = 2.0
    read_timeout_s: Annotated[PositiveFloat, "seconds without a byte of the answer"] = 10.0
    try_timeout_s: Annotated[
        PositiveFloat, "seconds for one try, where there may be another; else it has `total_timeout_s`"
    ] = 10.0
    total_timeout_s: Annotated[PositiveFloat, "seconds for the whole exchange, with waiting and all tries"] = 30.0
    max_response_bytes: Annotated[PositiveInt, "largest answer, after decompression"] = 16 * MIB
    max_stream_s: Annotated[PositiveFloat, "seconds for a whole stream"] = 3600.0
    max_stream_bytes: Annotated[PositiveInt, "largest stream, after decompression"] = 256 * MIB
    max_tries: Annotated[PositiveInt, "times that a request is sent which may be repeated"] = 3
    retry_wait_s: Annotated[
        PositiveFloat, "longest wait before the second try in seconds, doubled for each one after it"
    ] = 0.1
    max_retry_wait_s: Annotated[PositiveFloat, "longest wait in seconds, unless the upstream asks for more"] = 5.0
    retry_budget: Annotated[
        float, Meta(ge=0, le=1), "retries and hedges in ten seconds, as a share of the requests in them"
    ] = 0.2
    retry_floor: Annotated[int, Meta(ge=0), "retries and hedges in ten seconds beside that share"] = 10
    hedge_after_s: Annotated[
        PositiveFloat | None, "seconds after which a read without an answer is sent once more; null for never"
    ] = None
    share_reads: Annotated[bool, "make equal reads that are under way at once one request"] = True
    breaker_failure_rate: Annotated[
        float, Meta(gt=0, le=1), "share of failed requests from which on none are sent for a while"
    ] = 0.5
    breaker_min_requests: Annotated[PositiveInt, "requests in the window before their failures count"] = 20
    breaker_window_s: Annotated[PositiveFloat, "seconds over which failures are counted"] = 10.0
    breaker_open_s: Annotated[
        PositiveFloat, "seconds without requests, doubled each time that the trial after them fails"
    ] = 5.0
    breaker_max_open_s: Annotated[PositiveFloat, "most seconds without requests"] = 60.0
    max_concurrent: Annotated[PositiveInt, "requests at once, to one address"] = 100
    max_queued: Annotated[int, Meta(ge=0), "requests that wait for one of these places"] = 200
    queue_timeout_s: Annotated[PositiveFloat, "seconds that a request waits for a place"] = 2.0
    max_streams: Annotated[PositiveInt, "streams at once, from one address"] = 2000


class PredictionSettings(UpstreamSettings, frozen=True):
    """Function (fxn.ai)."""

    url: Annotated[Url, "address of its API"] = "https://api.fxn.ai"
    credential: Annotated[Credential, "what it is sent, by `scheme`"] = ForwardCredential()
    api: Annotated[Literal["v0", "v1"], "the dialect that the upstream speaks"] = "v1"


class DeploymentSettings(UpstreamSettings, frozen=True):
    """Covalent Cloud function services."""

    url: Annotated[Url, "address of its API"] = "https://api.covalent.xyz"
    prefix: Annotated[str, Meta(pattern=r"^/"), "where its paths begin, with a `/`"] = "/fn/api/v0"
    max_parallel: Annotated[PositiveInt, "detail requests at once, for one operation"] = 10
    invoke_hosts: Annotated[
        list[InvokeHost],
        "hosts that services may have: `fn.prod.covalent.xyz`, or `.covalent.xyz` for all below, with the "
        "scheme's port unless `:8000` or `:*` follows; empty: host and port of `url`, and for the vendor's its domain",
    ] = []
    status_interval_s: Annotated[PositiveFloat, "seconds between two looks at a status"] = 10.0
    status_limit_s: Annotated[PositiveFloat, "seconds for a deployment to settle"] = 3600.0


class FunctionAdminSettings(UpstreamSettings, frozen=True):
    """Open WebUI functions."""

    url: Annotated[Url, "address of its API"] = "http://127.0.0.1:8080"
    credential: Annotated[Credential, "what it is sent, by `scheme`"] = ForwardCredential()
    prefix: Annotated[str, Meta(pattern=r"^/"), "where its paths begin, with a `/`"] = "/api/v1/functions"
    max_parallel: Annotated[PositiveInt, "requests for single functions at once, per operation"] = 10
    load_hosts: Annotated[
        list[InvokeHost],
        "hosts that `loadFunction` may read, written as `deployment.invoke_hosts`; empty: all public ones",
    ] = []
    load_from_private: Annotated[
        bool, "let `loadFunction` read from private networks and this machine; for demos and tests"
    ] = False


class InvokeSettings(UpstreamSettings, frozen=True):
    """Nyckel. The account's limits are the vendor's; they hold for all callers of this gateway together."""

    url: Annotated[Url, "address of its API"] = "https://www.nyckel.com"
    requests_per_second: Annotated[PositiveInt, "most requests in a second, per account"] = 25
    concurrent: Annotated[PositiveInt, "most requests at once, per account"] = 25
    max_tries: Annotated[PositiveInt, "times that a request is sent which may be repeated"] = 5
    retry_wait_s: Annotated[
        PositiveFloat, "longest wait before the second try in seconds, doubled for each one after it"
    ] = 1.0
    max_retry_wait_s: Annotated[PositiveFloat, "longest wait in seconds, unless the upstream asks for more"] = 16.0
    retry_floor: Annotated[
        int, Meta(ge=0), "retries and hedges in ten seconds beside that share; the account's limits bound them anyway"
    ] = 50
    invoke_timeout_s: Annotated[
        PositiveFloat, "seconds for one invocation, with waiting for its turn and repeating"
    ] = 60.0
    batch_timeout_s: Annotated[PositiveFloat, "seconds for an invocation of many inputs"] = 300.0
