"""Whatever the request line and the header say, it is no fault of the gateway, and no credential is repeated."""

from __future__ import annotations

from tests.fuzz.depth import examples, fuzz
from tests.fuzz.invariants import check_anything
from tests.fuzz.sending import Request, send_bytes
from tests.fuzz.strategies.headers import raw_requests, requests
from tests.fuzz.target import Target


@examples(fast=250, deep=3500)
def test_any_header_is_answered(target: Target, examples: int) -> None:
    def answered(request: Request) -> None:
        method = request.method.decode("latin-1")
        check_anything(target, send_bytes(target, bytes(request), method, whole=False))

    fuzz(examples, requests(), answered)


@examples(fast=100, deep=1500)
def test_any_bytes_on_a_connection_are_answered_or_end_it(target: Target, examples: int) -> None:
    def answered(raw: bytes) -> None:
        method = (raw.split() or [b""])[0].decode("latin-1")
        check_anything(target, send_bytes(target, raw, method, whole=False))

    fuzz(examples, raw_requests(), answered)
