"""The private addresses of shifts: what they show to whom, and that no calendar app sees a shift twice or forever."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar as Parsed
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain import ical
from oncall_ui.domain.availability.evaluate import evaluate
from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Mode, Rules
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import Changes
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.shift_feed import DOMAIN, FeedKind
from oncall_ui.domain.schedules.shifts.rules import OneOff
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Assignment, PublishedShift, ShiftFeedAddress, now
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.rules import save_one_offs
from oncall_ui.services.sharing.shift_feed import (
    ShiftFeed,
    create_shift_link,
    open_shift_feed,
    remove_shift_link,
    shift_links_of,
)
from tests.conftest import Person
from tests.services.helpers.schedules import in_plan, keep_schedule, participant_of, publish_by_hand

MINE, SCHEDULE, EVERYTHING = FeedKind


def key_of(address: str) -> str:
    return address.rpartition("/")[2].removesuffix(".ics")


def feed_of(app: App, person: Person, kind: FeedKind = MINE, schedule: int | None = None) -> ShiftFeed:
    feed = open_shift_feed(app, key_of(create_shift_link(app, person.id, kind, schedule)))
    assert feed is not None
    return feed


def events_of(feed: ShiftFeed) -> list[Any]:
    return list(Parsed.from_ical(feed.text()).walk("VEVENT"))


@pytest.fixture
def team(app: App, bob: Person, mallory: Person) -> tuple[int, int, int]:
    """A schedule of Bob, who manages it, and Mallory; the ids of the schedule and of both in it."""
    schedule = keep_schedule(app, bob, [bob, mallory], name="Platform on-call")
    return schedule, participant_of(app, schedule, bob), participant_of(app, schedule, mallory)


def test_a_member_subscribes_to_their_own_shifts(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, m, None])
    (event,) = events_of(feed_of(app, bob))
    assert (event["SUMMARY"], event.decoded("DTSTART"), event.decoded("DTEND")) == (
        "Primary · Platform on-call", in_plan(0), in_plan(1),
    )  # fmt: skip
    assert (event["TRANSP"], event["X-MICROSOFT-CDO-BUSYSTATUS"]) == ("TRANSPARENT", "FREE")
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in feed_of(app, bob).text()


def test_a_schedule_shows_everybody_and_its_gaps(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, m, None])
    shown = [each["SUMMARY"] for each in events_of(feed_of(app, bob, SCHEDULE, schedule))]
    assert shown == [f"{who} · Primary · Platform on-call" for who in ("Bob", "Mallory", "Nobody")]


def test_everything_is_what_the_member_may_see(
    app: App, alice: Person, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, _ = team
    publish_by_hand(app, bob, schedule, [b])
    other = keep_schedule(app, alice, [alice], name="Database")
    publish_by_hand(app, alice, other, [participant_of(app, other, alice)])
    shown = {
        person.id: {each["SUMMARY"] for each in events_of(feed_of(app, person, EVERYTHING))}
        for person in (alice, mallory)
    }
    assert shown[mallory.id] == {"Bob · Primary · Platform on-call"}
    assert shown[alice.id] == {"Bob · Primary · Platform on-call", "Alice · Primary · Database"}


def test_a_shift_that_changes_hands_keeps_its_uid_and_the_former_holder_sees_it_cancelled(
    app: App, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b])
    (before,) = events_of(feed_of(app, bob))
    publish_by_hand(app, bob, schedule, [m])
    (gone,), (came,) = events_of(feed_of(app, bob)), events_of(feed_of(app, mallory))
    (all_see,) = events_of(feed_of(app, bob, SCHEDULE, schedule))
    assert {each["UID"] for each in (before, gone, came, all_see)} == {before["UID"]}
    assert before["UID"].endswith(f"-primary@{DOMAIN}")
    assert [each["STATUS"] for each in (gone, came, all_see)] == ["CANCELLED", "CONFIRMED", "CONFIRMED"]
    assert [each["SEQUENCE"] for each in (before, gone, came, all_see)] == [0, 1, 1, 1]


def test_a_shift_that_is_dropped_stays_cancelled_for_30_days(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, _ = team
    publish_by_hand(app, bob, schedule, [b, b])
    save_one_offs(app, bob.id, schedule, [OneOff(in_plan(1, 8), in_plan(2))])
    publish_by_hand(app, bob, schedule, [b], first=1)
    found = events_of(feed_of(app, bob))
    assert [(each.decoded("DTSTART"), str(each["STATUS"])) for each in found] == [
        (in_plan(0), "CONFIRMED"), (in_plan(1, 8), "CONFIRMED"), (in_plan(1), "CANCELLED"),
    ]  # fmt: skip
    long_ago = now() - timedelta(days=31)
    with app.db.write() as session:
        session.exec(update(Assignment).where(col(Assignment.ended_at).is_not(None)).values(ended_at=long_ago))
    assert len(events_of(feed_of(app, bob))) == 2


def test_twelve_months_stay_and_what_is_older_goes(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, _ = team
    publish_by_hand(app, bob, schedule, [b, b])
    with app.db.write() as session:
        for shift, days in zip(session.exec(select(PublishedShift)).all(), (360, 370), strict=True):
            shift.start, shift.end = now() - timedelta(days=days, hours=24), now() - timedelta(days=days)
    assert len(events_of(feed_of(app, bob))) == 1


def test_the_tag_changes_with_the_shifts_alone(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b])
    key = key_of(create_shift_link(app, bob.id, SCHEDULE, schedule))
    first, again = open_shift_feed(app, key), open_shift_feed(app, key)
    assert first and again and (first.tag, first.text()) == (again.tag, again.text())
    publish_by_hand(app, bob, schedule, [m])
    changed = open_shift_feed(app, key)
    assert changed and changed.tag != first.tag


@pytest.mark.parametrize("mode", Mode)
def test_imported_back_here_it_blocks_nobody(app: App, bob: Person, team: tuple[int, int, int], mode: Mode) -> None:
    """As an import reads it, under the strictest settings; also where a program has made shifts busy time."""
    schedule, b, _ = team
    publish_by_hand(app, bob, schedule, [b, b])
    for text in (feed_of(app, bob).text(), feed_of(app, bob).text().replace(b"TRANSPARENT", b"OPAQUE")):
        reading = ical.read(text, Window(in_plan(-30), in_plan(30)))
        outcome = evaluate(Changes(reading), Rules(mode, counts_free=True))
        assert (outcome.spans, outcome.ignored) == ([], {Reason.ON_CALL_SHIFT: 2})


def test_who_may_not_see_a_schedule_gets_no_address_and_the_old_one_ends(
    app: App, bob: Person, mallory: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob])
    with pytest.raises(NotAllowed):
        create_shift_link(app, mallory.id, SCHEDULE, schedule)
    set_access(app, bob.id, schedule, mallory.id, Access.VIEWER)
    key = key_of(create_shift_link(app, mallory.id, SCHEDULE, schedule))
    assert open_shift_feed(app, key) is not None
    set_access(app, bob.id, schedule, mallory.id, None)
    assert open_shift_feed(app, key) is None


def test_a_new_address_ends_the_old_one_and_only_its_hash_is_stored(
    app: App, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    old, new = (key_of(create_shift_link(app, bob.id, MINE)) for _ in range(2))
    other = key_of(create_shift_link(app, mallory.id, MINE))
    assert open_shift_feed(app, old) is None and open_shift_feed(app, new) is not None
    assert shift_links_of(app, bob.id)[MINE].last_fetched_at is not None
    with app.db.read() as session:
        assert new not in "".join(row.model_dump_json() for row in session.exec(select(ShiftFeedAddress)))
    remove_shift_link(app, bob.id, MINE)
    assert (open_shift_feed(app, new), shift_links_of(app, bob.id)) == (None, {})
    assert open_shift_feed(app, other) is not None
