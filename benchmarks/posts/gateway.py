"""fngraph over the posts: the product, front door to connection pool, with another schema and one more upstream.

python -m benchmarks.posts.gateway PORT UPSTREAM
"""

from __future__ import annotations

import functools
import socket
import sys
from typing import Any

import aiohttp

from benchmarks.posts.schema import build_posts_schema
from gateway import app, logs
from gateway.auth.outbound import Forward
from gateway.process.server import uvicorn_server
from gateway.settings import ForwardCredential, Settings, UpstreamSettings
from gateway.settings.callers import CallerSettings
from gateway.upstreams.clients import Upstreams
from gateway.upstreams.http import Upstream

MIB = 1024 * 1024
UNLIMITED = 1_000_000_000


class PostsUpstreams(Upstreams):
    """The product's upstreams, and a fifth."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession, *more: Any, url: str) -> None:
        super().__init__(settings, session, *more)
        self.posts = posts_upstream(url, session)


def posts_upstream(url: str, session: aiohttp.ClientSession) -> Upstream:
    """Forwards each caller's own credential; its answers may be as large as the largest list of the benchmarks."""
    settings = UpstreamSettings(url=url, credential=ForwardCredential(), max_response_bytes=64 * MIB)
    return Upstream(
        "posts",
        settings,
        session,
        Forward(),
        credential_header=lambda secret: {"Authorization": f"Bearer {secret}"},
        explain=lambda status, body: None,
        probe_path="/posts",
    )


def put_into_product(**parts: Any) -> None:
    """Let ``create_app`` take these instead of its own, so that all the rest is what users run."""
    missing = parts.keys() - vars(app).keys()
    assert not missing, f"gateway.app has no {missing}"
    vars(app).update(parts)


def listener(port: int) -> socket.socket:
    """A socket that several workers can listen on at once."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    found.bind(("127.0.0.1", port))
    return found


def main() -> None:
    port, url = int(sys.argv[1]), sys.argv[2]
    # One address sends all that the benchmark sends, far more than a caller may have.
    callers = CallerSettings(points_per_second=UNLIMITED, burst_points=UNLIMITED, max_operations=UNLIMITED)
    settings = Settings(port=port, log_level="warning", callers=callers)
    logs.configure(settings.log_level)
    put_into_product(
        build_schema=build_posts_schema,
        Upstreams=functools.partial(PostsUpstreams, url=url),
        rest_routes=lambda *_: [],  # their documents are for the product's schema
    )
    uvicorn_server(app.create_app(settings), settings).run(sockets=[listener(port)])


if __name__ == "__main__":
    main()
