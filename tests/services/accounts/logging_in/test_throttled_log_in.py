"""Log-ins are counted before they are checked, and strangers lock nobody out."""

import asyncio
from dataclasses import replace

import pytest

from oncall_ui.app import App
from oncall_ui.errors import TooManyAttempts
from oncall_ui.security.counts import CountsHere
from oncall_ui.security.login_throttle import Throttle
from oncall_ui.services.accounts.logging_in.log_in import Outcome
from oncall_ui.services.accounts.logging_in.rate_limits import Kind, may_set_up, may_try, seconds_to_wait
from oncall_ui.services.accounts.logging_in.throttled_log_in import throttled_log_in
from tests.conftest import PASSWORD, Person

HOME, HOTEL, STRANGER = "203.0.113.1", "203.0.113.2", "198.51.100.7"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(app: App, clock: Clock) -> App:
    return replace(app, throttle=Throttle(CountsHere(clock)))


async def guess(app: App, email: str, address: str = STRANGER) -> float:
    """0 if the password was checked, else the seconds to wait."""
    try:
        assert await throttled_log_in(app, address, email, "a wrong password") is None
    except TooManyAttempts as error:
        return error.seconds
    return 0


async def enter(app: App, who: Person, address: str, browser: str = "") -> Outcome:
    outcome = await throttled_log_in(app, address, who.email, PASSWORD, browser=browser)
    assert outcome is not None
    return outcome


async def test_sixty_at_once_are_not_all_checked(timed: App, alice: Person) -> None:
    waits = await asyncio.gather(*(guess(timed, alice.email) for _ in range(60)))
    assert waits.count(0) == 5


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org", "ALICE@example.org "])
async def test_a_known_address_is_slowed_down_like_an_unknown_one(timed: App, alice: Person, email: str) -> None:
    assert [await guess(timed, email) for _ in range(7)] == [0, 0, 0, 0, 0, 1, 1]
    assert seconds_to_wait(timed, STRANGER, email) == 1


async def test_other_accounts_get_no_more_tries_than_one_address_has(timed: App) -> None:
    waits = [await guess(timed, f"{number}@example.org") for number in range(30)]
    assert waits.count(0) == 20


async def test_a_stranger_does_not_lock_a_browser_out_that_is_known(timed: App, alice: Person) -> None:
    cookie = (await enter(timed, alice, HOME)).browser
    for number in range(60):
        await guess(timed, alice.email, f"198.51.100.{number}")
    cookie = (await enter(timed, alice, HOTEL, cookie)).browser
    with pytest.raises(TooManyAttempts):
        await enter(timed, alice, STRANGER.replace("7", "200"))
    assert seconds_to_wait(timed, HOTEL, alice.email, cookie) == 0


async def test_a_known_browser_is_known_for_its_member_only(timed: App, alice: Person, bob: Person) -> None:
    cookie = (await enter(timed, bob, HOME)).browser
    for number in range(60):
        await guess(timed, alice.email, f"198.51.100.{number}")
    with pytest.raises(TooManyAttempts):
        await enter(timed, alice, HOME, cookie)


async def test_the_right_password_gets_its_turn_whoever_guesses_meanwhile(
    timed: App, clock: Clock, alice: Person
) -> None:
    for number in range(60):
        await guess(timed, alice.email, f"198.51.100.{number}")
    with pytest.raises(TooManyAttempts) as refusal:
        await enter(timed, alice, HOTEL)
    assert refusal.value.seconds <= 8
    for number in range(60, 120):
        clock.now += refusal.value.seconds / 60
        await guess(timed, alice.email, f"198.51.100.{number}")
    clock.now += 0.01  # the sum of sixtieths
    assert (await enter(timed, alice, HOTEL)).session


async def test_right_passwords_are_not_counted(timed: App, alice: Person) -> None:
    for _ in range(50):
        assert (await enter(timed, alice, HOME)).session


async def test_a_stolen_cookie_is_slowed_down_too(timed: App, alice: Person) -> None:
    cookie = (await enter(timed, alice, HOME)).browser
    for _ in range(5):
        assert await throttled_log_in(timed, STRANGER, alice.email, "wrong password", browser=cookie) is None
    with pytest.raises(TooManyAttempts):
        await throttled_log_in(timed, STRANGER, alice.email, PASSWORD, browser=cookie)


def test_links_and_own_passwords_have_counters_of_their_own(timed: App) -> None:
    for _ in range(20):
        assert may_set_up(timed, STRANGER)
    assert not may_set_up(timed, STRANGER)
    may_try(timed, Kind.LOG_IN, STRANGER, "alice@example.org")
    for _ in range(5):
        may_try(timed, Kind.PASSWORD, "", "7")
    with pytest.raises(TooManyAttempts):
        may_try(timed, Kind.PASSWORD, "", "7")
