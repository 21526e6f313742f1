"""Documents are kept within bounds, and a flood of new ones does not push out those in use."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.http.document_cache import SegmentedCache


def test_a_flood_of_documents_that_come_once_leaves_those_in_use() -> None:
    cache: SegmentedCache[str, int] = SegmentedCache(10, 10_000)
    for name in "abcdefgh":
        cache.put(name, 1, 10)
        cache.get(name)
    for number in range(1000):
        cache.put(f"flood{number}", 1, 10)
    assert [cache.get(name) for name in "abcdefgh"] == [1] * 8


def test_what_is_not_used_makes_room_for_what_is() -> None:
    cache: SegmentedCache[str, str] = SegmentedCache(10, 10_000)
    for name in "abcdefghijklmnop":
        cache.put(name, name, 10)
        cache.get(name)
    assert (cache.get("a"), cache.get("p")) == (None, "p")
    assert len(cache) == 10


def test_a_document_larger_than_its_share_is_not_kept() -> None:
    cache: SegmentedCache[str, str] = SegmentedCache(10, 1000)
    cache.put("small", "small", 10)
    cache.put("huge", "huge", 500)
    assert (cache.get("huge"), len(cache)) == (None, 0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 60)), max_size=200))
def test_neither_bound_is_ever_exceeded(requests: list[tuple[int, int]]) -> None:
    cache: SegmentedCache[str, int] = SegmentedCache(10, 200)
    for number, size in requests:
        kept = cache.get(str(number))
        if kept is None:
            cache.put(str(number), size, size)
        assert len(cache) <= 10
        assert cache.size <= 200
