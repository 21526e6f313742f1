"""The limits of one caller hold for every transport, and those of its address for its sockets."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace

from gateway.sandbox.running import Sandbox
from gateway.settings import CallerSettings, Settings
from tests.harness import Gateway, serving
from tests.sockets import connected, with_limits


def with_requests(settings: Settings, requests: int, address_factor: int = 1) -> Settings:
    """Settings under which a caller makes few requests and gets back one in ten seconds.

    A request takes a million points, since what it takes for the time to read a document is up to the machine.
    """
    numbers = {"min_points": 1_000_000, "points_per_second": 100_000, "burst_points": requests * 1_000_000 + 500_000}
    return replace(settings, callers=CallerSettings(**numbers, address_factor=address_factor))


async def test_a_caller_that_asks_for_too_much_is_told_when_to_come_back(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(with_requests(settings, 3), sandbox) as gateway:
        answers = [await gateway.post("{ user { username } }") for _ in range(5)]
        assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
        assert answers[3].errors == [("", "RATE_LIMITED", None)]
        assert 1 <= int(answers[3].headers["retry-after"]) <= 10
        assert (await gateway.post("{ user { username } }", key="user")).status == 200
    assert gateway.counts == {"prediction": 4}


async def test_a_refused_document_is_not_free(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(with_requests(settings, 3), sandbox) as gateway:
        statuses = [(await gateway.post("{ nothing" + " " * number + "}")).status for number in range(5)]
    assert statuses == [400, 400, 400, 429, 429]


async def test_a_wrong_credential_is_charged_to_its_address(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(with_requests(settings, 1, address_factor=3), sandbox) as gateway:
        refused = [await gateway.post("{ __typename }", key="k" * 4097) for _ in range(4)]
        assert [answer.status for answer in refused] == [401] * 4
        assert (await gateway.post("{ __typename }", key=None)).status == 429
        assert (await gateway.post("{ __typename }")).status == 200


async def test_a_rest_twin_is_charged_to_the_same_caller(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(with_requests(settings, 2), sandbox) as gateway:
        assert (await gateway.post("{ user { username } }")).status == 200
        headers = {"Authorization": f"Bearer {sandbox.accounts.yusuf_key}"}
        async with gateway.session.get(gateway.url + "/user", headers=headers) as response:
            assert response.status == 200
        async with gateway.session.get(gateway.url + "/user", headers=headers) as response:
            assert (response.status, response.headers["Retry-After"].isdecimal()) == (429, True)


async def test_an_operation_of_a_socket_is_charged_to_the_same_caller(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(with_requests(settings, 2), sandbox) as gateway, connected(gateway) as socket:
        assert (await gateway.post("{ __typename }")).status == 200
        await socket.init({"Authorization": f"Bearer {sandbox.accounts.yusuf_key}"})
        await socket.subscribe("1", "{ __typename }")
        assert [message["type"] for message in await socket.until_end("1")] == ["next", "complete"]
        await socket.subscribe("2", "{ __typename }")
        [message] = await socket.until_end("2")
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "RATE_LIMITED")


async def post_from(gateway: Gateway, address: str) -> int:
    """An anonymous query that a proxy says comes from this address."""
    headers = {"X-Forwarded-For": address}
    async with gateway.session.post(gateway.url + "/graph", json={"query": "{a}"}, headers=headers) as response:
        return response.status


@pytest.mark.parametrize(("proxies", "last"), [([], 429), (["127.0.0.1"], 400), (["127.0.0.0/8"], 400)])
async def test_an_address_is_what_a_trusted_proxy_says_and_no_other(
    settings: Settings, sandbox: Sandbox, proxies: list[str], last: int
) -> None:
    few = replace(with_requests(settings, 2), trusted_proxies=proxies)
    async with serving(few, sandbox) as gateway:
        statuses = [await post_from(gateway, f"198.51.100.{number}") for number in range(4)]
    assert statuses == [400, 400, last, last]


async def handshake(gateway: Gateway, address: str = "") -> tuple[int, dict[str, str]]:
    """The answer to a handshake that is refused; as it is on the wire, since clients keep its body to themselves."""
    headers = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Protocol": "graphql-transport-ws",
        **({"X-Forwarded-For": address} if address else {}),
    }  # fmt: skip
    async with gateway.session.get(gateway.url + "/graph", headers=headers) as response:
        body: Any = json.loads(await response.read())
        assert body["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        return response.status, {name.lower(): value for name, value in response.headers.items()}


async def test_an_address_has_few_sockets_and_one_more_when_one_is_closed(settings: Settings, sandbox: Sandbox) -> None:
    few = with_limits(settings, max_sockets_per_address=2)
    async with serving(few, sandbox) as gateway, connected(gateway) as first:
        async with connected(gateway) as second:
            await first.init()
            await second.init()
            status, headers = await handshake(gateway)
            assert (status, headers["retry-after"]) == (429, "1")
            assert headers["x-content-type-options"] == "nosniff"
            assert "server" not in headers
        await eventually_connects(gateway)


async def eventually_connects(gateway: Gateway) -> None:
    accepted: list[bool] = []
    while not accepted:
        with contextlib.suppress(aiohttp.WSServerHandshakeError):
            async with connected(gateway) as socket:
                await socket.init()
                accepted.append(True)


async def test_sockets_that_never_begin_and_those_that_are_refused_leave_nothing(
    settings: Settings, sandbox: Sandbox
) -> None:
    few = with_limits(settings, max_sockets_per_address=1, init_timeout_s=0.05)
    async with serving(few, sandbox) as gateway:
        async with connected(gateway) as silent:
            assert (await handshake(gateway))[0] == 429
            assert (await silent.closed())[0] == 4408
        await eventually_connects(gateway)


async def test_sockets_are_counted_by_the_address_that_a_trusted_proxy_says(
    settings: Settings, sandbox: Sandbox
) -> None:
    few = replace(with_limits(settings, max_sockets_per_address=1), trusted_proxies=["127.0.0.1"])
    async with (
        serving(few, sandbox) as gateway,
        connected(gateway, headers={"X-Forwarded-For": "2001:db8::1"}) as first,
        connected(gateway, headers={"X-Forwarded-For": "2001:db8:0:1::1"}) as second,
    ):
        await first.init()
        await second.init()
        assert (await handshake(gateway, "2001:db8::2"))[0] == 429
