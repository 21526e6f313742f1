"""What `environment = "production"` turns off, which headers every answer has, and what `fngraph check` says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.http.web_page import FOLDER
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings, SettingsError, load, read
from gateway.settings.safety import is_loopback, warnings_of
from tests.harness import Gateway, serving
from tests.test_commands import run

HTML = {"Accept": "text/html"}
SWITCHES = ("introspection", "suggestions", "page")


def production(settings: Settings, **changes: Any) -> Settings:
    return replace(settings, environment="production", **changes)


@pytest.fixture
async def hardened(settings: Settings, sandbox: Sandbox) -> AsyncIterator[Gateway]:
    async with serving(production(settings), sandbox) as gateway:
        yield gateway


async def get(gateway: Gateway, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    async with gateway.session.get(gateway.url + path, headers=headers) as response:
        fields = {name.lower(): value for name, value in response.headers.items()}
        return response.status, fields, await response.read()


# The switches


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_follows_the_environment_unless_it_is_set_singly(name: str) -> None:
    def on(**values: Any) -> Any:
        return getattr(Settings(**values), f"{name}_on")

    assert (on(), on(environment="production")) == (True, False)
    assert on(environment="production", **{name: True}) is True
    assert on(environment="development", **{name: False}) is False


@pytest.mark.parametrize(
    "document",
    ["{ __schema { types { name } } }", '{ __type(name: "User") { fields { name } } }', "{ user { __typename } }"],
)
async def test_introspection_is_refused_in_production_and_typename_is_not(hardened: Gateway, document: str) -> None:
    answer = await hardened.post(document)
    if document == "{ user { __typename } }":
        assert answer.data == {"user": {"__typename": "User"}}
    else:
        assert (answer.status, answer.errors[0][1]) == (400, "GRAPHQL_VALIDATION_FAILED")
        assert "data" not in answer.body
        assert "introspection" in answer.body["errors"][0]["message"]


async def test_introspection_alone_can_be_on_in_production(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(production(settings, introspection=True), sandbox) as gateway:
        assert (await gateway.post("{ __schema { queryType { name } } }")).status == 200
        assert "Did you mean" not in str((await gateway.post("{ usr { username } }")).body)


WRONG: list[tuple[str, dict[str, Any] | None]] = [
    ("{ usr { username } }", None),
    ("{ user { usernam } }", None),
    ("{ user(inputt: {}) { username } }", None),
    ('{ user(input: {usernam: "ada"}) { username } }', None),
    ("{ user { ...A } } fragment A on Usr { username }", None),
    ("{ predictors(input: {status: ACTIV}) { tag } }", None),
    ("query ($i: UserInput) { user(input: $i) { username } }", {"i": {"usernam": "ada"}}),
    ("query ($i: UserInpu) { user(input: $i) { username } }", None),
    ("query { user @skp(if: true) { username } }", None),
]


async def test_errors_suggest_names_in_development_and_none_in_production(gateway: Gateway, hardened: Gateway) -> None:
    suggested = 0
    for document, variables in WRONG:
        told = str((await gateway.post(document, variables)).body)
        suggested += "Did you mean" in told
        hidden = await hardened.post(document, variables)
        assert hidden.status == 400, document
        assert "Did you mean" not in str(hidden.body), document
    assert suggested > 6


PAGES = ("/", "/rest", "/openapi.json", "/schema.graphql", "/page/index.html", "/page/rest.html", "/page/LICENSES.md")


async def test_the_pages_are_not_there_in_production(gateway: Gateway, hardened: Gateway) -> None:
    asset = "/page/assets/" + next((FOLDER / "assets").iterdir()).name
    for path in (*PAGES, asset):
        assert (await get(gateway, path, **HTML))[0] == 200, path
        assert (await get(hardened, path, **HTML))[0] == 404, path
    assert (await get(hardened, "/healthz"))[0] == 200
    assert (await get(hardened, "/user", Authorization=f"Bearer {hardened.sandbox.accounts.ada_key}"))[0] == 200


async def test_the_endpoint_is_no_page_in_production(hardened: Gateway) -> None:
    status, headers, body = await get(hardened, "/graph", **HTML)
    assert (status, b"<html" in body) != (200, True)
    assert "text/html" not in headers["content-type"]


# Headers

EVERY_ANSWER = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/nothing", 404),
        ("DELETE", "/graph", 405),
        ("POST", "/graph", 415),
        ("GET", "/page/nothing", 404),
    ],
)
async def test_every_answer_has_the_headers(gateway: Gateway, method: str, path: str, status: int) -> None:
    async with gateway.session.request(method, gateway.url + path) as response:
        assert response.status == status
        for name, value in EVERY_ANSWER.items():
            assert response.headers.getall(name) == [value]
        assert "Server" not in response.headers
        assert "Strict-Transport-Security" not in response.headers
        assert len(response.headers.getall("Date")) == 1


async def test_an_answer_of_graphql_is_kept_nowhere(gateway: Gateway) -> None:
    answer = await gateway.post("{ __typename }")
    assert {name: answer.headers[name] for name in EVERY_ANSWER} == EVERY_ANSWER


async def test_the_pages_have_their_own_policy_and_their_files_may_be_kept(gateway: Gateway) -> None:
    for path in ("/", "/rest", "/page/index.html"):
        _, headers, _ = await get(gateway, path, **HTML)
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-cache")
    script = next(file for file in (FOLDER / "assets").iterdir() if file.name.endswith(".js"))
    _, headers, body = await get(gateway, f"/page/assets/{script.name}")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert body == script.read_bytes()
    status, headers, _ = await get(gateway, f"/page/assets/{script.name}", **{"If-None-Match": headers["etag"]})
    assert (status, headers["cache-control"]) == (304, "public, max-age=31536000, immutable")


# What is allowed and not safe


def of(**values: Any) -> list[str]:
    """Which settings the warnings name."""
    return [text.partition(":")[0] for text in warnings_of(read(Settings, values))]


SECRET = {"scheme": "static", "value": "x"}


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({}, []),
        ({"environment": "production", "host": "0.0.0.0"}, []),
        ({"host": "0.0.0.0"}, ["host"]),
        ({"host": "::1"}, []),
        ({"environment": "production", "allowed_origins": ["*"]}, ["allowed_origins"]),
        ({"allowed_origins": ["*"]}, []),
        ({"environment": "production", "require_preflight_on_get": False}, ["require_preflight_on_get"]),
        (
            {"environment": "production", "function_admin": {"load_from_private": True}},
            ["function_admin.load_from_private"],
        ),
        ({"trusted_proxies": ["*"]}, ["trusted_proxies"]),
        ({"tracing": {"endpoint": "http://otel.example", "headers": {"a": "x"}}}, ["tracing.endpoint"]),
        ({"tracing": {"endpoint": "http://otel.example"}}, []),
        ({"tracing": {"endpoint": "http://localhost:4318", "headers": {"a": "x"}}}, []),
        ({"trusted_proxies": ["10.0.0.0/8"]}, []),
        ({"prediction": {"url": "http://upstream.example"}}, ["prediction.url"]),
        ({"prediction": {"url": "http://upstream.example", "credential": {"scheme": "none"}}}, []),
        ({"deployment": {"url": "http://10.0.0.1:9", "credential": SECRET}}, ["deployment.url"]),
        ({"deployment": {"url": "http://127.0.0.1:9", "credential": SECRET}}, []),
        ({"deployment": {"url": "https://upstream.example", "credential": SECRET}}, []),
        (
            {
                "auth": {
                    "order": ["jwt", "authorization_url"],
                    "jwt": {"jwks_url": "http://login.example/keys", "issuer": "x", "audience": "x"},
                    "authorization_urls": [{"owner": "o", "url": "http://o.example", "credential": "x"}],
                }
            },
            ["auth.authorization_urls", "auth.jwt.jwks_url"],
        ),
    ],
)
def test_what_is_allowed_and_not_safe_is_named(values: dict[str, Any], names: list[str]) -> None:
    assert of(**values) == names


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("a.LOCALHOST", True),
     ("0.0.0.0", False), ("::", False), ("10.0.0.1", False), ("localhost.example", False)],
)  # fmt: skip
def test_loopback_is_this_machine(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize("value", ['["nobody"]', '["10.0.0.1/8"]', '["*", "10.0.0.1"]', '["300.0.0.1"]'])
def test_a_proxy_that_could_not_be_trusted_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FNGRAPH_TRUSTED_PROXIES", value)
    with pytest.raises(SettingsError) as wrong:
        load()
    assert wrong.value.problems[0].startswith("trusted_proxies")


async def test_check_says_what_is_on_and_why_which_limits_hold_and_what_is_not_safe(tmp_path: Path) -> None:
    nowhere = {f"FNGRAPH_{name}__URL": "http://127.0.0.1:9" for name in ("PREDICTION", "DEPLOYMENT", "FUNCTION_ADMIN")}
    _, out, error = await run(
        "check",
        cwd=tmp_path,
        **nowhere,
        FNGRAPH_INVOKE__URL="http://127.0.0.1:9",
        FNGRAPH_ENVIRONMENT="production",
        FNGRAPH_PAGE="true",
        FNGRAPH_ALLOWED_ORIGINS='["*"]',
        FNGRAPH_LIMITS__MAX_COST="12345",
    )
    lines = [" ".join(line.split()) for line in out.splitlines()]
    start = lines.index("Environment: production")
    assert lines[start + 1 : start + 5] == [
        "introspection off by the environment",
        "suggestions off by the environment",
        "page on set singly",
        "Limits",
    ]
    for line in ("max_body_bytes 16,777,216", "limits.max_cost 12,345", "callers.points_per_second 50,000"):
        assert line in lines
    warnings = lines[lines.index("Warnings") + 1 : lines.index("Upstreams")]
    assert [warning.partition(":")[0] for warning in warnings] == ["allowed_origins"]
    assert error == ""


def test_every_switch_is_documented() -> None:
    page = (Path(__file__).parent.parent / "docs" / "production.md").read_text()
    names = [
        *(f"`{name}` |" for name in SWITCHES),
        "`trusted_proxies`",
        "`require_preflight_on_get",
        "`allowed_origins",
    ]
    assert [name for name in names if name not in page] == []
