"""The real Open WebUI on a free port with a fresh data folder, and the keys of an administrator and a user.

The environment is that of its own slim mode, which 0.12 has by name; 0.8 needs a vector store that wants no server.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.openwebui.environment import environment

START_S = 180
STOP_S = 20
OFF = (
    *("ENABLE_OLLAMA_API", "ENABLE_OPENAI_API", "ENABLE_VERSION_UPDATE_CHECK", "ANONYMIZED_TELEMETRY"),
    "ENABLE_PIP_INSTALL_FRONTMATTER_REQUIREMENTS",
)
ON = (
    *("WEBUI_AUTH", "ENABLE_SIGNUP", "ENABLE_API_KEYS", "ENABLE_API_KEY", "USER_PERMISSIONS_FEATURES_API_KEYS"),
    *("USE_SLIM_DOCKER", "OFFLINE_MODE", "BYPASS_EMBEDDING_AND_RETRIEVAL", "DO_NOT_TRACK", "SCARF_NO_ANALYTICS"),
)


@dataclass(frozen=True)
class OpenWebUI:
    """A running server; ``keys`` holds the API keys of its two accounts, ``admin`` and ``user``."""

    version: str
    url: str
    keys: dict[str, str] = field(repr=False)


@contextlib.contextmanager
def running(version: str, data: Path) -> Iterator[OpenWebUI]:
    """Start the server (13 to 35 s) with its state under ``data``; end it, whatever happens."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    command = [str(environment(version) / "bin" / "open-webui"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=data, env=_variables(data, url), stdout=log, stderr=log)
    try:
        _wait_until_ready(url, process, data / "server.log")
        yield OpenWebUI(version, url, _keys(url))
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _variables(data: Path, url: str) -> dict[str, str]:
    """Nothing of this process's environment but the path."""
    return {
        **dict.fromkeys(OFF, "false"),
        **dict.fromkeys(ON, "true"),
        "PATH": os.environ["PATH"],
        "HOME": str(data),
        "DATA_DIR": str(data),
        "WEBUI_SECRET_KEY": secrets.token_urlsafe(32),
        "DEFAULT_USER_ROLE": "user",
        "HF_HUB_OFFLINE": "1",
        "RAG_EMBEDDING_ENGINE": "openai",
        "VECTOR_DB": "s3vector",
        "CORS_ALLOW_ORIGIN": url,
    }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + START_S
    while time.monotonic() < give_up_at:
        assert process.poll() is None, log.read_text()[-2000:]
        with contextlib.suppress(OSError, json.JSONDecodeError):
            _call(url + "/health")
            return
        time.sleep(0.2)
    raise AssertionError(f"not ready after {START_S} s:\n{log.read_text()[-2000:]}")


def _keys(url: str) -> dict[str, str]:
    """The first account that signs up is the administrator, and makes the other one."""
    auths = f"{url}/api/v1/auths"
    admin = {"name": "Yusuf", "email": "yusuf@example.com", "password": secrets.token_urlsafe(16)}
    user = {"name": "Ada", "email": "ada@example.com", "password": secrets.token_urlsafe(16), "role": "user"}
    admin_token = _call(f"{auths}/signup", admin)["token"]
    tokens = {"admin": admin_token, "user": _call(f"{auths}/add", user, admin_token)["token"]}
    return {name: _call(f"{auths}/api_key", {}, token)["api_key"] for name, token in tokens.items()}


def _call(url: str, body: dict[str, Any] | None = None, token: str | None = None) -> Any:
    """GET, or POST of ``body``. Raises ``OSError`` for an answer that is not 2xx."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:
        return json.load(answer)
