"""The printed key of yusuf opens all four stand-ins, so that people can try a vendor's SDK against them."""

from __future__ import annotations

import aiohttp

from gateway.sandbox.running import Sandbox


async def test_yusufs_key_is_a_credential_of_every_stand_in(sandbox: Sandbox) -> None:
    key = sandbox.accounts.yusuf_key
    form = {"grant_type": "client_credentials", "client_id": "yusuf", "client_secret": key}
    async with aiohttp.ClientSession() as session:
        async with session.post(sandbox.invoke.url + "/connect/token", data=form) as response:
            token = (await response.json())["access_token"]
        for url, headers in (
            (sandbox.prediction.url + "/user", {"Authorization": f"Bearer {key}"}),
            (sandbox.deployment.url + "/fn/api/v0/functions", {"x-api-key": key}),
            (sandbox.function_admin.url + "/api/v1/functions/list", {"Authorization": f"Bearer {key}"}),
            (sandbox.invoke.url + "/v1/functions", {"Authorization": f"Bearer {token}"}),
        ):
            async with session.get(url, headers=headers) as response:
                assert (response.status, response.content_type) == (200, "application/json")


async def test_adas_key_opens_neither_deployments_nor_trained_functions(sandbox: Sandbox) -> None:
    key = sandbox.accounts.ada_key
    form = {"grant_type": "client_credentials", "client_id": "ada", "client_secret": key}
    async with aiohttp.ClientSession() as session:
        async with session.post(sandbox.invoke.url + "/connect/token", data=form) as response:
            assert response.status == 400
        url = sandbox.deployment.url + "/fn/api/v0/functions"
        async with session.get(url, headers={"x-api-key": key}) as response:
            assert response.status == 401
