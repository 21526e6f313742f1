"""An inference key goes to hosts that are allowed and nowhere else, whatever a record says."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.sandbox.server import SandboxServer
from gateway.settings import DeploymentSettings, Settings, SettingsError, read
from gateway.upstreams.deployment.hosts import is_allowed
from tests.deployment_upstream import ACCOUNT_KEY, INFERENCE_KEY, RECORD, SERVICE_ID, OneService, one_service
from tests.harness import Gateway, serving

INVOKE = "mutation ($input: InvokeEndpointInput!) { invokeEndpoint(input: $input) }"

VENDOR = "https://api.covalent.xyz"
OWN = "http://127.0.0.1:8001"

# (management, invoke_hosts, address, allowed)
RULES: list[tuple[str, list[str], str, bool]] = [
    (VENDOR, [], "https://fn.prod.covalent.xyz/0663accb6f7d37dbf2a4687b7", True),
    (VENDOR, [], "https://FN.prod.Covalent.xyz:443", True),
    (VENDOR, [], "https://api.covalent.xyz/", True),
    (VENDOR, [], "http://fn.prod.covalent.xyz/x", False),
    (VENDOR, [], "https://fn.prod.covalent.xyz:8443/x", False),
    (VENDOR, [], "https://covalent.xyz/x", False),
    (VENDOR, [], "https://evilcovalent.xyz/x", False),
    (VENDOR, [], "https://covalent.xyz.evil.example/x", False),
    (VENDOR, [], "https://fn.prod.covalent.xyz./x", False),
    (VENDOR, [], "https://user@fn.prod.covalent.xyz/x", False),
    (VENDOR, [], "https://fn.prod.covalent.xyz:443@evil.example/x", False),
    (VENDOR, [], "https://evil.example\\@fn.prod.covalent.xyz/x", False),
    (VENDOR, [], "https://evil.example#.covalent.xyz", False),
    (VENDOR, [], "https://evil.example?.covalent.xyz", False),
    (VENDOR, [], "https://fn.prod.covalent.xyz/x?key=", False),
    (VENDOR, [], "https://evil.example/.covalent.xyz", False),
    (VENDOR, [], "https:/fn.prod.covalent.xyz", False),
    (VENDOR, [], "//fn.prod.covalent.xyz", False),
    (VENDOR, [], "ftp://fn.prod.covalent.xyz", False),
    (VENDOR, [], "file:///etc/passwd", False),
    (VENDOR, [], "None", False),
    (VENDOR, [], " https://fn.prod.covalent.xyz", False),
    (VENDOR, [], "https://fn.prod.covalent.xyz\n", False),
    (VENDOR, [], "https://fn.prod.covalent.xyz\t.evil.example", False),
    (VENDOR, [], "https://fn。prod.covalent.xyz", False),
    (VENDOR, [], "https://\uff46\uff4e.covalent.xyz", False),
    (VENDOR, [], "https://fn.prod.covalent.xyz:0", False),
    (VENDOR, [], "https://fn.prod.covalent.xyz:99999", False),
    (VENDOR, [], "https://127.0.0.1", False),
    (VENDOR, [], "https://169.254.169.254/latest", False),
    ("https://mine.example.co.uk", [], "https://other.example.co.uk", False),
    ("https://mine.example.co.uk", [], "https://mine.example.co.uk/x", True),
    ("https://mine.example.co.uk:8443", [], "https://mine.example.co.uk/x", False),
    (OWN, [], "http://127.0.0.1:8001/svc", True),
    (OWN, [], "https://127.0.0.1:8001/svc", True),
    (OWN, [], "http://127.0.0.1:8002/svc", False),
    (OWN, [], "http://127.0.0.1/svc", False),
    (OWN, [], "http://127.1:8001/svc", False),
    (OWN, [], "http://0x7f.1:8001/svc", False),
    (OWN, [], "http://2130706433:8001/svc", False),
    (OWN, [], "http://017700000001:8001/svc", False),
    (OWN, [], "http://0:8001/svc", False),
    (OWN, [], "http://localhost:8001/svc", False),
    (OWN, [], "http://[::ffff:127.0.0.1]:8001/svc", False),
    ("http://[::1]:8001", [], "http://[::1]:8001/svc", True),
    ("http://[::1]:8001", [], "http://[::2]:8001/svc", False),
    (VENDOR, ["fn.example"], "https://fn.example/x", True),
    (VENDOR, ["FN.example"], "https://fn.example/x", True),
    (VENDOR, ["fn.example"], "https://a.fn.example/x", False),
    (VENDOR, ["fn.example"], "https://fn.prod.covalent.xyz/x", False),
    (VENDOR, ["fn.example"], "https://fn.example:8443/x", False),
    (VENDOR, ["fn.example:8443"], "https://fn.example:8443/x", True),
    (VENDOR, ["fn.example:*"], "https://fn.example:8443/x", True),
    (VENDOR, ["fn.example:80"], "http://fn.example/x", False),
    (VENDOR, [".example"], "https://fn.example/x", True),
    (VENDOR, [".example:8443"], "https://fn.example/x", False),
    (VENDOR, ["xn--bcher-kva.example"], "https://xn--bcher-kva.example", True),
    (OWN, ["[::1]:*"], "http://[::1]:9/x", True),
    (OWN, ["[::1]"], "http://[::1]/x", True),
]


@pytest.mark.parametrize(("management", "hosts", "address", "allowed"), RULES)
def test_an_address_is_allowed_or_it_is_not(management: str, hosts: list[str], address: str, allowed: bool) -> None:
    settings = read(DeploymentSettings, {"url": management, "invoke_hosts": hosts})
    assert is_allowed(address, settings) is allowed


@pytest.mark.parametrize("host", ["", ".", "https://fn.example", "fn.example/x", "a b", "u@fn.example", "fn.example:x"])
def test_a_host_that_is_none_is_a_wrong_setting(host: str) -> None:
    with pytest.raises(SettingsError, match="invoke_hosts"):
        read(DeploymentSettings, {"invoke_hosts": [host]})


@pytest.fixture
async def service() -> AsyncIterator[OneService]:
    async with one_service() as service:
        yield service


@pytest.fixture
async def elsewhere() -> AsyncIterator[SandboxServer]:
    """A server that no record should lead to."""

    async def collect(_: web.Request) -> web.Response:
        return web.json_response("collected")

    server = SandboxServer("elsewhere", [web.route("*", "/{any:.*}", collect)])
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def poisoned(service: OneService, settings: Settings, sandbox: Sandbox) -> AsyncIterator[Gateway]:
    async with serving(service.settings(settings), sandbox) as gateway:
        yield gateway


async def call(gateway: Gateway, route: str = "/call") -> Any:
    return (await gateway.post(INVOKE, {"input": {"deployment": SERVICE_ID, "route": route}}, "user")).body


def code(body: Any) -> str:
    [error] = body["errors"]
    assert INFERENCE_KEY not in json.dumps(body)
    assert ACCOUNT_KEY not in json.dumps(body)
    return str(error["extensions"]["code"])


@pytest.mark.parametrize("form", ["{0}/svc", "http://x@127.0.0.1:{1}/svc", "http://localhost:{1}/svc"])
async def test_a_poisoned_address_gets_no_request(
    service: OneService, poisoned: Gateway, elsewhere: SandboxServer, form: str
) -> None:
    service.record["invoke_url"] = form.format(elsewhere.url, elsewhere.port)
    assert code(await call(poisoned)) == "FORBIDDEN"
    info = await poisoned.post(f'{{ deployment(input: {{id: "{SERVICE_ID}"}}) {{ info }} }}', key="user")
    assert code(info.body) == "FORBIDDEN"
    assert len(elsewhere.log) == 0
    assert service.server.log.lines == [RECORD, RECORD]


async def test_a_redirect_is_not_followed(service: OneService, poisoned: Gateway, elsewhere: SandboxServer) -> None:
    location = {"Location": elsewhere.url + "/x"}
    for status in (301, 302, 303, 307, 308):
        service.server.faults.set(Fault("status", match="/svc", status=status, headers=location))
        assert code(await call(poisoned)) == "UPSTREAM_INVALID"
    assert len(elsewhere.log) == 0
    assert service.server.log.lines == [RECORD, "POST /svc/call"] * 5


async def test_a_route_stays_below_the_service_and_adds_nothing(service: OneService, poisoned: Gateway) -> None:
    paths = {
        "/a?b=c": "/svc/a%3Fb%3Dc",
        "/a#b": "/svc/a%23b",
        "/a%2e%2e/b": "/svc/a%252e%252e/b",
        "//a/": "/svc//a/",
        "/ü @:": "/svc/%C3%BC%20@:",
        "/": "/svc/",
    }
    for route in paths:
        service.record["endpoints"] = [{"route": route, "method": "POST", "streaming": False}]
        assert "errors" not in await call(poisoned, route)
    assert service.server.log.lines == [line for path in paths.values() for line in (RECORD, f"POST {path}")]


async def test_an_endpoint_that_the_vendor_does_not_have_is_not_called(service: OneService, poisoned: Gateway) -> None:
    endpoints = [
        {"route": "/../fn/api/v0/functions", "method": "POST"},
        {"route": "..", "method": "POST"},
        {"route": "/x", "method": "post"},
        {"route": "/x", "method": "CONNECT"},
        {"route": "/x", "method": "GET /y HTTP/1.1\r\n\r\n"},
    ]
    for endpoint in endpoints:
        service.record["endpoints"] = [endpoint]
        assert code(await call(poisoned, endpoint["route"])) == "UPSTREAM_INVALID"
    assert service.server.log.lines == [RECORD] * 5


async def test_a_malformed_key_is_not_sent(service: OneService, poisoned: Gateway) -> None:
    for key in ("a\r\nX-Injected: 1", "ключ", "a\x00b"):
        service.record["inference_keys"] = [{"key": key}]
        assert code(await call(poisoned)) == "UPSTREAM_INVALID"
    assert service.server.log.lines == [RECORD] * 3


async def test_a_call_carries_the_first_key_of_the_record_where_the_service_wants_one(
    service: OneService, poisoned: Gateway
) -> None:
    cases: list[tuple[dict[str, Any], str | None]] = [
        ({}, INFERENCE_KEY),
        ({"auth": None}, INFERENCE_KEY),
        ({"auth": False}, None),
        ({"auth": True, "inference_keys": None}, None),
        ({"inference_keys": []}, None),
        ({"inference_keys": [{}]}, None),
        ({"inference_keys": [{"key": None}, {"key": "second"}]}, "second"),
        ({"inference_keys": [{"key": "first", "id": 1}, {"key": "second"}]}, "first"),
    ]
    for changes, key in cases:
        service.record |= changes
        assert await call(poisoned) == {"data": {"invokeEndpoint": {"method": "POST", "route": "call"}}}
        assert service.server.log.requests[-1].headers.get("x-api-key") == key, changes


@pytest.mark.parametrize(("address", "expected"), [(None, "CONFLICT"), ("", "CONFLICT"), ("None", "FORBIDDEN")])
async def test_a_service_without_an_address_is_not_called(
    service: OneService, poisoned: Gateway, address: str | None, expected: str
) -> None:
    service.record["invoke_url"] = address
    assert code(await call(poisoned)) == expected


async def test_an_address_with_a_slash_at_its_end_gets_no_second_one(service: OneService, poisoned: Gateway) -> None:
    service.record["invoke_url"] += "/"
    await call(poisoned)
    assert service.server.log.lines == [RECORD, "POST /svc/call"]
