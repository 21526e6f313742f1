"""How much one caller may have: points by time, and operations at once."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from msgspec.structs import asdict

from gateway.auth.caller_id import CallerId, caller_id
from gateway.auth.principal import ANONYMOUS, Principal, fingerprint
from gateway.callers.accounts import Callers
from gateway.errors import RateLimited
from gateway.roles import Role
from gateway.settings import CallerSettings

ADA = CallerId("key:ada", None)
BOB = CallerId("key:bob", None)
OFFICE = CallerId(None, "192.0.2.1")


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def callers(clock: Clock, **changes: int) -> Callers:
    """1,000 points a second, 10,000 at most, 10 a request, 3 at once, addresses twice that."""
    numbers = {
        "points_per_second": 1000,
        "burst_points": 10_000,
        "min_points": 10,
        "max_operations": 3,
        "address_factor": 2,
    }
    return Callers(CallerSettings(**{**numbers, **changes}), clock)


def admitted(limited: Callers, caller: CallerId, cost: float, times: int = 1000) -> int:
    """How many operations of this cost pass, one after the other, before the first that is refused."""
    for passed in range(times):
        try:
            with limited.account(caller).admit(cost):
                pass
        except RateLimited:
            return passed
    return times


def wait_s(limited: Callers, caller: CallerId, cost: float) -> float:
    with pytest.raises(RateLimited) as refused:
        limited.account(caller).admit(cost)
    assert refused.value.retry_after_s is not None
    return round(refused.value.retry_after_s, 2)


# Points


def test_a_caller_spends_what_it_has_and_gets_it_back_with_time(clock: Clock) -> None:
    limited = callers(clock)
    assert admitted(limited, ADA, 2000) == 5
    assert wait_s(limited, ADA, 2000) == 2.0
    clock.now_s += 1.75
    assert admitted(limited, ADA, 2000) == 0
    clock.now_s += 0.25
    assert admitted(limited, ADA, 2000) == 1


def test_points_do_not_pile_up_beyond_the_most_that_a_caller_can_have(clock: Clock) -> None:
    limited = callers(clock)
    assert admitted(limited, ADA, 2000) == 5
    clock.now_s += 1_000_000
    assert admitted(limited, ADA, 2000) == 5


def test_an_operation_counts_the_minimum_however_little_it_costs(clock: Clock) -> None:
    assert admitted(callers(clock), ADA, 0) == 1000
    limited = callers(clock)
    assert admitted(limited, ADA, 1, times=2000) == 1000
    assert wait_s(limited, ADA, 1) == 0.01


def test_what_costs_more_than_a_caller_can_have_waits_until_it_has_all(clock: Clock) -> None:
    limited = callers(clock)
    assert admitted(limited, ADA, 15_000) == 1
    assert wait_s(limited, ADA, 15_000) == 15.0
    clock.now_s += 15
    assert admitted(limited, ADA, 15_000) == 1


def test_a_refused_operation_is_not_charged(clock: Clock) -> None:
    limited = callers(clock)
    assert admitted(limited, ADA, 9_990) == 1
    for _ in range(100):
        assert wait_s(limited, ADA, 1000) == 0.99
    assert admitted(limited, ADA, 10) == 1


def test_a_request_that_was_refused_before_its_cost_was_known_is_charged_for_the_work(clock: Clock) -> None:
    limited = callers(clock)
    limited.account(ADA).charge_refused()
    assert wait_s(limited, ADA, 10_000) == 0.01
    limited.account(ADA).charge_refused(spent_s=0.004)
    assert wait_s(limited, ADA, 10_000) == 0.02 + 2.0


def test_the_time_to_read_a_document_counts_beside_its_cost(clock: Clock) -> None:
    limited = callers(clock)
    with limited.account(ADA).admit(1000, spent_s=0.004):
        pass
    assert wait_s(limited, ADA, 10_000) == 3.0


def test_a_caller_without_points_is_refused_before_any_work(clock: Clock) -> None:
    limited = callers(clock)
    limited.account(ADA).check()
    limited.account(ADA).charge_refused(spent_s=0.0199)  # 9,960 points
    limited.account(ADA).check()
    limited.account(ADA).charge_refused(spent_s=0.01)  # 5,010 points: a debt
    with pytest.raises(RateLimited) as refused:
        limited.account(ADA).check()
    assert refused.value.retry_after_s == pytest.approx(4.98, abs=0.002)
    clock.now_s += 4.98
    limited.account(ADA).check()


def test_a_debt_is_at_most_what_a_caller_can_have(clock: Clock) -> None:
    limited = callers(clock)
    for _ in range(1000):
        limited.account(ADA).charge_refused(spent_s=1)
    assert wait_s(limited, ADA, 10) == 10.01
    clock.now_s += 10.01
    limited.account(ADA).check()


def test_callers_do_not_use_up_what_another_has(clock: Clock) -> None:
    limited = callers(clock)
    assert admitted(limited, ADA, 2000) == 5
    assert admitted(limited, BOB, 2000) == 5
    assert admitted(limited, OFFICE, 2000) == 10


# At once


def test_few_operations_run_at_once_and_a_place_is_free_when_one_ends_or_fails(clock: Clock) -> None:
    limited = callers(clock)
    with contextlib.ExitStack() as running:
        for _ in range(3):
            running.enter_context(limited.account(ADA).admit(1))
        assert wait_s(limited, ADA, 1) == 1.0
        with limited.account(BOB).admit(1):
            pass
    with pytest.raises(KeyError), limited.account(ADA).admit(1):
        raise KeyError
    with contextlib.ExitStack() as running:
        for _ in range(3):
            running.enter_context(limited.account(ADA).admit(1))


# Who is who

USER = frozenset({Role.USER})


def test_a_verified_caller_is_counted_alone_wherever_it_calls_from() -> None:
    assert caller_id(Principal("key:ada", USER), "192.0.2.1") == CallerId("key:ada", None)
    assert caller_id(Principal("jwt:auth0|5f7c", USER), None) == CallerId("jwt:auth0|5f7c", None)


def test_a_key_that_only_an_upstream_knows_is_counted_with_its_address() -> None:
    name = f"upstream:{fingerprint('secret')}"
    found = caller_id(Principal(name, None, "secret", unknown_key="secret"), "192.0.2.1")
    assert found == CallerId(name, "192.0.2.1")


def test_a_key_that_nobody_knows_is_counted_by_its_fingerprint_with_its_address() -> None:
    found = caller_id(Principal("unknown", frozenset(), unknown_key="secret"), "192.0.2.1")
    assert found == CallerId(f"unknown:{fingerprint('secret')}", "192.0.2.1")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::7", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        (None, "unknown"),
        ("", "unknown"),
        ("no address", "unknown"),
        ("1.2.3.4\0", "unknown"),
        ("9" * 60_000, "unknown"),
    ],
)
def test_without_a_credential_the_address_is_counted_and_of_ipv6_its_network(address: str | None, name: str) -> None:
    assert caller_id(ANONYMOUS, address) == CallerId(None, name)


def test_made_up_keys_from_one_address_have_together_what_the_address_has(clock: Clock) -> None:
    limited = callers(clock)
    passed = sum(admitted(limited, CallerId(f"upstream:{number}", "192.0.2.1"), 2000) for number in range(100))
    assert passed == 10
    assert admitted(limited, CallerId("upstream:1", "192.0.2.2"), 2000) == 0  # key 1 has spent what it had
    assert admitted(limited, ADA, 2000) == 5


def test_a_key_is_not_charged_where_its_address_has_nothing_left(clock: Clock) -> None:
    limited = callers(clock)
    assert admitted(limited, OFFICE, 10_000) == 2
    assert wait_s(limited, CallerId("upstream:1", "192.0.2.1"), 10_000) == 5.0
    assert admitted(limited, CallerId("upstream:1", "192.0.2.2"), 10_000) == 1


# Memory


def test_a_flood_of_made_up_callers_pushes_out_nobody_who_owes(clock: Clock) -> None:
    limited = callers(clock, max_kept=100)
    assert admitted(limited, ADA, 10_000) == 1
    for number in range(10_000):
        clock.now_s += 0.0001  # 100 of them at a time still owe
        assert admitted(limited, CallerId(f"key:{number}", None), 0, times=1) in (0, 1)
    assert len(limited._own) <= 100
    assert wait_s(limited, ADA, 10_000) == 9.0


def test_callers_for_whom_there_is_no_room_share_what_one_has(clock: Clock) -> None:
    limited = callers(clock, max_kept=10)
    for number in range(10):
        assert admitted(limited, CallerId(f"key:{number}", None), 2000) == 5
    assert sum(admitted(limited, CallerId(f"key:{number}", None), 2000) for number in range(10, 100)) == 5
    assert len(limited._own) == 10
    clock.now_s += 10
    assert admitted(limited, BOB, 2000) == 5
    assert len(limited._own) < 10


def test_a_caller_whose_operation_runs_is_not_forgotten(clock: Clock) -> None:
    limited = callers(clock, max_operations=1)
    with limited.account(ADA).admit(1):
        clock.now_s += 1000
        for number in range(100):
            assert admitted(limited, CallerId(f"key:{number}", None), 0, times=1) == 1
            clock.now_s += 1
        assert wait_s(limited, ADA, 1) == 1.0
    assert len(limited._own) < 5


def test_counting_takes_microseconds_however_many_call(clock: Clock) -> None:
    limited = Callers(CallerSettings(max_kept=100_000), clock)
    for number in range(100_000):
        with limited.account(CallerId(f"key:{number}", None)).admit(20_000):
            pass
    started_s = time.process_time()
    for number in range(100_000, 110_000):  # all refused a place of their own: the table is full of callers that owe
        with contextlib.suppress(RateLimited), limited.account(CallerId(f"key:{number}", None)).admit(0):
            pass
    assert (time.process_time() - started_s) / 10_000 < 100e-6


def test_every_number_is_documented() -> None:
    documentation = (Path(__file__).parent.parent / "docs" / "limits.md").read_text()
    for name, number in asdict(CallerSettings()).items():
        assert f"| `{name}` | {number:,} |" in documentation
    assert "| `websocket.max_sockets_per_address` | 100 |" in documentation
