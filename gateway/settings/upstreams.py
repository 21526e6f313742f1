"""The four upstreams."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, PositiveFloat, PositiveInt

from gateway.settings.credentials import Credential, ForwardCredential, NoCredential
from gateway.settings.tables import MIB, InvokeHost, Table, Url


class UpstreamSettings(Table):
    """What every upstream has."""

    url: Url = Field(description="address of its API")
    credential: Credential = Field(default=NoCredential(), description="what it is sent, by `scheme`")
    connect_timeout_s: PositiveFloat = Field(default=2.0, description="seconds to open a connection")
    read_timeout_s: PositiveFloat = Field(default=10.0, description="seconds without a byte of the answer")
    try_timeout_s: PositiveFloat = Field(
        default=10.0, description="seconds for one try, where there may be another; else it has `total_timeout_s`"
    )
    total_timeout_s: PositiveFloat = Field(
        default=30.0, description="seconds for the whole exchange, with waiting and all tries"
    )
    max_response_bytes: PositiveInt = Field(default=16 * MIB, description="largest answer, after decompression")
    max_stream_s: PositiveFloat = Field(default=3600.0, description="seconds for a whole stream")
    max_stream_bytes: PositiveInt = Field(default=256 * MIB, description="largest stream, after decompression")
    max_tries: PositiveInt = Field(default=3, description="times that a request is sent which may be repeated")
    retry_wait_s: PositiveFloat = Field(
        default=0.1, description="longest wait before the second try in seconds, doubled for each one after it"
    )
    max_retry_wait_s: PositiveFloat = Field(
        default=5.0, description="longest wait in seconds, unless the upstream asks for more"
    )
    retry_budget: float = Field(
        default=0.2, ge=0, le=1, description="retries and hedges in ten seconds, as a share of the requests in them"
    )
    retry_floor: int = Field(default=10, ge=0, description="retries and hedges in ten seconds beside that share")
    hedge_after_s: PositiveFloat | None = Field(
        default=None, description="seconds after which a read without an answer is sent once more; null for never"
    )
    share_reads: bool = Field(default=True, description="make equal reads that are under way at once one request")
    breaker_failure_rate: float = Field(
        default=0.5, gt=0, le=1, description="share of failed requests from which on none are sent for a while"
    )
    breaker_min_requests: PositiveInt = Field(
        default=20, description="requests in the window before their failures count"
    )
    breaker_window_s: PositiveFloat = Field(default=10.0, description="seconds over which failures are counted")
    breaker_open_s: PositiveFloat = Field(
        default=5.0, description="seconds without requests, doubled each time that the trial after them fails"
    )
    breaker_max_open_s: PositiveFloat = Field(default=60.0, description="most seconds without requests")
    max_concurrent: PositiveInt = Field(default=100, description="requests at once, to one address")
    max_queued: int = Field(default=200, ge=0, description="requests that wait for one of these places")
    queue_timeout_s: PositiveFloat = Field(default=2.0, description="seconds that a request waits for a place")
    max_streams: PositiveInt = Field(default=2000, description="streams at once, from one address")


class PredictionSettings(UpstreamSettings):
    """Function (fxn.ai)."""

    url: Url = Field(default="https://api.fxn.ai", description="address of its API")
    credential: Credential = Field(default=ForwardCredential(), description="what it is sent, by `scheme`")
    api: Literal["v0", "v1"] = Field(default="v1", description="the dialect that the upstream speaks")


class DeploymentSettings(UpstreamSettings):
    """Covalent Cloud function services."""

    url: Url = Field(default="https://api.covalent.xyz", description="address of its API")
    prefix: str = Field(default="/fn/api/v0", pattern=r"^/", description="where its paths begin, with a `/`")
    max_parallel: PositiveInt = Field(default=10, description="detail requests at once, for one operation")
    invoke_hosts: list[InvokeHost] = Field(
        default=[],
        description="hosts that services may have: `fn.prod.covalent.xyz`, or `.covalent.xyz` for all below, with the "
        "scheme's port unless `:8000` or `:*` follows; empty: host and port of `url`, and for the vendor's its domain",
    )
    status_interval_s: PositiveFloat = Field(default=10.0, description="seconds between two looks at a status")
    status_limit_s: PositiveFloat = Field(default=3600.0, description="seconds for a deployment to settle")


class FunctionAdminSettings(UpstreamSettings):
    """Open WebUI functions."""

    url: Url = Field(default="http://127.0.0.1:8080", description="address of its API")
    credential: Credential = Field(default=ForwardCredential(), description="what it is sent, by `scheme`")
    prefix: str = Field(default="/api/v1/functions", pattern=r"^/", description="where its paths begin, with a `/`")
    max_parallel: PositiveInt = Field(default=10, description="requests for single functions at once, per operation")
    load_hosts: list[InvokeHost] = Field(
        default=[],
        description="hosts that `loadFunction` may read, written as `deployment.invoke_hosts`; empty: all public ones",
    )
    load_from_private: bool = Field(
        default=False, description="let `loadFunction` read from private networks and this machine; for demos and tests"
    )


class InvokeSettings(UpstreamSettings):
    """Nyckel. The account's limits are the vendor's; they hold for all callers of this gateway together."""

    url: Url = Field(default="https://www.nyckel.com", description="address of its API")
    requests_per_second: PositiveInt = Field(default=25, description="most requests in a second, per account")
    concurrent: PositiveInt = Field(default=25, description="most requests at once, per account")
    max_tries: PositiveInt = Field(default=5, description="times that a request is sent which may be repeated")
    retry_wait_s: PositiveFloat = Field(
        default=1.0, description="longest wait before the second try in seconds, doubled for each one after it"
    )
    max_retry_wait_s: PositiveFloat = Field(
        default=16.0, description="longest wait in seconds, unless the upstream asks for more"
    )
    retry_floor: int = Field(
        default=50,
        ge=0,
        description="retries and hedges in ten seconds beside that share; the account's limits bound them anyway",
    )
    invoke_timeout_s: PositiveFloat = Field(
        default=60.0, description="seconds for one invocation, with waiting for its turn and repeating"
    )
    batch_timeout_s: PositiveFloat = Field(default=300.0, description="seconds for an invocation of many inputs")
