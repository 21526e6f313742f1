"""The messages and close codes of ``graphql-transport-ws``. Source: graphql-ws, PROTOCOL.md."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Annotated, Any

import msgspec

from gateway.http.operation import Operation

SUBPROTOCOL = "graphql-transport-ws"

GOING_AWAY = 1001
TOO_BIG = 1009
TRY_AGAIN_LATER = 1013
BAD_REQUEST = 4400
UNAUTHORIZED = 4401
FORBIDDEN = 4403
SUBPROTOCOL_NOT_ACCEPTABLE = 4406
INITIALISATION_TIMEOUT = 4408
SUBSCRIBER_EXISTS = 4409
TOO_MANY_INITIALISATIONS = 4429
INTERNAL_ERROR = 4500

MAX_REASON_BYTES = 123
"""RFC 6455, section 5.5: a control frame holds 125 bytes, two of them the code."""

Id = Annotated[str, msgspec.Meta(min_length=1)]
Payload = dict[str, Any] | None


class CloseSocket(Exception):  # noqa: N818
    """The socket is to be closed, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class _Message(msgspec.Struct, tag_field="type"):
    """Base: members that the protocol does not name are passed over."""


class ConnectionInit(_Message, tag="connection_init"):
    payload: Payload = None


class Ping(_Message, tag="ping"):
    payload: Payload = None


class Pong(_Message, tag="pong"):
    payload: Payload = None


class Subscribe(_Message, tag="subscribe"):
    id: Id
    payload: Operation


class Complete(_Message, tag="complete"):
    id: Id


Message = ConnectionInit | Ping | Pong | Subscribe | Complete

_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def read_message(event: MutableMapping[str, Any], limit_bytes: int) -> Message:
    """The message in an ASGI ``websocket.receive``. Raises ``CloseSocket`` for one that is not of the protocol."""
    text = event.get("text")
    if text is None:
        raise CloseSocket(BAD_REQUEST, "Messages are text, not binary.")
    # The server counts bytes; this holds where it does not.
    if len(text) > limit_bytes:
        raise CloseSocket(TOO_BIG, f"A message has at most {limit_bytes} bytes.")
    try:
        message = _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
        raise CloseSocket(BAD_REQUEST, f"Invalid message: {error}") from error
    if isinstance(message, Subscribe) and not message.payload.names_a_document:
        raise CloseSocket(BAD_REQUEST, "Invalid message: the payload has no `query`.")
    return message


def authorization_of(payload: Payload) -> list[str] | None:
    """The credential that a browser, which cannot set headers, sends in ``connection_init``; None when there is none.

    It is a member ``Authorization`` of the payload or of its member ``headers``, in any case of letters.
    """
    for place in (payload, (payload or {}).get("headers")):
        if isinstance(place, dict):
            found = [value for name, value in place.items() if name.lower() == "authorization"]
            if found:
                return [_credential(value) for value in found]
    return None


def _credential(value: object) -> str:
    if value is not None and not isinstance(value, str):
        raise CloseSocket(BAD_REQUEST, "Authorization must be text.")
    return value or ""


def closing(code: int, reason: str) -> dict[str, Any]:
    """The ASGI message that closes the socket; the reason is cut to what a frame can hold."""
    cut = reason.encode(errors="replace")[:MAX_REASON_BYTES].decode(errors="ignore")
    return {"type": "websocket.close", "code": code, "reason": cut}
