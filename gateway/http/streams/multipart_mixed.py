"""``multipart/mixed``: the parts of an incremental answer, and the events of a subscription.

Source: GraphQL over HTTP, rfcs/IncrementalDelivery.md; Apollo, "Multipart HTTP protocol for GraphQL Subscriptions"
(apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol). A client knows that a part has
ended only by the delimiter after it, so each part is written with the delimiter that follows.
"""

from __future__ import annotations

import msgspec

from gateway.http.engine import Body
from gateway.http.streams.framing import Framing

PART_HEAD = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
CLOSING = b"--\r\n"


def incremental_parts(parameter: str = "") -> Framing:
    """Bodies as they are. ``parameter`` names the format to a client that has asked for it by name."""
    delimiter = b"\r\n---"

    def part(body: Body) -> bytes:
        return PART_HEAD + msgspec.json.encode(body) + delimiter

    return Framing(
        f'multipart/mixed; boundary="-"{parameter}',
        part=part,
        failure=lambda body: part({**body, "hasNext": False}),
        opening=delimiter,
        closing=CLOSING,
    )


def multipart_subscription(heartbeat_s: float) -> Framing:
    """Bodies as ``payload``; ``{}`` every ``heartbeat_s`` seconds. ``payload: null`` says that the stream broke off."""
    delimiter = b"\r\n--graphql"

    def part(content: Body) -> bytes:
        return PART_HEAD + msgspec.json.encode(content) + delimiter

    return Framing(
        'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0',
        part=lambda body: part({"payload": body}),
        failure=lambda body: part({"payload": None, **body}),
        opening=delimiter,
        closing=CLOSING,
        keep_alive=part({}),
        keep_alive_s=heartbeat_s,
    )
