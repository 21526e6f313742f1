"""What pages of other sites can make a browser send, and which of them may read the answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.errors import BadInput
from gateway.http.cross_site import require_preflight
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings, SettingsError, load
from tests.harness import Gateway, serving
from tests.sockets import connected

APP = "https://app.example.com"
EVIL = "https://evil.example.com"
Headers = dict[str, str]

# GET and forms: requests that need no permission

ASKED_FOR: list[Headers] = [
    {"graphql-require-preflight": "1"},
    {"apollo-require-preflight": "true"},
    {"x-apollo-operation-name": "Q"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Content-Type": "application/json"},
    {"Content-Type": "application/graphql-response+json; charset=utf-8"},
]
NOT_ASKED_FOR: list[Headers] = [
    {},
    {"Accept": "application/graphql-response+json"},
    {"graphql-require-preflight": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin, cross-site"},
    {"Content-Type": ""},
    {"Content-Type": "text/plain"},
    {"Content-Type": "TEXT/Plain; charset=utf-8"},
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": "multipart/form-data; boundary=x"},
]


def scope(headers: Headers) -> dict[str, list[tuple[bytes, bytes]]]:
    return {"headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()]}


@pytest.mark.parametrize("headers", ASKED_FOR)
def test_what_a_browser_asks_for_first_passes(headers: Headers) -> None:
    require_preflight(scope(headers))


@pytest.mark.parametrize("headers", NOT_ASKED_FOR)
def test_what_any_page_can_make_a_browser_send_is_refused(headers: Headers) -> None:
    with pytest.raises(BadInput):
        require_preflight(scope(headers))


def test_two_content_types_prove_nothing() -> None:
    twice = [(b"content-type", b"application/json"), (b"content-type", b"text/plain")]
    with pytest.raises(BadInput):
        require_preflight({"headers": twice})


async def query(gateway: Gateway, headers: Headers) -> tuple[int, str]:
    """A query by GET: status and text."""
    url = gateway.url + "/graph"
    async with gateway.session.get(url, params={"query": "{ __typename }"}, headers=headers) as response:
        return response.status, await response.text()


@pytest.mark.parametrize("headers", ASKED_FOR)
async def test_a_query_by_get_runs_where_a_browser_asks_first(gateway: Gateway, headers: Headers) -> None:
    assert await query(gateway, headers) == (200, '{"data":{"__typename":"Query"}}')


async def test_a_query_by_get_that_any_page_could_send_does_not_run(gateway: Gateway) -> None:
    for headers in NOT_ASKED_FOR:
        status, text = await query(gateway, headers)
        assert (status, "graphql-require-preflight" in text) == (400, True), headers
    assert gateway.counts == {}


async def test_an_operator_can_let_every_get_run(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(replace(settings, require_preflight_on_get=False), sandbox) as gateway:
        assert (await query(gateway, {"Sec-Fetch-Site": "cross-site"}))[0] == 200


async def test_a_link_to_the_endpoint_shows_the_page_and_runs_nothing(gateway: Gateway) -> None:
    navigation = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"}
    status, text = await query(gateway, navigation)
    assert (status, "<title>fngraph</title>" in text) == (200, True)


# CORS: who may read answers


@pytest.fixture
async def open_gateway(settings: Settings, sandbox: Sandbox) -> AsyncIterator[Gateway]:
    """A gateway for the pages of one other origin."""
    async with serving(replace(settings, allowed_origins=[APP]), sandbox) as gateway:
        yield gateway


async def preflight(
    gateway: Gateway,
    origin: str,
    method: str = "POST",
    headers: str = "authorization,content-type",
    path: str = "/graph",
) -> tuple[int, Headers]:
    """What a browser sends first."""
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    async with gateway.session.options(gateway.url + path, headers=asked) as response:
        return response.status, {name.lower(): value for name, value in response.headers.items()}


async def post(gateway: Gateway, origin: str, body: str = '{"query": "{ __typename }"}') -> tuple[int, Headers]:
    headers = {"Origin": origin, "Content-Type": "application/json"}
    async with gateway.session.post(gateway.url + "/graph", data=body, headers=headers) as response:
        return response.status, {name.lower(): value for name, value in response.headers.items()}


def of_cors(headers: Headers) -> Headers:
    return {name: value for name, value in headers.items() if name.startswith("access-control-")}


async def test_without_origins_a_preflight_is_a_method_that_does_not_work(gateway: Gateway) -> None:
    status, headers = await preflight(gateway, APP)
    assert (status, headers["allow"], of_cors(headers)) == (405, "GET, POST", {})
    status, headers = await post(gateway, APP)
    assert (status, of_cors(headers)) == (200, {})


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/graph", "POST", "authorization,content-type"),
        ("/graph", "POST", "apollo-require-preflight,graphql-require-preflight,x-apollo-operation-name"),
        ("/graph", "GET", "graphql-require-preflight"),
        ("/functions/x", "DELETE", "authorization"),
    ],
)
async def test_a_page_of_a_listed_origin_is_let_in(open_gateway: Gateway, path: str, method: str, headers: str) -> None:
    status, answer = await preflight(open_gateway, APP, method, headers, path)
    assert (status, answer["access-control-allow-origin"]) == (200, APP)
    assert method in answer["access-control-allow-methods"].split(", ")
    assert set(headers.split(",")) <= set(answer["access-control-allow-headers"].lower().split(", "))
    assert "access-control-allow-credentials" not in answer
    assert "Origin" in answer["vary"]


@pytest.mark.parametrize(
    ("origin", "method", "headers"),
    [
        (EVIL, "POST", "content-type"),
        ("null", "POST", "content-type"),
        ("https://app.example.com.evil.com", "POST", "content-type"),
        ("http://app.example.com", "POST", "content-type"),
        (APP, "TRACE", "content-type"),
        (APP, "POST", "cookie"),
    ],
)
async def test_a_preflight_for_anything_else_is_refused(
    open_gateway: Gateway, origin: str, method: str, headers: str
) -> None:
    status, answer = await preflight(open_gateway, origin, method, headers)
    assert status == 400
    assert answer.get("access-control-allow-origin") in (None, APP)
    assert (answer.get("access-control-allow-origin") == APP) == (origin == APP)


async def test_a_listed_origin_reads_answers_and_failures_and_no_other_does(open_gateway: Gateway) -> None:
    for body, expected in (('{"query": "{ __typename }"}', 200), ("{", 400)):
        status, headers = await post(open_gateway, APP, body)
        assert (status, headers["access-control-allow-origin"]) == (expected, APP)
        assert headers["access-control-expose-headers"] == "retry-after, x-errors, x-request-id"
        assert "access-control-allow-credentials" not in headers
        assert "Origin" in headers["vary"]
        status, headers = await post(open_gateway, EVIL, body)
        assert (status, "access-control-allow-origin" in headers) == (expected, False)


async def test_a_star_lets_every_page_in_without_cookies(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(replace(settings, allowed_origins=["*"]), sandbox) as gateway:
        for status, headers in (await preflight(gateway, EVIL), await post(gateway, EVIL)):
            assert (status, headers["access-control-allow-origin"]) == (200, "*")
            assert "access-control-allow-credentials" not in headers
        async with connected(gateway, headers={"Origin": EVIL}) as socket:
            await socket.init()


@pytest.mark.parametrize(
    "origins",
    [
        "https://app.example.com/",
        "app.example.com",
        "https://",
        "https://a.example/path",
        "https://*.a.example",
        "null",
    ],
)
def test_what_is_no_origin_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, origins: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FNGRAPH_ALLOWED_ORIGINS", f'["{origins}"]')
    with pytest.raises(SettingsError) as wrong:
        load()
    assert wrong.value.problems[0].startswith("allowed_origins.0: an origin is a scheme, a host and perhaps a port")


def test_origins_are_compared_as_browsers_write_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FNGRAPH_ALLOWED_ORIGINS", '["https://App.Example.com:8443", "http://[::1]:3000"]')
    assert load().allowed_origins == ["https://app.example.com:8443", "http://[::1]:3000"]
