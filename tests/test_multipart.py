"""Files come with an operation by the GraphQL multipart request specification, strictly."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace

from gateway.sandbox.invoke.seed import IMAGE_ID, SPAM_ID
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings, UploadSettings
from tests.harness import Gateway, serving
from tests.invoke_gateway import INVOKE, INVOKE_MANY, lines

LIGHT = b"P5 8 8 255\n" + bytes([220] * 64)
DARK = b"P5 8 8 255\n" + bytes([20] * 64)
PREFLIGHT = {"graphql-require-preflight": "1"}
ONE: dict[str, Any] = {
    "query": INVOKE,
    "variables": {"input": {"functionId": IMAGE_ID, "capture": False, "file": None}},
}
PLACE = {"0": ["variables.input.file"]}
Part = tuple[str, str | bytes]


def parts(operations: Any, places: Any, **files: bytes) -> list[Part]:
    """Fields as JSON unless they are text, then the files by name without their ``f``."""
    texts = {"operations": operations, "map": places}
    fields: list[Part] = [
        (name, value if isinstance(value, str) else json.dumps(value)) for name, value in texts.items() if value != ()
    ]
    return fields + [(name.removeprefix("f"), content) for name, content in files.items()]


async def send(gateway: Gateway, form: list[Part], headers: dict[str, str] = PREFLIGHT) -> tuple[int, Any]:
    """Bytes are sent as a file, text as a field."""
    data = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, value in form:
        if isinstance(value, bytes):
            data.add_field(name, value, filename=f"{name}.pgm", content_type="image/x-portable-graymap; a=b")
        else:
            data.add_field(name, value)
    authorization = {"Authorization": f"Bearer {gateway.sandbox.accounts.ada_key}"}
    async with gateway.session.post(gateway.url + "/graph", data=data, headers=authorization | headers) as response:
        return response.status, await response.json()


async def raw(gateway: Gateway, body: bytes, content_type: str) -> tuple[int, Any]:
    headers = {**PREFLIGHT, "Content-Type": content_type}
    async with gateway.session.post(gateway.url + "/graph", data=body, headers=headers) as response:
        return response.status, await response.json()


def limited(settings: Settings, **limits: int) -> Settings:
    return replace(settings, uploads=UploadSettings(**limits))


async def test_an_image_is_uploaded_beside_the_operation_and_sent_on_as_a_data_uri(gateway: Gateway) -> None:
    status, body = await send(gateway, parts(ONE, PLACE, f0=LIGHT))
    assert (status, body["data"]["invokeFunction"]["labelName"]) == (200, "Light")
    sent = json.loads(gateway.sandbox.invoke.log.requests[-1].body)
    assert sent["data"].startswith("data:image/x-portable-graymap;base64,UDUgOCA4")


async def test_many_images_go_to_their_inputs_and_one_may_go_to_several(gateway: Gateway) -> None:
    inputs: list[dict[str, Any]] = [{"file": None, "externalId": str(at)} for at in range(3)]
    operations = {
        "query": INVOKE_MANY,
        "variables": {"input": {"functionId": IMAGE_ID, "capture": False, "inputs": inputs}},
    }
    places = {
        "a": ["variables.input.inputs.0.file", "variables.input.inputs.2.file"],
        "b": ["variables.input.inputs.1.file"],
    }
    _, body = await send(gateway, parts(operations, places, fa=LIGHT, fb=DARK))
    assert [item["output"]["labelName"] for item in body["data"]["invokeFunctions"]] == ["Light", "Dark", "Light"]


@pytest.mark.parametrize(
    "headers",
    [
        {"apollo-require-preflight": "true"},
        {"x-apollo-operation-name": "Invoke"},
        {"graphql-require-preflight": "1"},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_a_header_that_browsers_ask_for_first_lets_a_form_in(gateway: Gateway, headers: dict[str, str]) -> None:
    status, body = await send(gateway, parts(ONE, PLACE, f0=LIGHT), headers)
    assert (status, "errors" in body) == (200, False)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"graphql-require-preflight": ""}],
)
async def test_a_form_that_another_site_could_send_is_refused(gateway: Gateway, headers: dict[str, str]) -> None:
    status, body = await send(gateway, parts(ONE, PLACE, f0=LIGHT), headers)
    assert (status, body["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")
    assert gateway.counts == {}


MALFORMED: dict[str, list[Part]] = {
    "no operations": parts((), PLACE, f0=LIGHT),
    "no map": parts(ONE, (), f0=LIGHT),
    "nothing": [("x", "y")],
    "operations not JSON": parts("{", PLACE, f0=LIGHT),
    "operations a number": parts("1", PLACE, f0=LIGHT),
    "operations null": parts("null", PLACE, f0=LIGHT),
    "operations a batch": parts([ONE, ONE], {"0": ["0.variables.input.file"]}, f0=LIGHT),
    "operations without a query": parts({"variables": {}}, PLACE, f0=LIGHT),
    "operations too deep": parts("[" * 50_000, PLACE, f0=LIGHT),
    "operations a file": [("operations", b"{}"), ("map", "{}")],
    "map not JSON": parts(ONE, "{", f0=LIGHT),
    "map a list": parts(ONE, "[]", f0=LIGHT),
    "map null": parts(ONE, "null", f0=LIGHT),
    "map of texts": parts(ONE, {"0": "variables.input.file"}, f0=LIGHT),
    "map of numbers": parts(ONE, {"0": [1]}, f0=LIGHT),
    "map without places": parts(ONE, {"0": []}, f0=LIGHT),
    "map without its file": parts(ONE, PLACE),
    "a file without its map": parts(ONE, {}, f0=LIGHT),
    "a file too many": parts(ONE, PLACE, f0=LIGHT, f1=LIGHT),
    "a file twice": [*parts(ONE, PLACE, f0=LIGHT), ("0", DARK)],
    "a field instead of a file": [*parts(ONE, PLACE), ("0", "text")],
    "operations twice": [*parts(ONE, PLACE, f0=LIGHT), ("operations", "{}")],
    "a place twice": parts(ONE, {"0": PLACE["0"] * 2}, f0=LIGHT),
    "a place of two files": parts(ONE, {"0": PLACE["0"], "1": PLACE["0"]}, f0=LIGHT, f1=DARK),
}
NOWHERE = [
    "", ".", "variables", "variables.", "variables.input", "variables.input.nothing", "variables.input.file.0", "query",
    "variables.input.functionId", "variables.input.capture", "variables.input.functionId.0", "variables.0",
    "variables.input.__class__", "__class__.x", "operationName", "extensions", "variables..file", "x" * 10_000,
    "variables.list.7", "variables.list.-1", "variables.list.0x0", "variables.list.²", "variables.list." + "9" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("case", MALFORMED)
async def test_a_malformed_form_is_bad_input(gateway: Gateway, case: str) -> None:
    status, body = await send(gateway, MALFORMED[case])
    assert (status, body["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")
    assert gateway.counts == {}


@pytest.mark.parametrize("place", NOWHERE)
async def test_a_place_that_is_no_null_of_the_variables_is_bad_input(gateway: Gateway, place: str) -> None:
    operations = {"query": INVOKE, "variables": ONE["variables"] | {"list": [None]}}
    status, body = await send(gateway, parts(operations, {"0": [place]}, f0=LIGHT))
    assert (status, body["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")
    assert len(body["errors"][0]["message"]) < 300
    assert gateway.counts == {}


HEAD = b'--b\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query": "{ __typename }"}\r\n'
TAIL = b'--b\r\nContent-Disposition: form-data; name="map"\r\n\r\n{}\r\n--b--\r\n'


async def test_a_form_without_files_is_fine(gateway: Gateway) -> None:
    assert await raw(gateway, HEAD + TAIL, "multipart/form-data; boundary=b") == (
        200,
        {"data": {"__typename": "Query"}},
    )


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (HEAD + TAIL, "multipart/form-data"),
        (HEAD + TAIL, "multipart/form-data; boundary="),
        (HEAD + TAIL, "multipart/form-data; boundary=" + "b" * 5000),
        (HEAD + TAIL, "multipart/form-data; boundary=other"),
        (HEAD + TAIL, "multipart/form-data; boundary=b; charset=utf-16"),
        (HEAD + TAIL, "multipart/form-data; boundary=b; charset=idna"),
        (HEAD + TAIL.removesuffix(b"--\r\n"), "multipart/form-data; boundary=b"),
        (HEAD + TAIL[:-20], "multipart/form-data; boundary=b"),
        (b"", "multipart/form-data; boundary=b"),
        (b"\r\n" * 1000, "multipart/form-data; boundary=b"),
        (b"--b\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (b"--b\r\n" + b"X: y\r\n" * 1000 + b"\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (b"--b\r\nX: " + b"y" * 500_000 + b"\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (HEAD.replace(b"{", b"\xff{") + TAIL, "multipart/form-data; boundary=b"),
        (b"\x00" * 1000, "multipart/form-data; boundary=b"),
    ],
)
async def test_bytes_that_are_no_form_are_bad_input(gateway: Gateway, body: bytes, content_type: str) -> None:
    status, answer = await raw(gateway, body, content_type)
    assert (status, answer["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")


async def test_files_within_the_limits_and_not_a_byte_more(sandbox: Sandbox, settings: Settings) -> None:
    form = parts(ONE, PLACE, f0=LIGHT)
    for size, status in [(len(LIGHT), 200), (len(LIGHT) - 1, 413)]:
        async with serving(limited(settings, max_file_bytes=size), sandbox) as gateway:
            assert (await send(gateway, form))[0] == status
    for total, status in [(2000, 200), (500, 413)]:
        async with serving(limited(settings, max_total_bytes=total), sandbox) as gateway:
            assert (await send(gateway, form))[0] == status


async def test_a_file_counts_for_each_place_it_goes_to(sandbox: Sandbox, settings: Settings) -> None:
    inputs = [{"file": None}] * 100
    operations = {"query": INVOKE_MANY, "variables": {"input": {"functionId": IMAGE_ID, "inputs": inputs}}}
    places = {"0": [f"variables.input.inputs.{at}.file" for at in range(100)]}
    async with serving(limited(settings, max_total_bytes=20_000), sandbox) as gateway:
        status, body = await send(gateway, parts(operations, places, f0=bytes(1000)))
        assert (status, body["errors"][0]["extensions"]["code"]) == (413, "BAD_INPUT")
        assert gateway.counts == {}


async def test_more_files_than_the_limit_are_refused(sandbox: Sandbox, settings: Settings) -> None:
    form = parts(ONE, PLACE, f0=LIGHT, f1=LIGHT, f2=LIGHT)
    async with serving(limited(settings, max_files=2), sandbox) as gateway:
        assert (await send(gateway, form))[0] == 400


async def test_operations_are_limited_like_any_body(sandbox: Sandbox, settings: Settings) -> None:
    long = {"query": " " * 5000 + "{ __typename }"}
    async with serving(replace(settings, max_body_bytes=4000), sandbox) as gateway:
        assert (await send(gateway, parts(long, {})))[0] == 400


async def test_a_body_that_says_it_is_too_long_is_refused_unread(gateway: Gateway) -> None:
    host, _, port = gateway.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /graph HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        b"graphql-require-preflight: 1\r\nContent-Length: 60000000\r\n\r\n--b\r\n"
    )
    assert (await reader.readline()).split()[1] == b"413"
    writer.close()


async def test_a_body_that_never_says_how_long_it_is_is_cut_off(sandbox: Sandbox, settings: Settings) -> None:
    async def endless() -> Any:
        while True:
            yield b"x" * 10_000

    async with serving(limited(settings, max_total_bytes=50_000), sandbox) as gateway:
        headers = {**PREFLIGHT, "Content-Type": "multipart/form-data; boundary=b"}
        try:
            async with gateway.session.post(gateway.url + "/graph", data=endless(), headers=headers) as response:
                assert response.status == 413
        except aiohttp.ClientError:
            pass  # the gateway closed the connection while the client was still sending


@pytest.mark.parametrize("value", ["text", 5, {}, [], True])
async def test_only_a_file_is_an_upload(gateway: Gateway, value: Any) -> None:
    answer = await gateway.post(INVOKE, {"input": {"functionId": IMAGE_ID, "file": value}})
    assert answer.status == 400
    assert "Expected a file of a multipart request." in answer.body["errors"][0]["message"]
    assert gateway.counts == {}


async def test_a_file_where_json_belongs_is_bad_input(gateway: Gateway) -> None:
    members = {"functionId": IMAGE_ID, "capture": False, "data": None, "output": "Classification"}
    for data, place in ((None, "data"), ({"a": [None]}, "data.a.0")):
        operations = {"query": INVOKE, "variables": {"input": members | {"data": data}}}
        _, body = await send(gateway, parts(operations, {"0": [f"variables.input.{place}"]}, f0=LIGHT))
        assert body["errors"][0]["message"] == "The input holds a value that cannot be sent as JSON."
    assert lines(gateway) == []


async def test_a_file_for_a_text_function_is_refused_and_not_sent_as_text(gateway: Gateway) -> None:
    operations = {"query": INVOKE, "variables": {"input": {"functionId": SPAM_ID, "file": None}}}
    _, body = await send(gateway, parts(operations, PLACE, f0=LIGHT))
    assert body["errors"][0]["message"] == "`file` is for Image functions; this one's input is Text."
    assert lines(gateway) == [f"GET /v1/functions/{SPAM_ID}"]


async def test_a_media_type_cannot_break_out_of_the_data_uri(gateway: Gateway) -> None:
    data = aiohttp.FormData(default_to_multipart=True)
    for name, value in (("operations", ONE), ("map", PLACE)):
        data.add_field(name, json.dumps(value))
    data.add_field("0", LIGHT, filename="a", content_type='image/x",evil;base64')
    headers = {**PREFLIGHT, "Authorization": f"Bearer {gateway.sandbox.accounts.ada_key}"}
    async with gateway.session.post(gateway.url + "/graph", data=data, headers=headers) as response:
        assert response.status == 200
    sent = json.loads(gateway.sandbox.invoke.log.requests[-1].body)
    assert sent["data"].startswith("data:application/octet-stream;base64,UDUg")
