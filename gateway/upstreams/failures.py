"""The error table: what can go wrong between the gateway and an upstream, each with its error of ``gateway.errors``."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import aiohttp
import msgspec

from gateway.errors import (
    BadInput,
    Conflict,
    Forbidden,
    GatewayError,
    NotFound,
    RateLimited,
    Unauthenticated,
    UpstreamInvalid,
    UpstreamTimeout,
    UpstreamUnavailable,
)

MAX_MESSAGE_CHARS = 500

# What goes wrong before there is an answer. The first row that fits counts; a test walks aiohttp's whole tree.
FAILURES: tuple[tuple[type[BaseException], type[GatewayError], str], ...] = (
    (TimeoutError, UpstreamTimeout, "The upstream did not answer in time."),
    (aiohttp.ClientPayloadError, UpstreamInvalid, "The upstream's answer broke off."),
    (aiohttp.ClientResponseError, UpstreamInvalid, "The upstream's answer is not valid HTTP."),
    (aiohttp.InvalidURL, BadInput, "The address is not valid."),
    (aiohttp.ClientError, UpstreamUnavailable, "The upstream cannot be reached."),
    (OSError, UpstreamUnavailable, "The upstream cannot be reached."),
    (msgspec.MsgspecError, UpstreamInvalid, "The upstream's answer does not have the documented shape."),
)

FOREIGN = tuple(row[0] for row in FAILURES)

# What an HTTP status means when the vendor's client has no better word for it.
STATUSES: dict[int, tuple[type[GatewayError], str]] = {
    400: (BadInput, "The upstream refused the input."),
    401: (Unauthenticated, "The upstream did not accept the credential."),
    402: (Forbidden, "The upstream asks for payment."),
    403: (Forbidden, "The upstream does not allow this."),
    404: (NotFound, "Not found."),
    408: (UpstreamTimeout, "The upstream did not answer in time."),
    409: (Conflict, "The upstream reports a conflict."),
    413: (BadInput, "The input is too large for the upstream."),
    422: (BadInput, "The upstream refused the input."),
    429: (RateLimited, "The upstream's rate limit is reached."),
    504: (UpstreamTimeout, "The upstream did not answer in time."),
}

Explain = Callable[[int, bytes], "GatewayError | str | None"]
"""A vendor's own reading of a 4xx: the error, or just the text to relay, or None for the table's."""


@contextlib.contextmanager
def failures_of(service: str) -> Iterator[None]:
    """Raises what fails inside as the public error of ``service``."""
    try:
        yield
    except GatewayError as error:
        error.service = error.service or service
        raise
    except FOREIGN as error:
        raise failure_of(error, service) from error


def failure_of(error: BaseException, service: str) -> GatewayError:
    """The public error for an exchange that failed before there was a whole answer."""
    for foreign, ours, message in FAILURES:
        if isinstance(error, foreign):
            return ours(message, service=service)
    raise TypeError(f"no row for {type(error).__name__}") from error


def refusal_of(status: int, body: bytes, explain: Explain) -> GatewayError:
    """The public error for an answer that is not 2xx. Only the text of a 4xx may be relayed."""
    explained = explain(status, body) if 400 <= status < 500 else None
    if isinstance(explained, GatewayError):
        return explained
    if status in STATUSES:
        kind, message = STATUSES[status]
        return kind(explained[:MAX_MESSAGE_CHARS] if explained else message)
    if status >= 500:
        return UpstreamUnavailable("The upstream failed.")
    return UpstreamInvalid("The upstream answered with an unexpected status.")
