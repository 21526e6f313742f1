"""A deployment's status is watched until it settles."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.deployment_upstream import RECORD, SERVICE_ID, OneService, one_service
from tests.harness import Gateway, serving
from tests.subscribing import subscribed

WATCH = f'subscription {{ deploymentStatus(input: {{id: "{SERVICE_ID}"}}) {{ status error stderr }} }}'
INTERVAL_S = 0.1


@pytest.fixture
async def service() -> AsyncIterator[OneService]:
    async with one_service() as service:
        yield service


@pytest.fixture
async def watching(service: OneService, settings: Settings, sandbox: Sandbox) -> AsyncIterator[Gateway]:
    patient = service.settings(settings, status_interval_s=INTERVAL_S)
    async with serving(patient, sandbox) as gateway:
        yield gateway


async def seen(gateway: Gateway, key: str | None = "user") -> tuple[list[Any], str | None]:
    """The deployment in each event, and the code of the error at the end, if there is one."""
    events: list[Any] = []
    async with subscribed(gateway, WATCH, key=key) as watched:
        async for event in watched:
            if "errors" in event:
                return events, event["errors"][0]["extensions"]["code"]
            events.append(event["data"]["deploymentStatus"])
    return events, None


async def statuses(gateway: Gateway) -> tuple[list[str], str | None]:
    events, code = await seen(gateway)
    return [event["status"] for event in events], code


async def test_each_change_is_told_once_until_the_service_answers(service: OneService, watching: Gateway) -> None:
    service.statuses = ["NEW_OBJECT", "NEW_OBJECT", "CREATING", "BUILDING", "PACKING", "CREATING", "ACTIVE", "ERROR"]
    assert await statuses(watching) == (["NEW_OBJECT", "CREATING", "UNKNOWN", "CREATING", "ACTIVE"], None)
    assert service.server.log.lines == [RECORD] * 7
    starts = [request.started_s for request in service.server.log]
    assert all(later - earlier >= INTERVAL_S for earlier, later in itertools.pairwise(starts))


async def test_a_service_that_has_settled_is_told_once(service: OneService, watching: Gateway) -> None:
    for status in ("ACTIVE", "INACTIVE", "ERROR"):
        service.record["status"] = status
        assert await statuses(watching) == ([status], None)
    assert service.server.log.lines == [RECORD] * 3


async def test_a_service_that_fails_is_data(service: OneService, watching: Gateway) -> None:
    service.record |= {"error": "Initializer failed", "stderr": "no weights"}
    service.statuses = ["CREATING", "ERROR"]
    events, code = await seen(watching)
    assert events[-1] == {"status": "ERROR", "error": "Initializer failed", "stderr": "no weights"}
    assert (len(events), code) == (2, None)


async def test_a_service_that_does_not_settle_in_time_is_an_error(
    service: OneService, settings: Settings, sandbox: Sandbox
) -> None:
    service.record["status"] = "CREATING"
    limited = service.settings(settings, status_interval_s=0.2, status_limit_s=0.3)
    async with serving(limited, sandbox) as gateway:
        assert await statuses(gateway) == (["CREATING"], "UPSTREAM_TIMEOUT")
    assert service.server.log.lines == [RECORD] * 3


async def test_a_service_that_is_not_there_is_an_error(service: OneService, watching: Gateway) -> None:
    service.server.faults.set(Fault("status", status=404))
    assert await statuses(watching) == ([], "NOT_FOUND")
    assert service.server.log.lines == [RECORD]


async def test_an_upstream_that_fails_ends_the_watch_after_what_was_told(
    service: OneService, watching: Gateway
) -> None:
    service.statuses = ["CREATING"]
    async with subscribed(watching, WATCH) as events:
        assert (await anext(events))["data"]["deploymentStatus"]["status"] == "CREATING"
        service.server.faults.set(Fault("status", status=503))
        assert (await anext(events))["errors"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert service.server.log.lines == [RECORD] * 4  # the second look was tried three times


async def test_nobody_is_asked_for_a_client_that_left(service: OneService, watching: Gateway) -> None:
    service.record["status"] = "CREATING"
    async with subscribed(watching, WATCH) as events:
        await anext(events)
    asked = len(service.server.log)
    await asyncio.sleep(4 * INTERVAL_S)
    assert len(service.server.log) == asked == 1


async def test_an_anonymous_caller_watches_nothing(service: OneService, watching: Gateway) -> None:
    assert await seen(watching, key=None) == ([], "UNAUTHENTICATED")
    assert len(service.server.log) == 0
