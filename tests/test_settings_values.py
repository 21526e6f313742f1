"""What a setting may be: text of variables becomes its type, wrong values are told one by one, secrets stay hidden."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from gateway.roles import Role
from gateway.settings import LinkSettings, Secret, Settings, SettingsError, StaticCredential, read
from gateway.settings.stores import StoreUrl

SHA256 = "a" * 64
NAN, INFINITE = float("nan"), float("inf")
NO_PORTS: list[Any] = ["", "eighty", "80.5", 80.5, True, None, [], "\u0661", INFINITE, NAN, -1, 65536]


def at(name: str, value: Any) -> dict[str, Any]:
    """A value as plain settings, such as ``{"limits": {"max_depth": 3}}``."""
    for part in reversed(name.split(".")):
        value = {part: value}
    found: dict[str, Any] = value
    return found


def problems(values: dict[str, Any]) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        read(Settings, values)
    return raised.value.problems


def names(values: dict[str, Any]) -> list[str]:
    return [problem.partition(":")[0] for problem in problems(values)]


@pytest.mark.parametrize("text", ["true", "True", "TRUE", "t", "yes", "Y", "on", "1"])
def test_a_switch_is_turned_on_by_many_words(text: str) -> None:
    assert read(Settings, {"share_queries": text, "page": text}).page is True


@pytest.mark.parametrize("text", ["false", "False", "f", "no", "N", "OFF", "0"])
def test_a_switch_is_turned_off_by_many_words(text: str) -> None:
    settings = read(Settings, {"share_queries": text, "page": text})
    assert (settings.share_queries, settings.page) == (False, False)


@pytest.mark.parametrize("text", ["", "null", "none", "2", "ja", " true"])
def test_no_other_word_is_a_switch_not_even_for_one_that_may_be_unset(text: str) -> None:
    assert names({"share_queries": text, "page": text}) == ["page", "share_queries"]


@pytest.mark.parametrize(
    ("name", "value", "read_as"),
    [
        ("port", "8001", 8001),
        ("port", 8001.0, 8001),
        ("max_body_bytes", "16_777_216", 16_777_216),
        ("body_timeout_s", "2", 2.0),
        ("body_timeout_s", 2, 2.0),
        ("body_timeout_s", "0.5", 0.5),
        ("body_timeout_s", INFINITE, INFINITE),
        ("host", "8001", "8001"),
    ],
)
def test_a_number_may_be_text_and_is_of_its_type(name: str, value: Any, read_as: object) -> None:
    found = getattr(read(Settings, {name: value}), name)
    assert (found, type(found)) == (read_as, type(read_as))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("port", each) for each in NO_PORTS],
        *[("body_timeout_s", each) for each in ("", "soon", False, NAN, "nan", 0, "-inf")],
        *[("shutdown_delay_s", each) for each in (NAN, "nan", -0.1)],
        *[("tracing.sample_ratio", each) for each in (NAN, INFINITE, 1.1)],
        ("prediction.hedge_after_s", "null"),
        ("answers.max_age_s.Query", NAN),
        ("host", 1),
        ("store_prefix", "a b"),
        ("store_prefix", "a\n"),
        ("log_level", "INFO"),
        ("prediction.api", "v2"),
        ("deployment.prefix", "x"),
        ("twins_folder", 1),
        ("auth.order", []),
        ("auth.order", "keys"),
        ("auth.jwt", "keys"),
        ("limits", []),
    ],
)
def test_what_is_no_value_of_its_kind_is_refused_by_name(name: str, value: Any) -> None:
    assert names(at(name, value)) == [name]


def test_a_choice_is_told_with_what_there_is_to_choose() -> None:
    assert problems({"prediction": {"api": "v2"}}) == ["prediction.api: Expected `v0` or `v1`"]


@pytest.mark.parametrize(
    ("url", "read_as"),
    [
        ("https://a.example/", "https://a.example"),
        ("http://a_b:8080/x//", "http://a_b:8080/x"),
        ("HTTPS://user:word@A.example?x=1", "HTTPS://user:word@A.example?x=1"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://bücher.example.", "http://bücher.example."),
        ("https://a.example\n", "https://a.example"),
    ],
)
def test_an_address_is_kept_as_it_is_without_what_is_around_it(url: str, read_as: str) -> None:
    assert read(Settings, at("prediction.url", url)).prediction.url == read_as


@pytest.mark.parametrize(
    "url",
    [
        *["", "a.example", "//a.example", "ftp://a.example", "http:a.example", "http://", "http:///x", "http://:80"],
        *["http://a:b", "http://a:65536", "http://a:-1", "http://a b", "http://a/ b", "http://a\n/", "http://a/\0"],
        *["http://[::1", "http://[x]", "http://[::1%25eth0]", "http://::1", "http://1.2.3.256", "http://a.1"],
        *[
            "http://a[::1]",
            "http://[::1]x",
            "http://a<b",
            "http://a^",
            "http://a|b",
            "http://a%20b",
            "http://a\\b",
            "http://.",
            "http://xn--a",
        ],
        *["http://\u00ad", "http://user@", "http://a/" + "x" * 2083],
    ],
)
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    assert names(at("prediction.url", url)) == ["prediction.url"]


def test_everything_wrong_in_lists_and_tables_is_told_at_once_with_its_place() -> None:
    keys = [{"id": "a", "sha256": SHA256, "roles": ["ADMIN", "BOSS"]}, {"sha256": "A", "key": "canary"}, "canary"]
    wrong = {
        "auth": {"keys": keys, "authorization_urls": [{"url": "a", "credential": 1}]},
        "answers": {"max_age_s": {"Query.user": -1, "a.b.c": 1}, "public": ["Query.user", "1"]},
        "links": [{"predictor": "a", "function": "b"}, {"predictor": "a"}],
        "trusted_proxies": ["10.0.0.0/8", "ten"],
        "limit": {},
    }
    assert names(wrong) == [
        *["trusted_proxies.1", "answers.max_age_s.a.b.c", "answers.max_age_s.Query.user", "answers.public.1"],
        *["auth.keys.0.roles.1", "auth.keys.1.sha256", "auth.keys.1.id", "auth.keys.1.key", "auth.keys.2"],
        *["auth.authorization_urls.0.url", "auth.authorization_urls.0.credential", "auth.authorization_urls.0.owner"],
        *["links.1", "limit"],
    ]
    assert "canary" not in str(problems(wrong))


def test_everything_wrong_in_credentials_is_told_at_once_by_their_scheme() -> None:
    wrong = {
        "prediction": {"credential": {"scheme": "statik", "value": "canary"}},
        "deployment": {"credential": {"value": "canary"}, "max_tries": 0},
        "function_admin": {"credential": {"scheme": "per_user", "secrets": {"key:ada": 1, "key:yusuf": "canary"}}},
        "invoke": {"credential": {"scheme": "client_credentials", "client_secret": 1, "token_path": "x", "value": ""}},
    }
    assert names(wrong) == [
        *["prediction.credential", "deployment.credential", "deployment.max_tries"],
        "function_admin.credential.secrets.key",
        *[f"invoke.credential.{name}" for name in ("client_secret", "token_path", "client_id", "value")],
    ]
    assert "canary" not in str(problems(wrong))


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (at("auth.order", ["jwt"]), "auth: `jwt` in `order` and the table `auth.jwt` go together"),
        (at("metrics.enabled", "yes"), "metrics: `enabled` needs a `token`, which those who may read the metrics send"),
        (at("documents.trusted_only", True), "documents: `trusted_only` needs a `manifest`"),
        (at("deployment.credential.scheme", "static"), "deployment.credential: give either `value` or `file`"),
        (at("allowed_origins", ["*", "https://a.example"]), "allowed_origins: nothing else can stand beside `*`"),
        (at("metrics.token", "canary"), "metrics.token: a token is at least 16 visible ASCII characters"),
    ],
)
def test_what_does_not_go_together_is_told_where_it_stands(values: dict[str, Any], problem: str) -> None:
    assert problems(values) == [problem]


SECRETS = {
    "auth": {
        "order": ["authorization_url"],
        "authorization_urls": [{"owner": "a", "url": "https://a.example", "credential": "canary"}],
        "plugins": {"badges": {"secret": "canary"}},
    },
    "deployment": {"credential": {"scheme": "static", "value": "canary"}},
    "function_admin": {"credential": {"scheme": "per_user", "secrets": {"key:ada": "canary"}}},
    "invoke": {"credential": {"scheme": "client_credentials", "client_id": "a", "client_secret": "canary"}},
    "metrics": {"token": "canary-canary-canary"},
    "tracing": {"headers": {"authorization": "canary"}},
    "store": "redis://:canary@host",
    "store_secret": "canary",
}


def test_no_secret_of_any_table_is_shown() -> None:
    settings = read(Settings, SECRETS)
    assert settings.auth.plugins["badges"].get_secret_value() == {"secret": "canary"}
    shown = json.dumps(to_builtins(settings, enc_hook=str))
    assert "canary" not in f"{settings!r}{settings}{settings.auth.plugins}{settings.store!r}{shown}"
    assert shown.count('"**********"') == 8
    with pytest.raises(TypeError):
        to_builtins(settings)


@pytest.mark.parametrize("url", ["redis://[canary]", "redis://:canary\u2100@host", "redis://h:canary", "redis://h:0"])
def test_no_problem_of_the_store_repeats_a_part_of_its_address(url: str) -> None:
    [problem] = problems({"store": url})
    assert problem.startswith("store: an address such as")
    assert "canary" not in problem


def test_secrets_are_equal_when_they_hold_the_same() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
    assert Secret("a") != "a"
    assert (str(Secret("")), str(Secret({}))) == ("", "")


def test_settings_are_equal_when_all_values_are_and_travel_whole() -> None:
    settings = read(Settings, SECRETS)
    assert settings == read(Settings, SECRETS) == pickle.loads(pickle.dumps(settings))
    assert settings != replace(settings, store=StoreUrl("redis://:other@host"))


def test_settings_cannot_be_changed_and_know_their_links_anew_when_replaced() -> None:
    settings = Settings(links=[LinkSettings(predictor="a", function="b")])
    assert settings.link_of("predictor", "a") == settings.links[0]
    assert replace(settings, links=[]).link_of("predictor", "a") is None
    with pytest.raises(AttributeError, match="immutable"):
        settings.port = 1  # type: ignore[misc]


def test_what_is_of_its_kind_already_is_taken_as_it_is() -> None:
    credential = StaticCredential(scheme="static", value=Secret("canary"))
    link = LinkSettings(predictor="a", function="b")
    settings = read(Settings, {"deployment": {"credential": credential}, "links": [link]})
    assert (settings.deployment.credential, settings.links) == (credential, [link])


def test_roles_come_as_their_names() -> None:
    key = {"id": "a", "sha256": SHA256, "roles": ["ADMIN", "ADMIN"]}
    assert read(Settings, {"auth": {"keys": [key]}}).auth.keys[0].roles == {Role.ADMIN}
