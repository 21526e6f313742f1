"""Loading by key: one call for what is asked together, each key once, failures with their own key."""

from __future__ import annotations

import asyncio

import pytest

from gateway.errors import NotFound
from gateway.loaders.batching import Loader, SideBySide


class Calls:
    """Answers keys in capitals, and remembers each call."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.ended: list[str] = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def fetch(self, keys: list[str]) -> list[str | Exception]:
        self.calls.append(list(keys))
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        return [KeyError(key) if key == "bad" else key.upper() for key in keys]


async def test_what_is_asked_in_one_turn_is_one_call_and_each_key_is_asked_once() -> None:
    calls = Calls()
    loader = Loader(calls.fetch)
    first, several, again = await asyncio.gather(loader.load("a"), loader.load_many(["b", "a", "b"]), loader.load("a"))
    assert (first, several, again) == ("A", ["B", "A", "B"], "A")
    assert await loader.load_many(iter(["a", "c"])) == ["A", "C"]
    assert calls.calls == [["a", "b"], ["c"]]


async def test_a_failure_is_kept_and_is_its_own_keys() -> None:
    calls = Calls()
    loader = Loader(calls.fetch)
    good, bad = await loader.load_many(["a", "bad"])
    assert (good, type(bad)) == ("A", KeyError)
    for _ in range(2):
        with pytest.raises(KeyError):
            await loader.load("bad")
    assert calls.calls == [["a", "bad"]]


async def test_no_keys_are_no_call() -> None:
    calls = Calls()
    assert await Loader(calls.fetch).load_many([]) == []
    assert calls.calls == []


async def test_a_call_that_nobody_waits_for_is_cancelled_and_made_anew_when_it_is_wanted_again() -> None:
    calls = Calls()
    calls.go_on.clear()
    loader = Loader(calls.fetch)
    first, second = asyncio.create_task(loader.load("a")), asyncio.create_task(loader.load_many(["a", "b"]))
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.sleep(0.01)
    assert calls.ended == []
    second.cancel()
    await asyncio.sleep(0.01)
    assert calls.ended == ["cancelled"]
    calls.go_on.set()
    assert await loader.load("a") == "A"
    assert calls.calls == [["a", "b"], ["a"]]


async def test_what_has_no_call_for_many_is_fetched_side_by_side_up_to_a_limit() -> None:
    running, most = 0, 0

    async def fetch(key: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1
        if key == 3:
            raise NotFound("3")
        return key

    found = await SideBySide(fetch, limit=4).load_many(range(10))
    assert [type(each).__name__ if isinstance(each, Exception) else each for each in found] == [
        0, 1, 2, "NotFound", 4, 5, 6, 7, 8, 9,
    ]  # fmt: skip
    assert most == 4


async def test_when_the_first_who_asked_leaves_another_one_fetches() -> None:
    asked, go_on = [], asyncio.Event()

    async def fetch(key: str) -> str:
        asked.append(key)
        await go_on.wait()
        return key.upper()

    loader = SideBySide(fetch)
    first, second, third = (asyncio.create_task(loader.load("a")) for _ in range(3))
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.sleep(0.01)
    assert asked == ["a", "a"]
    go_on.set()
    assert [await second, await third] == ["A", "A"]
    assert await loader.load_many(["a", "a"]) == ["A", "A"]
    assert asked == ["a", "a"]
