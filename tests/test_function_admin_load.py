"""``loadFunction`` passes on addresses of public hosts only, after following their redirects itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from ipaddress import ip_address

import pytest
from aiohttp import web

from gateway.errors import BadInput
from gateway.sandbox.running import Sandbox
from gateway.sandbox.server import SandboxServer
from gateway.settings import FunctionAdminSettings, Settings, read
from gateway.upstreams.function_admin.load_addresses import check_address, is_public
from tests.harness import Gateway, serving, with_upstream

LOAD = "mutation ($url: String!) { loadFunction(input: {url: $url}) { name content } }"
PASSED_ON = "POST /api/v1/functions/load/url"
CODE = "class Pipe:\n    pass\n"

NOT_PUBLIC = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "0.0.0.0",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
    "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "fe80::1",
    "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "4000::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "185.199.108.133", "2606:50c0:8000::154", "2a00:1450:4001:80b::200e"]

MALFORMED = [
    "", "example.com/x.py", "//example.com/x.py", "ftp://example.com/x.py", "file:///etc/passwd", "javascript:x",
    "http://user@example.com/", "http://user:pass@example.com/", "http://example.com@127.0.0.1/", "http:///x",
    "http://example.com\\@127.0.0.1/", "http://127.0.0.1\\example.com/", "http://exa mple.com/", "http://example.com/\n",
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://127.1/", "http://0177.0.0.1/", "http://127.0.1/",
    "http://127.0.0.1./", "http://example.0x1/", "http://①②⑦.0.0.1/", "http://ex%61mple.com/", "http://[::1%25lo]/",
    "http://example.com:0/", "http://example.com:65536/", "http://example.com:80:80/", "http://example.com/#x",
    "http://example.com/" + "x" * 2000,
]  # fmt: skip


def refusal(address: str, **settings: object) -> str | None:
    try:
        check_address(address, read(FunctionAdminSettings, settings))
    except BadInput as error:
        return error.message
    return None


def test_addresses_of_the_public_internet_are_told_from_all_others() -> None:
    assert [address for address in NOT_PUBLIC if is_public(ip_address(address))] == []
    assert [address for address in PUBLIC if not is_public(ip_address(address))] == []


@pytest.mark.parametrize("address", MALFORMED)
def test_an_address_has_a_strict_form(address: str) -> None:
    assert refusal(address) == "The address must be a plain http or https address."


def test_an_address_as_digits_must_be_public() -> None:
    for host in NOT_PUBLIC:
        literal = f"[{host}]" if ":" in host else host
        assert refusal(f"http://{literal}/x.py") == "The address is not public."
    assert refusal("https://8.8.8.8/x.py?a=1") is None


def test_without_a_list_only_the_default_ports_are_read() -> None:
    assert refusal("https://example.com/x.py") is None
    assert refusal("https://example.com:443/x.py") is None
    assert refusal("https://example.com:8443/x.py") == "The address must have the default port of its scheme."


def test_a_list_of_hosts_is_all_there_is() -> None:
    hosts = ["raw.githubusercontent.com", ".example.com", "git.internal:*", "[2606:50c0::1]:8080"]
    allowed = [
        "https://raw.githubusercontent.com/a/b.py", "https://RAW.githubusercontent.com/", "http://a.b.example.com/",
        "http://git.internal:3000/", "http://[2606:50c0::1]:8080/",
    ]  # fmt: skip
    others = [
        "https://example.com/", "https://notexample.com/", "https://raw.githubusercontent.com.evil.com/",
        "https://a.example.com:8443/", "https://8.8.8.8/",
    ]  # fmt: skip
    message = "The address is not on the list of hosts that functions may be loaded from."
    assert [refusal(address, load_hosts=hosts) for address in allowed] == 5 * [None]
    assert [refusal(address, load_hosts=hosts) for address in others] == 5 * [message]
    assert refusal("http://10.0.0.1/", load_hosts=["10.0.0.1"]) == "The address is not public."


@pytest.fixture
async def files() -> AsyncIterator[SandboxServer]:
    async def code(_: web.Request) -> web.Response:
        return web.Response(text=CODE)

    async def moved(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": request.query["to"]})

    async def loop(_: web.Request) -> web.Response:
        return web.Response(status=301, headers={"Location": "/loop"})

    server = SandboxServer("files", [web.get("/echo.py", code), web.get("/moved", moved), web.get("/loop", loop)])
    await server.start()
    yield server
    await server.stop()


def passed_on(gateway: Gateway) -> list[str]:
    return [json.loads(request.body)["url"] for request in gateway.sandbox.function_admin.log]


async def test_code_is_loaded_and_nothing_is_stored(gateway: Gateway, files: SandboxServer) -> None:
    answer = await gateway.post(LOAD, {"url": files.url + "/echo.py"})
    assert answer.data == {"loadFunction": {"name": "echo", "content": CODE}}
    assert gateway.sandbox.function_admin.log.lines == [PASSED_ON]
    assert files.log.lines == 2 * ["GET /echo.py"]
    assert "Authorization" not in files.log.requests[0].headers


async def test_what_is_passed_on_is_where_the_redirects_end(gateway: Gateway, files: SandboxServer) -> None:
    twice = f"{files.url}/moved?to=/moved?to=/echo.py"
    answer = await gateway.post(LOAD, {"url": twice})
    assert answer.data["loadFunction"]["content"] == CODE
    assert passed_on(gateway) == [files.url + "/echo.py"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/moved?to=http://169.254.169.254/latest", "not on the list of hosts"),
        ("/moved?to=http://127.0.0.2:80/x", "not on the list of hosts"),
        ("/moved?to=file:///etc/passwd", "plain http or https address"),
        ("/moved?to=http://user@127.0.0.1/", "plain http or https address"),
        ("/loop", "redirects more than 5 times"),
    ],
)
async def test_each_redirect_is_checked(gateway: Gateway, files: SandboxServer, path: str, message: str) -> None:
    answer = await gateway.post(LOAD, {"url": files.url + path})
    assert answer.errors == [("loadFunction", "BAD_INPUT", None)]
    assert message in answer.body["errors"][0]["message"]
    assert gateway.sandbox.function_admin.log.lines == []


async def test_a_name_that_means_this_machine_is_not_public(sandbox: Sandbox, settings: Settings) -> None:
    usual = with_upstream(settings, "function_admin", load_hosts=[], load_from_private=False)
    async with serving(usual, sandbox) as gateway:
        answer = await gateway.post(LOAD, {"url": "http://localhost/x.py"})
    assert answer.body["errors"][0]["message"] == "The address is not public."
    assert answer.errors == [("loadFunction", "BAD_INPUT", None)]
    assert gateway.counts == {}


async def test_an_address_that_does_not_answer_is_not_passed_on(gateway: Gateway) -> None:
    answer = await gateway.post(LOAD, {"url": "http://127.0.0.1:1/x.py"})
    assert answer.body["errors"][0]["message"] == "The address cannot be read."
    assert gateway.counts == {}


async def test_what_the_server_could_not_read_is_the_callers_address(gateway: Gateway, files: SandboxServer) -> None:
    answer = await gateway.post(LOAD, {"url": files.url + "/none.py"})
    assert answer.body["errors"][0]["message"] == "The server could not read the address."
    assert answer.errors == [("loadFunction", "BAD_INPUT", None)]
