"""What the real Open WebUI was seen to refuse, and what the gateway makes of it. The answers come over a socket."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from gateway.auth.outbound import Nothing
from gateway.auth.principal import ANONYMOUS
from gateway.errors import GatewayError
from gateway.sandbox.server import SandboxServer
from gateway.settings import FunctionAdminSettings
from gateway.upstreams.api import Api
from gateway.upstreams.function_admin import client as function_admin
from gateway.upstreams.function_admin.refusals import explain_load
from gateway.upstreams.http import Upstream, new_session

FILE = Path(__file__).parent / "recorded" / "openwebui" / "functions_0.12.4.json"
RECORDED = {
    recording["name"]: recording["response"]
    for recording in json.loads(FILE.read_text())
    if recording["response"]["status"] >= 400
}
CODES = {
    "UNAUTHENTICATED": """
        functions_no_auth functions_garbage_token functions_unknown_api_key functions_basic_auth create_no_auth
        delete_no_auth functions_deleted_api_key""",
    "FORBIDDEN": """
        functions_pending_user create_as_user functions_list_as_user functions_export_as_user get_by_id_as_user
        toggle_as_user toggle_global_as_user valves_get_as_user valves_update_as_user user_valves_get_pending
        update_as_user history_as_user load_url_as_user sync_as_user delete_as_user functions_api_keys_off
        functions_endpoint_restricted""",
    "NOT_FOUND": """
        get_by_id_missing get_by_id_uppercase toggle_missing toggle_global_missing valves_spec_missing
        valves_get_missing valves_update_no_class valves_update_missing user_valves_update_no_class
        user_valves_get_missing user_valves_spec_missing user_valves_update_missing update_missing
        history_entry_missing history_function_missing version_set_missing history_delete_again""",
    "CONFLICT": "create_duplicate user_valves_update_inactive history_delete_current",
    "BAD_INPUT": """
        create_bad_id create_empty_id create_syntax_error create_seed_example_no_class create_import_error
        create_missing_fields create_no_body create_malformed_json create_no_content_type create_wrong_types
        functions_export_bad_query valves_update_invalid valves_update_invalid_type valves_update_not_object
        valves_update_no_body valves_update_required_missing user_valves_update_invalid update_incompatible_valves
        update_syntax_error update_no_class update_missing_fields history_diff_missing_query load_url_404 load_url_empty
        load_url_refused load_url_invalid load_url_missing sync_broken sync_seed_example sync_missing_fields
        disabled_create""",
    "UPSTREAM_UNAVAILABLE": "fragile_valves_spec_500 disabled_valves_spec",
    "UPSTREAM_INVALID": "seed_path_create seed_path_delete id_wrong_method",
}
# Refusals of other versions, by their text, and what the caller is told.
OTHERS = {
    "0.8.12, a missing id": (400, "[ERROR: 400: [ERROR: Function not found]]", "NOT_FOUND", None),
    "0.8.12, a restricted key": (403, "API key not allowed to access this endpoint.", "FORBIDDEN", None),
    "0.8.12, bad valves": (
        400,
        "[ERROR: 1 validation error for Valves\napi_key\n  Input should be a valid string "
        "[type=string_type, input_value='sk-secret', input_type=list]\n    More]",
        "BAD_INPUT",
        "[ERROR: 1 validation error for Valves\napi_key\n  Input should be a valid string\n    More]",
    ),
}


async def answer(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if name == "page":
        return web.Response(text="<!doctype html>", content_type="text/html")
    if name in OTHERS:
        status, detail, *_ = OTHERS[name]
        return web.json_response({"detail": detail}, status=status)
    recorded = RECORDED[name]
    body: Any = recorded["json"] if "json" in recorded else recorded.get("text")
    text = json.dumps(body) if recorded["content_type"] == "application/json" else str(body)
    return web.Response(
        body=text.encode(), status=recorded["status"], headers={"Content-Type": recorded["content_type"]}
    )


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    server = SandboxServer("answers", [web.get("/{name}", answer)])
    await server.start()
    settings = FunctionAdminSettings(url=server.url)
    async with new_session() as session:
        upstream = Upstream(
            "function_admin",
            settings,
            session,
            Nothing(),
            credential_header=function_admin.credential_header,
            explain=function_admin.explain,
            probe_path="/health",
        )
        yield Api(upstream, ANONYMOUS)
    await server.stop()


async def refused(api: Api, name: str) -> GatewayError:
    """What the client raises; of the endpoint that loads an address, what is about the address comes first."""
    answer = await api.exchange("GET", "/" + name.replace(" ", "%20"))
    about_address = explain_load(answer.body) if name.startswith("load_url") else None
    if about_address is not None:
        return about_address
    with pytest.raises(GatewayError) as caught:
        api.decode(api.accepted(answer), object)
    assert caught.value.service == "function_admin"
    return caught.value


async def test_every_recorded_refusal_has_its_code(api: Api) -> None:
    found: dict[str, set[str]] = {}
    for name in RECORDED:
        found.setdefault((await refused(api, name)).code, set()).add(name)
    assert {code: sorted(names) for code, names in found.items()} == {
        code: sorted(names.split()) for code, names in CODES.items()
    }


async def test_other_versions_say_the_same_in_other_words(api: Api) -> None:
    for name, (_, detail, code, message) in OTHERS.items():
        error = await refused(api, name)
        assert (error.code, error.message) == (code, message or detail)


async def test_a_web_page_with_200_is_an_upstream_error(api: Api) -> None:
    assert (await refused(api, "page")).code == "UPSTREAM_INVALID"


async def test_what_was_sent_is_not_said_again(api: Api) -> None:
    assert (await refused(api, "valves_update_not_object")).message == "body: Input should be a valid dictionary"
    assert "class Action" not in (await refused(api, "create_no_content_type")).message
