"""The page to explore in, built from ``web/`` and shipped in the package; no inline scripts, nothing from elsewhere."""

from __future__ import annotations

import asyncio
import secrets
from os import PathLike
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

PATHS = frozenset({"/", "/page", "/rest", "/openapi.json", "/schema.graphql"})
"""What the setting ``page`` turns off."""

FOLDER = Path(__file__).parent / "page"
NONCE = "CSP-NONCE"
"""What stands in the built pages for the nonce of an answer, and in the policy."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self'; "
    # Style elements need the nonce. Attributes do not: the editor writes them into the HTML of its lines.
    f"style-src 'self' 'nonce-{NONCE}'; style-src-attr 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
FILE_HEADERS = HEADERS | {
    # For workers, whose policy is that of their file.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'",
}


class Page:
    """The ASGI application of a page, whatever the method."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send_page(scope, receive, send, self._name)


class PageFiles(StaticFiles):
    """The ASGI application of what the pages load. Files in ``assets`` have a hash of their content in their name."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER, check_dir=False)

    def file_response(self, full_path: PathLike[str] | str, *arguments: Any, **options: Any) -> Response:
        if Path(full_path).suffix == ".html":
            return _answer(Path(full_path).read_text("utf-8"))
        response = super().file_response(full_path, *arguments, **options)
        response.headers.update(FILE_HEADERS)
        if Path(full_path).parent.name == "assets":
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


async def send_page(scope: Scope, receive: Receive, send: Send, name: str = "index.html") -> None:
    """The page: ``index.html`` explores the graph, ``rest.html`` its REST twins."""
    try:
        page = await asyncio.to_thread((FOLDER / name).read_text, "utf-8")
    except FileNotFoundError:
        text = "The page is not built. In a checkout: `make page`. GraphQL is here by POST."
        await PlainTextResponse(text, status_code=404)(scope, receive, send)
        return
    await _answer(page)(scope, receive, send)


def _answer(page: str) -> Response:
    """A built page with a nonce of its own."""
    nonce = secrets.token_urlsafe(16)
    policy = CONTENT_SECURITY_POLICY.replace(NONCE, nonce)
    return HTMLResponse(page.replace(NONCE, nonce), headers=HEADERS | {"Content-Security-Policy": policy})
