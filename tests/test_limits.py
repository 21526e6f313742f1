"""What a document may be: each limit at its value passes, one above is refused, and nothing is sent upstream."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import get_introspection_query, is_input_object_type
from msgspec.structs import asdict, replace

from gateway.sandbox.running import Sandbox
from gateway.settings import LimitSettings, Settings
from schema import build_schema
from schema.list_sizes import PAGE_SIZES
from tests.harness import Answer, Gateway, serving

SKIPPED = "@skip(if: true)"


def padded(size_bytes: int) -> str:
    return "{__typename}".ljust(size_bytes, ",")


def long(tokens: int) -> str:
    """A document of so many tokens, all but 27 of them members of a list."""
    kinds = "PREDICTOR " * (tokens - 27)
    return f'{{__typename search(input:{{query:"a" kinds:[{kinds}]}}) {SKIPPED} {{__typename}}}}'


def aliased(count: int) -> str:
    return "{__schema{" + " ".join(f"a{i}:__typename" for i in range(count)) + "}}"


def directed(count: int) -> str:
    return "{__schema{" + "__typename @include(if: true) " * count + "}}"


def directed_once(count: int) -> str:
    return "{__typename " + "@include(if: true) " * count + "}"


def deep(levels: int) -> str:
    """``name`` at the level."""
    inner = levels - 2
    return '{__type(name: "Query") {' + "ofType {" * inner + "name" + "}" * inner + "}}"


def wide(fields: int) -> str:
    return (
        "{"
        + "__typename " * (fields // 2)
        + "...F} fragment F on Query {"
        + "__typename " * (fields - fields // 2)
        + "}"
    )


def costly(cost: int) -> str:
    """1,000 functions of 20 values each, and ``__typename`` at the root for the rest."""
    rest = "__typename " * (cost - 20_000)
    return f"{{{rest}functions(input: {{count: 1000}}) {SKIPPED} {{{'__typename ' * 19}}}}}"


def overlapping(fields: int) -> str:
    return "{__schema{" + "__typename " * fields + "}}"


LIMITS = {
    "bytes": (padded, 20_000, "The document has 20001 bytes, more than 20000."),
    "tokens": (long, 2000, "The document has more than 2000 tokens."),
    "aliases": (aliased, 50, "The document has 51 aliases, more than 50."),
    "directives": (directed, 50, "The document has 51 directives, more than 50."),
    "depth": (deep, 20, "The document has 21 levels of fields, more than 20."),
    "root fields": (wide, 30, "The document has 31 root fields, more than 30."),
    "cost": (costly, 20_000, "The operation costs 20001, more than 20000."),
    # n fields of one name are n * (n - 1) / 2 pairs, of 2 steps each: 71 make 4,970.
    "comparisons": (overlapping, 71, "Fields of the document overlap in more than 5000 comparisons."),
}


def refusals(answer: Answer) -> list[tuple[str, str]]:
    """Message and code of each error; there is no ``data``, and the status is 400."""
    assert answer.status == 400
    assert "data" not in answer.body
    return [(error["message"], error["extensions"]["code"]) for error in answer.body["errors"]]


@pytest.mark.parametrize(("of_size", "limit", "message"), LIMITS.values(), ids=LIMITS)
async def test_a_limit_passes_at_its_value_and_refuses_one_above(
    gateway: Gateway, of_size: Any, limit: int, message: str
) -> None:
    passed = await gateway.post(of_size(limit))
    assert passed.status == 200
    assert passed.data is not None
    assert refusals(await gateway.post(of_size(limit + 1))) == [(message, "BAD_INPUT")]
    assert gateway.counts == {}


async def test_a_document_holds_at_most_ten_operations(gateway: Gateway) -> None:
    async def ask(operations: int) -> Answer:
        document = " ".join(f"query Q{i} {{ __typename }}" for i in range(operations))
        body = {"query": document, "operationName": "Q3"}
        async with gateway.session.post(gateway.url + "/graph", json=body) as response:
            return Answer(response.status, {}, await response.json())

    assert (await ask(10)).data == {"__typename": "Query"}
    assert refusals(await ask(11)) == [("The document has 11 operations, more than 10.", "BAD_INPUT")]


async def test_one_of_two_operations_must_be_named(gateway: Gateway) -> None:
    answer = await gateway.post("query A { user { username } } query B { __typename }")
    message = "The document must have one operation, or `operationName` must name one of them."
    assert refusals(answer) == [(message, "BAD_INPUT")]
    assert gateway.counts == {}


async def test_directives_are_few_at_one_place(gateway: Gateway) -> None:
    at_the_limit = refusals(await gateway.post(directed_once(5)))
    assert {code for _, code in at_the_limit} == {"GRAPHQL_VALIDATION_FAILED"}  # they are not repeatable
    above = refusals(await gateway.post(directed_once(6)))
    assert above == [("The document has 6 directives at one place, more than 5.", "BAD_INPUT")]


def nested(levels: int) -> dict[str, Any]:
    value: Any = 1
    for _ in range(levels - 1):
        value = [value]
    return {"a": value}


async def test_variables_are_at_most_64_deep(gateway: Gateway) -> None:
    assert (await gateway.post("{__typename}", nested(64))).status == 200
    answer = await gateway.post("{__typename}", nested(65))
    assert refusals(answer) == [("The variables are nested more than 64 deep.", "BAD_INPUT")]


async def test_variables_hold_at_most_20_000_values(gateway: Gateway) -> None:
    assert (await gateway.post("{__typename}", {"a": [1] * 19_999})).status == 200
    answer = await gateway.post("{__typename}", {"a": [1] * 20_000})
    assert refusals(answer) == [("The variables hold more than 20000 values.", "BAD_INPUT")]


async def test_five_validation_errors_are_told_and_that_there_are_more(gateway: Gateway) -> None:
    answer = await gateway.post("{" + " ".join(f"wrong{i}" for i in range(20)) + "}")
    messages = [message for message, _ in refusals(answer)]
    assert messages[:5] == [f"Cannot query field 'wrong{i}' on type 'Query'." for i in range(5)]
    assert messages[5:] == ["Too many validation errors, error limit reached. Validation aborted."]


@pytest.mark.parametrize("options", [{}, {"specified_by_url": True, "input_value_deprecation": True}])
async def test_introspection_passes(gateway: Gateway, options: dict[str, bool]) -> None:
    answer = await gateway.post(get_introspection_query(**options))
    assert answer.data["__schema"]["queryType"]["name"] == "Query"


@pytest.mark.parametrize(
    "selection",
    [
        "functions(input: {count: 100}) { id name type content valves valvesSchema owner { id name } }",
        "predictors(input: {count: 1000}) { tag name description status access created license media card }",
        "deployments(input: {count: 50}) { id name status endpoints { name route method streaming description } }",
    ],
)
async def test_what_people_ask_for_passes(gateway: Gateway, selection: str) -> None:
    page, _, fields = selection.partition(") {")
    answer = await gateway.post(f"{{ {page}) {SKIPPED} {{{fields} }}")
    assert answer.data == {}


async def test_a_list_in_a_list_multiplies_and_a_variable_counts_like_a_literal(gateway: Gateway) -> None:
    document = """query ($count: Int = 1000, $page: UserPredictorsInput) {
      predictors(input: {count: $count}) @skip(if: true) { owner { predictors(input: $page) { name } } }
    }"""

    async def cost(variables: dict[str, Any]) -> str:
        [(message, code)] = refusals(await gateway.post(document, variables))
        assert code == "BAD_INPUT"
        return message

    assert await cost({}) == "The operation costs 52000, more than 20000."  # 25 predictors on a page by default
    assert await cost({"count": 400, "page": {"count": 100}}) == "The operation costs 80800, more than 20000."
    assert (await gateway.post(document, {"count": 100, "page": {"count": 90}})).data == {}
    assert gateway.counts == {}


DOUBLED = "{...F0}" + "".join(f"fragment F{i} on Query{{...F{i + 1} ...F{i + 1}}}" for i in range(19))
TENFOLD = "{...F0}" + "".join(f"fragment F{i} on Query{{{f'...F{i + 1} ' * 10}}}" for i in range(22))
END = "on Query{user{username}}"
TRAPS = {
    "19 fragments, each spread twice": (
        f"{DOUBLED}fragment F19 {END}",
        "The document has 524288 root fields, more than 30.",
    ),
    "22 fragments, each spread ten times": (
        f"{TENFOLD}fragment F22 {END}",
        "The document has 1000000000 root fields, more than 30.",
    ),
    "10 kB of overlapping fields": (
        "{" + "predictors{owner{predictors{owner{username}}}} " * 212 + "}",
        "The document has more than 2000 tokens.",
    ),
    "overlapping fields within the tokens": (
        '{predictor(input:{tag:"@fxn/greeting"}){' + "owner{username}" * 490 + "}}",
        "Fields of the document overlap in more than 5000 comparisons.",
    ),
    "a list of a list of a list": (
        "{predictors{owner{predictors{owner{predictors{owner{predictors{owner{username}}}}}}}}}",
        "The operation costs 1204425, more than 20000.",
    ),
    "fragments in a circle": (
        "{user{...A}} fragment A on User{...B} fragment B on User{...A}",
        "Fragments spread each other in a circle.",
    ),
}


@pytest.mark.parametrize(("document", "message"), TRAPS.values(), ids=TRAPS)
async def test_what_would_block_the_loop_is_refused(gateway: Gateway, document: str, message: str) -> None:
    assert refusals(await gateway.post(document)) == [(message, "BAD_INPUT")]
    assert gateway.counts == {}


@pytest.mark.parametrize("levels", [199, 201])
async def test_inline_fragments_as_deep_as_the_parser_reads_are_answered(gateway: Gateway, levels: int) -> None:
    answer = await gateway.post("{" + "... on Query {" * (levels - 1) + "__typename" + "}" * levels)
    assert answer.status == (200 if levels == 199 else 400)


async def test_a_setting_changes_its_number(settings: Settings, sandbox: Sandbox) -> None:
    limits = LimitSettings(
        max_document_bytes=90, max_tokens=20, max_operations=1, max_aliases=1, max_depth=2, max_root_fields=3,
        max_cost=20, max_directives_at_one_place=1, max_variables_depth=2, max_errors=1, max_field_comparisons=4,
    )  # fmt: skip
    refused = {
        padded(91): "The document has 91 bytes, more than 90.",
        "{" + "id " * 20 + "}": "The document has more than 20 tokens.",
        "query A {__typename} query B {__typename}": "The document has 2 operations, more than 1.",
        aliased(2): "The document has 2 aliases, more than 1.",
        directed_once(2): "The document has 2 directives at one place, more than 1.",
        "{__schema {queryType {name}}}": "The document has 3 levels of fields, more than 2.",
        "{a __typename __typename user}": "The document has 4 root fields, more than 3.",
        "{deployments {name status}}": "The operation costs 30, more than 20.",
        overlapping(3): "Fields of the document overlap in more than 4 comparisons.",
    }
    async with serving(replace(settings, limits=limits), sandbox) as gateway:
        for document, message in refused.items():
            assert refusals(await gateway.post(document)) == [(message, "BAD_INPUT")]
        too_deep = refusals(await gateway.post("{__typename}", nested(3)))
        assert too_deep == [("The variables are nested more than 2 deep.", "BAD_INPUT")]
        assert len(refusals(await gateway.post("{x y}"))) == 2
        assert gateway.counts == {}


def test_every_limit_is_documented_with_its_number() -> None:
    documentation = (Path(__file__).parent.parent / "docs" / "limits.md").read_text()
    numbers = asdict(LimitSettings())
    assert len(numbers) > 10
    for name, number in numbers.items():
        assert f"| `{name}` | {number:,} |" in documentation


def test_the_usual_pages_are_those_that_the_schema_tells() -> None:
    schema = build_schema()._schema
    told = {
        name: int(match[1])
        for name, kind in schema.type_map.items()
        if is_input_object_type(kind) and "count" in kind.fields
        if (match := re.search(r"Defaults to (\d+)\.", kind.fields["count"].description or ""))
    }
    assert told == PAGE_SIZES


async def test_a_socket_holds_the_same_limits(gateway: Gateway) -> None:
    async with gateway.session.ws_connect(gateway.url + "/graph", protocols=["graphql-transport-ws"]) as socket:
        await socket.send_json({"type": "connection_init"})
        assert (await socket.receive_json())["type"] == "connection_ack"
        await socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": deep(21)}})
        message = json.loads((await socket.receive()).data)
    assert (message["type"], message["id"]) == ("error", "1")
    assert message["payload"][0]["message"] == "The document has 21 levels of fields, more than 20."
    assert gateway.counts == {}
