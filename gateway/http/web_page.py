"""The page to explore in, built from ``web/`` and shipped in the package; no inline scripts, nothing from elsewhere."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

PATHS = frozenset({"/", "/page", "/rest", "/openapi.json"})
"""What the setting ``page`` turns off."""

FOLDER = Path(__file__).parent / "page"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
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
        response = super().file_response(full_path, *arguments, **options)
        response.headers.update(HEADERS)
        if Path(full_path).parent.name == "assets":
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


async def send_page(scope: Scope, receive: Receive, send: Send, name: str = "index.html") -> None:
    """The page: ``index.html`` explores the graph, ``rest.html`` its REST twins."""
    page = FOLDER / name
    if page.is_file():
        await FileResponse(page, headers=HEADERS)(scope, receive, send)
    else:
        text = "The page is not built. In a checkout: `make page`. GraphQL is here by POST."
        await PlainTextResponse(text, status_code=404)(scope, receive, send)
