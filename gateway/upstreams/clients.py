"""The four upstreams for the life of the gateway, and their clients for one caller."""

from __future__ import annotations

import asyncio
import time

import aiohttp
from propcache.api import cached_property

from gateway.auth.outbound import outbound
from gateway.auth.principal import Principal
from gateway.observability import Telemetry
from gateway.parts import Parts
from gateway.settings import Settings, StaticCredential, UpstreamSettings
from gateway.store.interface import Store
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


class Clients:
    """The clients of one caller, each made when it is first needed."""

    def __init__(self, upstreams: Upstreams, principal: Principal, verify: Verify, allowance: Allowance) -> None:
        self._upstreams = upstreams
        self._principal = principal
        self._verify = verify
        self._allowance = allowance

    @cached_property
    def prediction(self) -> PredictionClient:
        api = self._api("prediction")
        return PredictionV0(api) if self._upstreams.settings.prediction.api == "v0" else PredictionV1(api)

    @cached_property
    def deployment(self) -> DeploymentClient:
        return DeploymentClient(self._api("deployment"), self._upstreams.settings.deployment)

    @cached_property
    def function_admin(self) -> FunctionAdminClient:
        upstreams = self._upstreams
        return FunctionAdminClient(
            self._api("function_admin"), upstreams.settings.function_admin, upstreams.function_admin
        )

    @cached_property
    def invoke(self) -> InvokeClient:
        return InvokeClient(self._api("invoke"), self._upstreams.settings.invoke, self._upstreams.invoke)

    def _api(self, name: str) -> Api:
        upstream = self._upstreams.by_name[name]
        return Api(upstream, self._principal, verify=self._verify, allowance=self._allowance)


class Upstreams:
    """The four upstreams on one session, by name. ``function_admin`` and ``invoke``: what their clients share.

    Of ``parts`` they take what was there before: breakers, places and tokens of an upstream whose settings and secret
    are the same, the account's limits, and always the locks.
    """

    def __init__(
        self,
        settings: Settings,
        session: aiohttp.ClientSession,
        telemetry: Telemetry | None = None,
        store: Store | None = None,
        parts: Parts | None = None,
    ) -> None:
        parts = parts or Parts()
        self.settings = settings

        def kept(name: str) -> Upstream:
            upstream: UpstreamSettings = getattr(settings, name)
            made_of = (upstream, _secret_of(upstream))
            return parts.get(name, made_of, lambda: _upstream(name, upstream, session, telemetry, store))

        self.by_name = {name: kept(name) for name in VENDORS}
        asked = self.by_name["prediction"]
        self.identity = parts.get("identity", (settings.auth.upstream, asked), lambda: Identity(settings, asked))
        self.function_admin = parts.get("function_admin.shared", None, FunctionAdminShared)
        limits = (settings.invoke.requests_per_second, settings.invoke.concurrent)
        self.invoke = parts.get("invoke.shared", limits, lambda: InvokeShared(settings.invoke, store))
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
        return Clients(self, principal, verify, allowance or Allowance())


def _secret_of(settings: UpstreamSettings) -> str | None:
    """A static one, which may come from a file whose content is no part of the settings."""
    credential = settings.credential
    return credential.secret() if isinstance(credential, StaticCredential) else None


def _upstream(
    name: str,
    settings: UpstreamSettings,
    session: aiohttp.ClientSession,
    telemetry: Telemetry | None,
    store: Store | None,
) -> Upstream:
    vendor = VENDORS[name]
    return Upstream(
        name,
        settings,
        session,
        outbound(settings.credential, settings, session, store),
        credential_header=vendor.credential_header,
        explain=vendor.explain,
        probe_path=vendor.probe_path(settings),
        passing=getattr(vendor, "PASSING", PASSING),
        telemetry=telemetry,
    )
