"""The real Open WebUI and the stand-in answer the same session through the gateway, exactly as written down."""

from __future__ import annotations

from tests.harness import Gateway
from tests.openwebui.answers import answers_of
from tests.openwebui.script import STEPS, differences, empty, play
from tests.openwebui.server import OpenWebUI


def test_every_step_has_an_answer() -> None:
    assert [step.name for step in STEPS] == list(answers_of("0.12.4")) == list(answers_of("0.8.12"))


async def test_the_real_server_answers_each_step(real: Gateway, open_webui: OpenWebUI) -> None:
    assert list(differences(answers_of(open_webui.version), await play(real, open_webui.keys))) == []


async def test_the_stand_in_answers_each_step_as_the_real_server_does(gateway: Gateway) -> None:
    accounts = gateway.sandbox.accounts
    keys = {"admin": accounts.yusuf_key, "user": accounts.ada_key}
    await empty(gateway, keys["admin"])
    assert list(differences(answers_of("0.12.4"), await play(gateway, keys))) == []
