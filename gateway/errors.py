"""The tree of failures. Each leaf has one public code; ``gateway.http.errors`` is the one exit that shows them.

    GatewayError
    ├── Unauthenticated        UNAUTHENTICATED        no credential, or one that is not accepted
    ├── Forbidden              FORBIDDEN              a credential that may not do this
    ├── NotFound               NOT_FOUND              the thing to change or invoke does not exist
    ├── BadInput               BAD_INPUT              the caller's input is wrong
    ├── Conflict               CONFLICT               it exists already, or is in a state that does not allow this
    ├── RateLimited            RATE_LIMITED           too many requests; retry later
    ├── UpstreamTimeout        UPSTREAM_TIMEOUT       the upstream did not answer in time
    ├── UpstreamUnavailable    UPSTREAM_UNAVAILABLE   the upstream cannot be reached, or failed
    ├── UpstreamInvalid        UPSTREAM_INVALID       the upstream's answer is not what its vendor documents
    └── Internal               INTERNAL               a fault of the gateway

Messages are public: they hold no address, no body of a 5xx, no credential. What a vendor says to its own user (a 4xx)
may be relayed.
"""

from __future__ import annotations

from typing import ClassVar


class GatewayError(Exception):
    """Base of all failures. ``service`` names the upstream it came from, if any."""

    code: ClassVar[str]
    http_status: ClassVar[int]
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, service: str | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.service = service
        self.retry_after_s = retry_after_s


class Unauthenticated(GatewayError):
    code = "UNAUTHENTICATED"
    http_status = 401


class Forbidden(GatewayError):
    code = "FORBIDDEN"
    http_status = 403


class NotFound(GatewayError):
    code = "NOT_FOUND"
    http_status = 404


class BadInput(GatewayError):
    code = "BAD_INPUT"
    http_status = 400


class Conflict(GatewayError):
    code = "CONFLICT"
    http_status = 409


class RateLimited(GatewayError):
    code = "RATE_LIMITED"
    http_status = 429
    retryable = True


class UpstreamTimeout(GatewayError):
    code = "UPSTREAM_TIMEOUT"
    http_status = 504
    retryable = True


class UpstreamUnavailable(GatewayError):
    code = "UPSTREAM_UNAVAILABLE"
    http_status = 502
    retryable = True


class UpstreamInvalid(GatewayError):
    code = "UPSTREAM_INVALID"
    http_status = 502


class Internal(GatewayError):
    code = "INTERNAL"
    http_status = 500
