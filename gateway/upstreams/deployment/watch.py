"""A deployment's status until it settles, by asking again and again, as the SDK does: the vendor pushes nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable

from gateway.errors import NotFound, UpstreamTimeout
from gateway.settings import DeploymentSettings
from gateway.upstreams.deployment.records import DeploymentDetails, DeploymentStatus

# An unknown status is most likely a step that is newer than this list, so it is waited for.
SETTLED = (DeploymentStatus.ACTIVE, DeploymentStatus.INACTIVE, DeploymentStatus.ERROR)

Get = Callable[[str], Awaitable[DeploymentDetails | None]]


async def status_changes(
    get: Get, deployment_id: str, settings: DeploymentSettings
) -> AsyncGenerator[DeploymentDetails, None]:
    """The record now, and again each time that its status differs from the one before, until it settles.

    Asks every ``status_interval_s``, and a last time when ``status_limit_s`` are over. Raises ``NotFound`` for a
    deployment that is not there, and ``UpstreamTimeout`` for one that has not settled by then.
    """
    ends_s = time.monotonic() + settings.status_limit_s
    seen: DeploymentStatus | None = None
    while True:
        left_s = ends_s - time.monotonic()
        record = await get(deployment_id)
        if record is None:
            raise NotFound(f"There is no deployment {deployment_id!r}.", service="deployment")
        if record.status is not seen:
            seen = record.status
            yield record
        if record.status in SETTLED:
            return
        if left_s <= 0:
            raise UpstreamTimeout(
                f"The deployment is still {record.status.value} after {settings.status_limit_s:g} seconds.",
                service="deployment",
            )
        await asyncio.sleep(max(0.0, min(settings.status_interval_s, ends_s - time.monotonic())))
