"""How many websockets one browser may open, and how much it may send."""

import pytest

from oncall_ui.security.socket_limits import LONGEST_DELAY, MEMBER, MOST_STRANGERS, STRANGER, SocketLimits

HERE = ("address", "203.0.113.7")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> SocketLimits:
    return SocketLimits(clock)


def test_fifty_members_behind_one_address_never_meet_a_limit(limits: SocketLimits, clock: Clock) -> None:
    pages = [(("session", f"{member}"), page) for member in range(50) for page in range(8)]
    assert all(limits.open(session, MEMBER) for session, _ in pages)
    assert all(limits.open(HERE, STRANGER) for _ in range(100)), "two more pages each, before they log in"
    for _ in range(100):  # five messages a second from every page, for 20 s
        clock.now += 0.2
        assert not any(limits.receive(session, 500) for session, _ in pages)


def test_an_address_without_a_session_gets_so_many_sockets(limits: SocketLimits) -> None:
    assert [limits.open(HERE, STRANGER) for _ in range(STRANGER.sockets + 5)].count(True) == STRANGER.sockets
    limits.close(HERE)
    assert limits.open(HERE, STRANGER)
    assert not limits.open(HERE, STRANGER)


def test_all_addresses_together_get_so_many(limits: SocketLimits) -> None:
    opened = [limits.open(("address", f"{number}"), STRANGER) for number in range(MOST_STRANGERS + 5)]
    assert opened.count(True) == MOST_STRANGERS
    assert limits.open(("session", "alice"), MEMBER), "members have places of their own"


def test_who_sends_too_much_waits_longer_and_longer(limits: SocketLimits, clock: Clock) -> None:
    limits.open(HERE, STRANGER)
    delays = [limits.receive(HERE, 10) for _ in range(10_000)]
    assert delays[: int(STRANGER.message_burst)] == [0.0] * int(STRANGER.message_burst)
    assert delays == sorted(delays)
    assert delays[-1] > LONGEST_DELAY
    clock.now += 1000
    assert limits.receive(HERE, 10) == 0


def test_large_messages_count_by_their_size(limits: SocketLimits) -> None:
    limits.open(HERE, STRANGER)
    delays = [limits.receive(HERE, 200_000) for _ in range(20)]
    assert delays[0] == 0
    assert delays[-1] > LONGEST_DELAY


def test_a_new_socket_does_not_start_over(limits: SocketLimits) -> None:
    limits.open(HERE, STRANGER)
    for _ in range(10_000):
        limits.receive(HERE, 10)
    limits.close(HERE)
    assert not limits.open(HERE, STRANGER)


def test_who_is_gone_is_forgotten(limits: SocketLimits, clock: Clock) -> None:
    for number in range(5_000):
        clock.now += 60
        key = ("address", f"{number}")
        limits.open(key, STRANGER)
        limits.close(key)
    assert len(limits._uses) <= MOST_STRANGERS
