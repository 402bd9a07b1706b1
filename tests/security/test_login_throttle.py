"""Delays that grow with every wrong try, and who is let through in spite of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from oncall_ui.database.counts import DatabaseCounts
from oncall_ui.database.database import Database
from oncall_ui.security.counts import MOST_NAMES, Counts, CountsHere
from oncall_ui.security.login_throttle import Slowdown, Throttle, counted_address
from tests.postgres import Cluster

ACCOUNT = Slowdown("account", free=3, first=1, longest=8, forget=600)
BOTH = Slowdown("both", free=2, first=1, longest=60, forget=600)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["here", pytest.param("database", marks=pytest.mark.slow)])
def counts(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Counts]:
    if request.param == "here":
        yield CountsHere(clock)
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    db = Database(cluster.emptied_database(like=request.getfixturevalue("migrated_postgres")))
    yield DatabaseCounts(db, clock)
    db.close()


@pytest.fixture
def throttle(counts: Counts) -> Throttle:
    return Throttle(counts)


def test_delays_double_up_to_the_longest(throttle: Throttle, clock: Clock) -> None:
    waits = []
    for _ in range(9):
        while wait := throttle.attempt((ACCOUNT, "alice")):
            waits.append(wait)
            clock.now += wait
    assert waits == [1, 2, 4, 8, 8, 8]


def test_impatience_costs_nothing(throttle: Throttle, clock: Clock) -> None:
    for _ in range(3):
        throttle.attempt((ACCOUNT, "alice"))
    assert {throttle.attempt((ACCOUNT, "alice")) for _ in range(20)} == {1.0}
    clock.now += 1
    assert throttle.attempt((ACCOUNT, "alice")) == 0


def test_forty_at_once_get_no_more_than_one_after_the_other(throttle: Throttle) -> None:
    with ThreadPoolExecutor(20) as threads:
        waits = list(threads.map(lambda _: throttle.attempt((ACCOUNT, "alice")), range(40)))
    assert waits.count(0.0) == ACCOUNT.free


def test_a_refused_try_counts_against_nothing(throttle: Throttle) -> None:
    for _ in range(3):
        throttle.attempt((ACCOUNT, "alice"))
    throttle.attempt((ACCOUNT, "alice"), (BOTH, "here alice"))
    assert throttle.attempt((BOTH, "here alice")) == throttle.attempt((BOTH, "here alice")) == 0


def test_a_right_one_is_given_back(throttle: Throttle) -> None:
    for _ in range(20):
        assert throttle.attempt((ACCOUNT, "alice")) == 0
        throttle.give_back((ACCOUNT, "alice"))


def test_it_is_forgotten_after_a_while_and_at_once_if_told(throttle: Throttle, clock: Clock) -> None:
    for _ in range(3):
        throttle.attempt((ACCOUNT, "alice"))
    assert throttle.wait((ACCOUNT, "alice")) == 1
    throttle.forget((ACCOUNT, "alice"))
    assert throttle.wait((ACCOUNT, "alice")) == 0
    for _ in range(3):
        throttle.attempt((ACCOUNT, "alice"))
    clock.now += ACCOUNT.forget
    assert [throttle.attempt((ACCOUNT, "alice")) for _ in range(3)] == [0, 0, 0]


def test_who_waited_gets_their_turn_whatever_others_guess_meanwhile(throttle: Throttle, clock: Clock) -> None:
    def stranger() -> float:
        return throttle.attempt((ACCOUNT, "alice"), (BOTH, f"{clock.now} alice"), ticket=f"{clock.now} alice")

    def member() -> float:
        return throttle.attempt((ACCOUNT, "alice"), (BOTH, "home alice"), ticket="home alice", skips=["account"])

    for _ in range(20):
        clock.now += stranger()
    while stranger() > 0:
        clock.now += 1
    wait = member()
    assert wait > 0
    due = clock.now + wait
    while clock.now < due:
        clock.now += 0.25
        stranger()
    assert member() == 0
    assert member() > 0, "a turn is for one try"


def test_a_turn_that_is_not_taken_lapses(throttle: Throttle, clock: Clock) -> None:
    for _ in range(3):
        throttle.attempt((ACCOUNT, "alice"))
    assert throttle.attempt((ACCOUNT, "alice"), ticket="home", skips=["account"]) > 0
    clock.now += 200
    assert throttle.attempt((ACCOUNT, "alice")) == 0
    assert throttle.attempt((ACCOUNT, "alice"), ticket="home", skips=["account"]) > 0


def test_a_clock_that_is_set_back_makes_nobody_wait_for_it(throttle: Throttle, clock: Clock) -> None:
    for _ in range(3):
        throttle.attempt((ACCOUNT, "alice"))
    clock.now -= 500
    assert throttle.attempt((ACCOUNT, "alice")) == 1


def test_what_it_remembers_is_bounded() -> None:
    counts = CountsHere()
    throttle = Throttle(counts)
    for number in range(MOST_NAMES + 500):
        throttle.attempt((ACCOUNT, f"{number}@example.org"))
    assert sum(len(each) for each in counts._known.values()) == MOST_NAMES


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1%eth0", "2001:db8:1:2::"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_network_of_ipv6_is_one_address(address: str, counted: str) -> None:
    assert counted_address(address) == counted
