"""What Open WebUI's refusals mean. It has one status for several things: 401 is unknown, forbidden or not found, told
apart by ``detail`` alone, and 400 is bad input, a conflict or not found. The recordings hold each of them.
"""

from __future__ import annotations

import msgspec

from gateway.errors import BadInput, Conflict, Forbidden, GatewayError, NotFound, Unauthenticated

MAX_PROBLEMS_CHARS = 500

# Beginnings of ``detail`` that decide, whatever the status.
DETAILS: tuple[tuple[str, type[GatewayError]], ...] = (
    ("We could not find what you're looking for", NotFound),
    ("Function not found", NotFound),
    ("You do not have permission", Forbidden),
    ("API key not allowed", Forbidden),
    ("Uh-oh! This id is already registered", Conflict),
    ("Function is not active", Conflict),
    ("Cannot delete the current version", Conflict),
)
_NOT_LOADED = (
    "Failed to fetch the function",
    "No data received from the URL",
    "[ERROR: Error fetching function]",
    "Error importing function",
)
# Versions before 0.11 wrap a refusal into another: ``[ERROR: 400: [ERROR: ...]]``.
_WRAPPINGS = ("[ERROR: ", "400: ")
# Pydantic's lines end with the value that was refused, which may be a secret: ``... [type=int_type, input_value=...]``.
_VALUE = " [type="


class _Problem(msgspec.Struct):
    loc: list[str | int]
    msg: str


class _Refusal(msgspec.Struct):
    detail: str | list[_Problem]


def explain(status: int, body: bytes) -> GatewayError | str | None:
    """The vendor's ``detail``: a text, or for a 422 a list of problems (whose ``input`` is never relayed)."""
    try:
        detail = msgspec.json.decode(body, type=_Refusal).detail
    except msgspec.MsgspecError:
        return None
    if isinstance(detail, list):
        return BadInput("; ".join(f"{'.'.join(map(str, p.loc))}: {p.msg}" for p in detail)[:MAX_PROBLEMS_CHARS])
    text = _without_values(detail)
    for beginning, kind in DETAILS:
        if _unwrapped(text).startswith(beginning):
            return kind(text)
    return Unauthenticated(text) if status == 401 else text


def explain_load(body: bytes) -> GatewayError | None:
    """A refusal of ``load/url`` that is about the address: with the remote's own status, or 500, and a text for it."""
    try:
        detail = msgspec.json.decode(body, type=_Refusal).detail
    except msgspec.MsgspecError:
        return None
    if isinstance(detail, str) and detail.startswith(_NOT_LOADED):
        return BadInput("The server could not read the address.")
    return None


def _unwrapped(detail: str) -> str:
    while wrapping := next((w for w in _WRAPPINGS if detail.startswith(w)), None):
        detail = detail.removeprefix(wrapping)
    return detail


def _without_values(detail: str) -> str:
    return "\n".join(line.partition(_VALUE)[0] for line in detail.split("\n"))
