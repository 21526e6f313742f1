"""``load/url``: fetch a function's source and guess its name. The stand-in fetches from loopback addresses only."""

from __future__ import annotations

from ipaddress import ip_address

import aiohttp
from pydantic import HttpUrl

from gateway.sandbox.function_admin.wire import ApiError

TIMEOUT = aiohttp.ClientTimeout(total=10)
NAMELESS_FILES = ("main.py", "index.py", "__init__.py")
NOT_FETCHED = "[ERROR: Error fetching function]"


async def load_url(url: HttpUrl) -> dict[str, str]:
    """The name and the source behind ``url``; a redirect, which could lead anywhere, is not followed."""
    if not _is_loopback(url):
        raise ApiError(500, NOT_FETCHED)
    try:
        content = await _fetched(str(url))
    except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError) as error:
        raise ApiError(500, NOT_FETCHED) from error
    if not content:
        raise ApiError(400, "No data received from the URL")
    return {"name": _name(str(url)), "content": content}


async def _fetched(url: str) -> str:
    async with (
        aiohttp.ClientSession(timeout=TIMEOUT) as session,
        session.get(url, allow_redirects=False) as response,
    ):
        if response.status != 200:
            raise ApiError(response.status, "Failed to fetch the function")
        return (await response.read()).decode()


def _is_loopback(url: HttpUrl) -> bool:
    host = (url.host or "").strip("[]")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _name(url: str) -> str:
    """The file's name, or the folder's where the file's tells nothing."""
    *_, folder, file = url.rstrip("/").split("/")
    if file.endswith(".py") and file not in NAMELESS_FILES:
        return file.removesuffix(".py")
    return folder
