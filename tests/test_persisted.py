"""Documents that are named instead of sent: hashes that callers register, and documents that an operator trusts."""

from __future__ import annotations

import hashlib
import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.http.persisted.memory import MemoryStore
from gateway.sandbox.running import Sandbox
from gateway.settings import DocumentSettings, Settings
from tests.harness import Answer, Gateway, serving
from tests.sockets import connected

ME = "{ user { username } }"
NAMED = "query Name { user { username } } query Type { __typename }"
MUTATION = "mutation { __typename }"
YUSUF = {"data": {"user": {"username": "yusuf"}}}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def apq(sha256_hash: Any, version: Any = 1) -> dict[str, Any]:
    """The member of a request that has the hash."""
    return {"extensions": {"persistedQuery": {"version": version, "sha256Hash": sha256_hash}}}


def with_documents(settings: Settings, **members: Any) -> Settings:
    return replace(settings, documents=DocumentSettings(**members))


async def send(gateway: Gateway, method: str = "POST", **members: Any) -> Answer:
    """A request as yusuf: members of the body, or parameters of the URL."""
    headers = {"Authorization": f"Bearer {gateway.sandbox.accounts.yusuf_key}"}
    if method == "GET":
        headers["GraphQL-Require-Preflight"] = "1"
        members = {name: value if isinstance(value, str) else json.dumps(value) for name, value in members.items()}
    content: dict[str, Any] = {"params" if method == "GET" else "json": members}
    async with gateway.session.request(method, gateway.url + "/graph", headers=headers, **content) as response:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, headers, await response.json())


def refusal(answer: Answer) -> tuple[int, str, str]:
    """Status, code and message of the one error; there is no ``data``."""
    assert set(answer.body) == {"errors"}
    [error] = answer.body["errors"]
    return answer.status, error["extensions"]["code"], error["message"]


NOT_FOUND = (200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
NOT_SUPPORTED = (200, "PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
NO_DOCUMENT = (400, "PERSISTED_DOCUMENT_NOT_FOUND", "No document has this `documentId`.")
NOT_TRUSTED = (400, "DOCUMENT_NOT_TRUSTED", "Only trusted documents run here, and this is none of them.")


# Automatic persisted queries


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_text_that_came_with_its_hash_is_found_by_it(gateway: Gateway, method: str) -> None:
    assert refusal(await send(gateway, method, **apq(sha256(ME)))) == NOT_FOUND
    assert gateway.counts == {}
    assert (await send(gateway, method, query=ME, **apq(sha256(ME)))).body == YUSUF
    assert (await send(gateway, method, **apq(sha256(ME)))).body == YUSUF
    assert (await send(gateway, method, **apq(sha256(ME).upper()))).body == YUSUF


async def test_another_caller_runs_a_remembered_text_with_rights_of_its_own(gateway: Gateway) -> None:
    await send(gateway, query=ME, **apq(sha256(ME)))
    headers = {"Authorization": f"Bearer {gateway.sandbox.accounts.ada_key}"}
    async with gateway.session.post(gateway.url + "/graph", json=apq(sha256(ME)), headers=headers) as response:
        assert await response.json() == {"data": {"user": {"username": "ada"}}}


async def test_a_hash_of_another_text_is_refused_and_not_remembered(gateway: Gateway) -> None:
    other = sha256("{ __typename }")
    answer = await send(gateway, query=ME, **apq(other))
    assert refusal(answer) == (400, "BAD_INPUT", "provided sha does not match query")
    assert refusal(await send(gateway, **apq(other))) == NOT_FOUND
    assert gateway.counts == {}


async def test_a_document_that_may_not_run_is_not_remembered(gateway: Gateway) -> None:
    for text in ("{ nothing }", "{ user", "", "{" + "__typename " * 31 + "}"):
        assert (await send(gateway, query=text, **apq(sha256(text)))).status == 400
        assert refusal(await send(gateway, **apq(sha256(text)))) == NOT_FOUND


async def test_a_text_beyond_the_limit_is_refused_before_it_is_hashed(gateway: Gateway) -> None:
    long = "{ __typename }".ljust(20_001)
    for members in (apq(sha256(long)), apq(sha256(ME)), {"documentId": "x"}):
        answer = await send(gateway, query=long, **members)
        assert refusal(answer) == (400, "BAD_INPUT", "The document has more than 20000 bytes.")


async def test_no_cache_keeps_the_answer_to_an_unknown_hash(gateway: Gateway) -> None:
    answer = await send(gateway, "GET", **apq(sha256(ME)))
    assert (refusal(answer), answer.headers.get("cache-control")) == (NOT_FOUND, "no-store")


FORM = "`extensions.persistedQuery` must be {version: 1, sha256Hash: (text)}."
NO_HASH = "`sha256Hash` must be 64 hexadecimal digits."
MALFORMED: list[tuple[Any, str]] = [
    ({"version": 2, "sha256Hash": sha256(ME)}, "Unsupported persisted query version"),
    ({"version": True, "sha256Hash": sha256(ME)}, FORM),
    ({"version": "1", "sha256Hash": sha256(ME)}, FORM),
    ({"sha256Hash": sha256(ME)}, FORM),
    ({"version": 1}, FORM),
    ({"version": 1, "sha256Hash": None}, FORM),
    ([], FORM),
    ("x", FORM),
    ({"version": 1, "sha256Hash": sha256(ME)[1:]}, NO_HASH),
    ({"version": 1, "sha256Hash": "g" * 64}, NO_HASH),
    ({"version": 1, "sha256Hash": ""}, NO_HASH),
]


async def test_a_malformed_extension_is_bad_input(gateway: Gateway) -> None:
    for extension, message in MALFORMED:
        for members in ({}, {"query": ME}):
            answer = await send(gateway, **members, extensions={"persistedQuery": extension})
            assert refusal(answer) == (400, "BAD_INPUT", message), extension
    assert gateway.counts == {}


async def test_members_that_clients_add_are_passed_over(gateway: Gateway) -> None:
    extension = {"version": 1, "sha256Hash": sha256(ME), "miss": True}  # urql
    assert (await send(gateway, query=ME, extensions={"persistedQuery": extension, "other": 1})).body == YUSUF
    assert (await send(gateway, query=ME, extensions={"persistedQuery": None})).body == YUSUF


async def test_nothing_is_remembered_where_it_is_off(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(with_documents(settings, apq=False), sandbox) as gateway:
        assert refusal(await send(gateway, **apq(sha256(ME)))) == NOT_SUPPORTED
        assert (await send(gateway, query=ME, **apq(sha256(ME)))).body == YUSUF
        assert refusal(await send(gateway, **apq(sha256(ME)))) == NOT_SUPPORTED


async def test_a_socket_takes_hashes_too(gateway: Gateway) -> None:
    async with connected(gateway) as socket:
        await socket.init()
        await socket.send("subscribe", id="1", payload=apq(sha256("{ __typename }")))
        [message] = await socket.until_end("1")
        assert (message["type"], message["payload"][0]["message"]) == ("error", "PersistedQueryNotFound")
        await socket.subscribe("2", "{ __typename }", **apq(sha256("{ __typename }")))
        await socket.until_end("2")
        await socket.send("subscribe", id="3", payload=apq(sha256("{ __typename }")))
        [message, _] = await socket.until_end("3")
        assert message["payload"] == {"data": {"__typename": "Query"}}


async def test_a_flood_of_documents_leaves_those_in_use() -> None:
    store = MemoryStore(max_entries=100, max_bytes=1_000_000)
    used = [f"{{ a{number}: __typename }}" for number in range(50)]
    for text in used:
        await store.put(sha256(text), text)
        assert await store.get(sha256(text)) == text
    flood = [f"{{ b{number}: __typename }}" for number in range(1000)]
    for text in flood:
        await store.put(sha256(text), text)
    assert [await store.get(sha256(text)) for text in used] == used
    kept = [text for text in flood if await store.get(sha256(text))]
    assert kept == flood[-20:]  # a fifth is for those that came once


async def test_the_memory_is_bounded_in_bytes() -> None:
    store = MemoryStore(max_entries=1000, max_bytes=100_000)
    texts = [f"{number:04}".ljust(1_000) for number in range(500)]
    for text in texts:
        await store.put(text[:4], text)
        await store.get(text[:4])
    kept = [text for text in texts if await store.get(text[:4])]
    assert 80 <= len(kept) < 100
    await store.put("large", "x" * 100_000)
    assert await store.get("large") is None


# Trusted documents


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Of four documents: by hash, with and without prefix, by MD5, and by a name of somebody's own."""
    texts = {f"sha256:{sha256(ME)}": ME, sha256(MUTATION): MUTATION, md5(NAMED): NAMED, "x-app:type": "{ __typename }"}
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(texts))
    return file


def trusting(
    settings: Settings, sandbox: Sandbox, manifest: Path, **members: Any
) -> AbstractAsyncContextManager[Gateway]:
    return serving(with_documents(settings, manifest=manifest, **members), sandbox)


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_document_is_found_by_each_of_its_names(
    settings: Settings, sandbox: Sandbox, manifest: Path, method: str
) -> None:
    async with trusting(settings, sandbox, manifest) as gateway:
        for name in (f"sha256:{sha256(ME)}", sha256(ME), f"sha256:{sha256(ME).upper()}"):
            assert (await send(gateway, method, documentId=name)).body == YUSUF
            assert (await send(gateway, method, **apq(name))).body == YUSUF
        for name in (md5(NAMED), f"sha256:{sha256(NAMED)}"):
            answer = await send(gateway, method, documentId=name, operationName="Name")
            assert answer.body == YUSUF
        for members in ({"documentId": "x-app:type"}, apq("x-app:type")):
            assert (await send(gateway, method, **members)).data == {"__typename": "Query"}


async def test_an_unknown_document_is_one_error(settings: Settings, sandbox: Sandbox, manifest: Path) -> None:
    malformed = (400, "BAD_INPUT", "`sha256:` must be followed by 64 hexadecimal digits.")
    async with trusting(settings, sandbox, manifest) as gateway:
        for name in (f"sha256:{sha256('{ __typename }x')}", md5("x"), "x-app:other", "x" * 100_000):
            assert refusal(await send(gateway, documentId=name)) == NO_DOCUMENT
        for name in ("sha256:", f"sha256:{sha256(ME)}0", "sha256:x"):
            assert refusal(await send(gateway, documentId=name)) == malformed
        assert gateway.counts == {}


async def test_a_document_and_a_text_must_agree(settings: Settings, sandbox: Sandbox, manifest: Path) -> None:
    differs = (400, "BAD_INPUT", "`query` is not the document that `documentId` names.")
    async with trusting(settings, sandbox, manifest) as gateway:
        for name in (f"sha256:{sha256(NAMED)}", md5(NAMED), md5("unknown")):
            assert refusal(await send(gateway, query=ME, documentId=name)) == differs
        hashed = await send(gateway, documentId=md5(NAMED), operationName="Type", **apq(sha256(ME)))
        assert refusal(hashed) == (400, "BAD_INPUT", "provided sha does not match query")
        assert gateway.counts == {}
        assert (await send(gateway, query=ME, documentId=f"sha256:{sha256(ME)}")).body == YUSUF
        own = "{ me: user { username } }"
        answer = await send(gateway, query=own, documentId=f"sha256:{sha256(own)}")
        assert answer.data == {"me": {"username": "yusuf"}}


async def test_a_mutation_by_get_is_405_also_when_it_is_trusted(
    settings: Settings, sandbox: Sandbox, manifest: Path
) -> None:
    async with trusting(settings, sandbox, manifest) as gateway:
        for members in ({"documentId": sha256(MUTATION)}, apq(sha256(MUTATION))):
            answer = await send(gateway, "GET", **members)
            assert (answer.status, answer.headers["allow"]) == (405, "POST")
        assert (await send(gateway, documentId=sha256(MUTATION))).data == {"__typename": "Mutation"}


async def test_nothing_but_the_manifest_runs_where_only_trusted_documents_do(
    settings: Settings, sandbox: Sandbox, manifest: Path
) -> None:
    own = "{ me: user { username } }"
    async with trusting(settings, sandbox, manifest, trusted_only=True) as gateway:
        for text in (own, "{ __schema { queryType { name } } }", ME + " ", "{ user", "", "{" * 1_000):
            assert refusal(await send(gateway, query=text)) == NOT_TRUSTED
            assert refusal(await send(gateway, query=text, **apq(sha256(text)))) == NOT_TRUSTED
            assert refusal(await send(gateway, query=text, documentId=f"sha256:{sha256(text)}")) == NOT_TRUSTED
        assert refusal(await send(gateway, **apq(sha256(own)))) == NOT_TRUSTED
        assert refusal(await send(gateway, documentId="unknown")) == NOT_TRUSTED
        async with connected(gateway) as socket:
            await socket.init()
            await socket.subscribe("1", own)
            [message] = await socket.until_end("1")
            assert message["payload"][0]["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"
        assert gateway.counts == {}
        for members in ({"query": ME}, {"documentId": sha256(ME)}, apq(sha256(ME)), {"query": ME, **apq(sha256(ME))}):
            assert (await send(gateway, **members)).body == YUSUF


async def test_the_rest_twins_run_where_only_trusted_documents_do(
    settings: Settings, sandbox: Sandbox, manifest: Path
) -> None:
    async with trusting(settings, sandbox, manifest, trusted_only=True) as gateway:
        headers = {"Authorization": f"Bearer {sandbox.accounts.yusuf_key}"}
        async with gateway.session.get(gateway.url + "/user", headers=headers) as response:
            assert response.status == 200
