"""Uploads and large outputs: bytes by path, written through a signed URL and read by anybody.

A client sends the upload URL back as a value's ``data``: with its query, or, from ``fxn`` 0.0.28 on, with the host
replaced by ``cdn.fxn.ai`` and the query dropped. So a URL is resolved by its path, whatever its host.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from urllib.parse import quote, unquote, urlsplit

from aiohttp import web

from gateway.sandbox.prediction.errors import ApiError, Route
from gateway.sandbox.prediction.inputs import CreateUploadUrlInput
from gateway.sandbox.store import Collection

UPLOAD_PREFIX = "/upload/"
RESOURCE_PREFIX = "/resources/"
RESOURCES = {
    "fxn-sandbox-predictor.so": b"\x7fELF sandbox predictor: not a real library\n",
    "fxn-sandbox-runtime.so": b"\x7fELF sandbox runtime: not a real library\n",
}


class Storage:
    """The bytes at ``/upload/...`` and the libraries of EDGE predictors at ``/resources/...``."""

    def __init__(self, uploads: Collection, base_url: Callable[[], str]) -> None:
        self._uploads = uploads
        self._base_url = base_url

    def create_upload_url(self, wanted: CreateUploadUrlInput) -> str:
        """A signed URL to PUT a file to. ``key`` groups files; every URL is a new place all the same."""
        parts = [wanted.type.lower(), *([wanted.key] if wanted.key else []), secrets.token_hex(8), wanted.name]
        path = UPLOAD_PREFIX + "/".join(quote(part, safe="") for part in parts)
        signature = secrets.token_hex(16)
        self._uploads[unquote(path)] = {"signature": signature, "mime": None, "data": None}
        return f"{self._base_url()}{path}?signature={signature}"

    def keep(self, data: bytes, mime: str) -> str:
        """Store an output. The URL to read it from."""
        path = f"{UPLOAD_PREFIX}value/{secrets.token_hex(16)}"
        self._uploads[path] = {"signature": None, "mime": mime, "data": base64.b64encode(data).decode()}
        return self._base_url() + path

    def read(self, url: str) -> bytes:
        """The bytes behind a URL. Raises ``ValueError`` when nothing was stored there."""
        found = self._stored(unquote(urlsplit(url).path))
        if found is None:
            raise ValueError(f"nothing was uploaded to {url}")
        return found[0]

    def resources(self) -> list[dict[str, str]]:
        """Resources of an EDGE prediction. Clients load every type but ``fxn``, the runtime, which they have."""
        return [
            {"type": kind, "url": f"{self._base_url()}{RESOURCE_PREFIX}{name}", "name": name}
            for kind, name in zip(("dso", "fxn"), RESOURCES, strict=True)
        ]

    def routes(self) -> list[Route]:
        return [
            ("PUT", UPLOAD_PREFIX + "{path:.+}", self._put),
            ("GET", UPLOAD_PREFIX + "{path:.+}", self._get),
            ("GET", RESOURCE_PREFIX + "{name}", self._get_resource),
        ]

    async def _put(self, request: web.Request) -> web.StreamResponse:
        upload = self._uploads.get(request.path)
        if upload is None:
            raise ApiError(404, "There is no such upload URL")
        if upload["signature"] is None or upload["signature"] != request.query.get("signature"):
            raise ApiError(403, "The signature does not match")
        data = base64.b64encode(await request.read()).decode()
        self._uploads[request.path] = {**upload, "mime": request.content_type, "data": data}
        return web.Response()

    async def _get(self, request: web.Request) -> web.StreamResponse:
        found = self._stored(request.path)
        if found is None:
            raise ApiError(404, "Nothing was uploaded here")
        return web.Response(body=found[0], content_type=found[1])

    async def _get_resource(self, request: web.Request) -> web.StreamResponse:
        content = RESOURCES.get(request.match_info["name"])
        if content is None:
            raise ApiError(404, "There is no such resource")
        return web.Response(body=content, content_type="application/octet-stream")

    def _stored(self, path: str) -> tuple[bytes, str] | None:
        upload = self._uploads.get(path)
        return (base64.b64decode(upload["data"]), upload["mime"]) if upload and upload["data"] is not None else None
