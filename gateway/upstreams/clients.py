"""The four upstreams for the life of the gateway, and their clients for one caller."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import aiohttp

from gateway.auth.outbound import outbound
from gateway.auth.principal import Principal
from gateway.settings import Settings, UpstreamSettings
from gateway.upstreams.api import Api, Verify
from gateway.upstreams.deployment import client as deployment
from gateway.upstreams.deployment.client import DeploymentClient
from gateway.upstreams.function_admin import client as function_admin
from gateway.upstreams.function_admin.client import FunctionAdminClient
from gateway.upstreams.function_admin.shared import Shared as FunctionAdminShared
from gateway.upstreams.http import Reach, Upstream
from gateway.upstreams.identity import Identity
from gateway.upstreams.invoke import client as invoke
from gateway.upstreams.invoke.client import InvokeClient
from gateway.upstreams.invoke.shared import Shared as InvokeShared
from gateway.upstreams.prediction import client as prediction
from gateway.upstreams.prediction.client import PredictionClient
from gateway.upstreams.prediction.v0 import PredictionV0
from gateway.upstreams.prediction.v1 import PredictionV1
from gateway.upstreams.resilience.allowance import Allowance
from gateway.upstreams.resilience.retries import PASSING

REACH_CACHE_S = 1.0

VENDORS = {
    "prediction": prediction,
    "deployment": deployment,
    "function_admin": function_admin,
    "invoke": invoke,
}


@dataclass(frozen=True, slots=True)
class Clients:
    """The clients of one caller."""

    prediction: PredictionClient
    deployment: DeploymentClient
    function_admin: FunctionAdminClient
    invoke: InvokeClient


class Upstreams:
    """The four upstreams on one session, by name."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self.by_name = {name: _upstream(name, getattr(settings, name), session) for name in VENDORS}
        self.identity = Identity(settings, self.by_name["prediction"])
        self._function_admin = FunctionAdminShared()
        self._invoke = InvokeShared(settings.invoke)
        self._reached: dict[str, Reach] = {}
        self._reached_at = float("-inf")
        self._reaching = asyncio.Lock()

    async def reach_all(self) -> dict[str, Reach]:
        """Try every upstream once, side by side; what was found is kept for a second."""
        async with self._reaching:
            if time.monotonic() - self._reached_at > REACH_CACHE_S:
                found = await asyncio.gather(*(upstream.reach() for upstream in self.by_name.values()))
                self._reached = dict(zip(self.by_name, found, strict=True))
                self._reached_at = time.monotonic()
            return self._reached

    def clients(self, principal: Principal, verify: Verify, allowance: Allowance | None = None) -> Clients:
        """``allowance`` is what all of them together may use up; None for no limit."""
        allowance = allowance or Allowance()
        api = {
            name: Api(upstream, principal, verify=verify, allowance=allowance)
            for name, upstream in self.by_name.items()
        }
        dialect = PredictionV0 if self._settings.prediction.api == "v0" else PredictionV1
        return Clients(
            prediction=dialect(api["prediction"]),
            deployment=DeploymentClient(api["deployment"], self._settings.deployment),
            function_admin=FunctionAdminClient(
                api["function_admin"], self._settings.function_admin, self._function_admin
            ),
            invoke=InvokeClient(api["invoke"], self._settings.invoke, self._invoke),
        )


def _upstream(name: str, settings: UpstreamSettings, session: aiohttp.ClientSession) -> Upstream:
    vendor = VENDORS[name]
    return Upstream(
        name,
        settings,
        session,
        outbound(settings.credential, settings, session),
        credential_header=vendor.credential_header,
        explain=vendor.explain,
        probe_path=vendor.probe_path(settings),
        passing=getattr(vendor, "PASSING", PASSING),
    )
