"""Everything that can go wrong with an exchange has its row."""

from __future__ import annotations

from collections.abc import Iterator

import aiohttp
import msgspec
import pytest

from gateway import errors
from gateway.errors import GatewayError
from gateway.upstreams.failures import STATUSES, failure_of, refusal_of
from gateway.upstreams.requests import segment


def _tree(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)


FOREIGN = sorted({*_tree(aiohttp.ClientError), *_tree(msgspec.MsgspecError), TimeoutError, OSError}, key=str)


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: kind.__name__)
def test_every_foreign_failure_becomes_one_of_ours(kind: type[BaseException]) -> None:
    mapped = failure_of(kind.__new__(kind), "invoke")
    assert isinstance(mapped, GatewayError)
    assert mapped.service == "invoke"


def test_the_walk_saw_the_whole_of_aiohttps_tree() -> None:
    exported = {
        found for found in vars(aiohttp).values() if isinstance(found, type) and issubclass(found, aiohttp.ClientError)
    }
    assert exported
    assert exported <= set(FOREIGN)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (301, "UPSTREAM_INVALID"), (400, "BAD_INPUT"), (401, "UNAUTHENTICATED"), (402, "FORBIDDEN"),
        (403, "FORBIDDEN"), (404, "NOT_FOUND"), (405, "UPSTREAM_INVALID"), (408, "UPSTREAM_TIMEOUT"),
        (409, "CONFLICT"), (413, "BAD_INPUT"), (418, "UPSTREAM_INVALID"), (422, "BAD_INPUT"),
        (429, "RATE_LIMITED"), (500, "UPSTREAM_UNAVAILABLE"), (503, "UPSTREAM_UNAVAILABLE"),
        (504, "UPSTREAM_TIMEOUT"), (599, "UPSTREAM_UNAVAILABLE"),
    ],
)  # fmt: skip
def test_a_status_has_one_meaning(status: int, code: str) -> None:
    assert refusal_of(status, b"", lambda *_: None).code == code


def test_every_row_of_the_status_table_is_tried() -> None:
    assert set(STATUSES) == {400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 504}


def test_the_text_of_a_4xx_is_relayed_and_cut_and_that_of_a_5xx_is_not() -> None:
    assert refusal_of(400, b"", lambda *_: "x" * 9999).message == "x" * 500
    assert refusal_of(500, b"", lambda *_: "secret").message == "The upstream failed."


def test_every_leaf_of_the_tree_has_a_code_of_its_own() -> None:
    leaves = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, GatewayError)]
    codes = [kind.code for kind in leaves if kind is not GatewayError]
    assert len(codes) == 10
    assert len(set(codes)) == 10
    assert all(f"{kind.__name__} " in (errors.__doc__ or "") for kind in leaves if kind is not GatewayError)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("a?b=c", "a%3Fb%3Dc"), ("a#b", "a%23b"), ("%2e%2e", "%252e%252e"),
        ("ü n", "%C3%BC%20n"), ("a\\b", "a%5Cb"), ("a\r\nb", "a%0D%0Ab"), ("a;b", "a%3Bb"), ("@a", "@a"),
    ],
)  # fmt: skip
def test_an_id_is_one_segment_whatever_it_holds(value: str, encoded: str) -> None:
    assert segment(value) == encoded


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "../x", "\ud800"])
def test_what_cannot_be_a_segment_is_bad_input(value: str) -> None:
    with pytest.raises(errors.BadInput):
        segment(value)
