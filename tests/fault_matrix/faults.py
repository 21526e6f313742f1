"""The bad days of an upstream, each with the codes that a caller may be told."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from gateway.sandbox.faults import CREDENTIAL

BODY_CANARY = "canary-of-a-body"
HEADER_CANARY = "canary-of-a-header"
HEADERS = {"X-Canary": HEADER_CANARY, "Server": HEADER_CANARY, "Set-Cookie": f"session={HEADER_CANARY}"}
RETRY_AFTER_S = ("0", "1", "120")


@dataclass(frozen=True)
class BadDay:
    """``garbled``: a whole answer of 200 with a body that is not what the vendor documents."""

    codes: frozenset[str]
    kind: str
    members: tuple[tuple[str, Any], ...] = ()
    says: str | None = None
    retry_after: bool = False
    garbled: bool = False

    def parameters(self, chance: random.Random) -> dict[str, Any]:
        """Those of the stand-in's fault, but for ``match`` and ``times``."""
        headers = HEADERS | ({"Retry-After": chance.choice(RETRY_AFTER_S)} if self.retry_after else {})
        body = {} if self.says is None else {"body": _refusal(self.says + chance.choice(("", CREDENTIAL)))}
        return {"kind": self.kind, "text": BODY_CANARY, "headers": headers, **dict(self.members), **body}


def _refusal(text: str) -> dict[str, Any]:
    """A body in the words of all four vendors, with what none of them documents."""
    return {"detail": text, "message": text, "error": text, "errors": [{"message": text}], "debug": BODY_CANARY}


REFUSED = "refused"
"""No fault of the stand-in: nobody listens at the upstream's port."""

TIMEOUT = frozenset({"UPSTREAM_TIMEOUT"})
UNAVAILABLE = frozenset({"UPSTREAM_UNAVAILABLE"})
INVALID = frozenset({"UPSTREAM_INVALID"})
LIMITED = frozenset({"RATE_LIMITED"})

BAD_DAYS = {
    "slow": BadDay(TIMEOUT, "slow", (("delay_s", 20.0),)),
    REFUSED: BadDay(UNAVAILABLE, REFUSED),
    "reset in the header": BadDay(UNAVAILABLE, "reset_in_header"),
    "reset in the body": BadDay(INVALID, "reset_in_body"),
    "half a body": BadDay(INVALID, "half_a_body"),
    "500": BadDay(UNAVAILABLE, "status", (("status", 500),), says=BODY_CANARY),
    "503 with Retry-After": BadDay(UNAVAILABLE, "status", (("status", 503),), says=BODY_CANARY, retry_after=True),
    "429": BadDay(LIMITED, "status", (("status", 429),), says="Too many requests ", retry_after=True),
    "HTML with 200": BadDay(INVALID, "html", garbled=True),
    "bad JSON": BadDay(INVALID, "bad_json", garbled=True),
    "wrong types": BadDay(INVALID, "wrong_types", garbled=True),
    "50 MB body": BadDay(INVALID, "huge"),
    "endless body": BadDay(INVALID, "endless"),
    "drip of one byte a second": BadDay(TIMEOUT, "drip"),
}
