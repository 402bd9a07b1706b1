"""The calendars of the demo, and what it prints."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from oncall_ui.demo import greeting
from oncall_ui.demo.feeds import FeedServer
from oncall_ui.demo.team import SPARE, TEAM, served
from oncall_ui.domain import ical
from oncall_ui.domain.availability.evaluate import evaluate
from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Rules
from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.ical import Changes
from oncall_ui.settings import Settings
from tests.demo_time import PASSWORD, Clock

pytestmark = pytest.mark.slow
YEAR = [datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(days=11 * number) for number in range(34)]


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer(served(), pace=0) as running:
        yield running


def test_the_drills_change_with_every_minute_and_only_then() -> None:
    clock = Clock()
    with FeedServer(served(), clock=clock) as server:
        url = server.url("/drills.ics")
        known = {"If-None-Match": httpx.get(url).headers["ETag"]}
        assert httpx.get(url, headers=known).status_code == 304
        clock.now += timedelta(minutes=1)
        assert httpx.get(url, headers=known).status_code == 200


def test_a_slow_feed_is_quick_for_the_check_and_announces_its_size() -> None:
    with FeedServer(served(), pace=0.2) as server:
        lengths, seconds = [], []
        for _ in range(2):
            answer = httpx.get(server.url("/everything.ics"))
            lengths.append(int(answer.headers["Content-Length"]) == len(answer.content))
            seconds.append(answer.elapsed.total_seconds())
    assert lengths == [True, True]
    assert max(seconds[0], 1.8) < seconds[1]


def test_a_protected_feed_asks_for_its_password(server: FeedServer) -> None:
    assert httpx.get(server.url("/clinic.ics")).status_code == 401
    assert httpx.get(server.url("/clinic.ics"), auth=("dana", "guessed")).status_code == 401


def test_an_address_nobody_serves_is_not_found(server: FeedServer) -> None:
    assert httpx.get(server.url("/nothing.ics")).status_code == 404


@pytest.mark.parametrize("path", sorted(served()))
def test_every_calendar_is_valid_and_holds_something_on_any_day(path: str) -> None:
    for moment in YEAR[::6]:
        window = days_from(moment.date(), ZoneInfo("Europe/Berlin"))
        reading = ical.read(served()[path].calendar(moment), window)
        assert reading.problems == []
        assert reading.occurrences


def test_a_holiday_lies_in_the_90_days_from_any_day() -> None:
    for number in range(365):
        moment = YEAR[0] + timedelta(days=number)
        data = served()["/holidays.ics"].calendar(moment)
        assert ical.read(data, days_from(moment.date(), ZoneInfo("Asia/Tokyo"))).occurrences


@pytest.mark.parametrize("moment", YEAR)
def test_the_work_calendar_shows_each_way_to_count(moment: datetime) -> None:
    data = served()["/alice/work.ics"].calendar(moment)
    window = days_from(moment.date(), ZoneInfo("Europe/Berlin"))
    outcome = evaluate(Changes(ical.read(data, window)), Rules(addresses=frozenset({"alice@example.org"})))
    assert {piece.action.value for piece in outcome.spans} == {"block", "prefer"}
    assert outcome.ignored == {Reason.DECLINED: 1, Reason.NO_TAG: 2}


def test_the_greeting_holds_every_login_and_a_feed_to_try(server: FeedServer) -> None:
    words = greeting(Settings(_env_file=None, port=9123), server, PASSWORD)
    assert all(person.email in words for person in TEAM)
    assert words.count(PASSWORD) == 6
    assert "http://localhost:9123" in words and server.url(SPARE) in words
