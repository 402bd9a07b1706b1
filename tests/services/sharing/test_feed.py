"""The private address: what it shows, to whom, and for how long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar as Parsed
from sqlmodel import Session, col, delete, select, update

from oncall_ui.app import App
from oncall_ui.database.database import Database
from oncall_ui.domain import ical
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.spans import AvailabilitySpan
from oncall_ui.domain.availability.window import Window, days_from
from oncall_ui.models import Availability, Calendar, FeedAddress, Member, now
from oncall_ui.services.availability.query import spans_by_member
from oncall_ui.services.sharing.feed import PrivateFeed, create_feed_link, feed_link_of, open_feed, remove_feed_link
from oncall_ui.services.sharing.ics_writer import UNKNOWN, calendar_text
from tests.calendars import in_days
from tests.conftest import Person
from tests.services.helpers.full_account import add_span, around_now, keep_calendar

B, P = Action.BLOCK, Action.PREFER


def key_of(address: str) -> str:
    return address.rpartition("/")[2].removesuffix(".ics")


def feed_of(app: App, person: Person) -> PrivateFeed:
    feed = open_feed(app, key_of(create_feed_link(app, person.id)))
    assert feed is not None
    return feed


def read_back(text: bytes) -> list[AvailabilitySpan]:
    """By our own reader: a block is busy, a preference free."""
    start, end = around_now(400)
    reading = ical.read(text, Window(start - timedelta(days=30), end), zone=ZoneInfo("Asia/Tokyo"))
    assert reading.problems == []
    return [
        AvailabilitySpan(each.starts_at, each.ends_at, P if each.event.free else B)
        for each in reading.occurrences
        if each.event.title != UNKNOWN
    ]


def test_our_own_reader_reads_the_same_spans_back(app: App, alice: Person) -> None:
    calendar = keep_calendar(app, alice)
    add_span(app, alice, calendar, 40, 0, 23)
    with app.db.read() as session:
        spans = spans_by_member(session, [alice.id], *around_now())[alice.id]
    assert len(spans) == 3
    assert read_back(feed_of(app, alice).text()) == spans


def test_without_a_calendar_the_next_90_days_are_unknown(app: App, alice: Person) -> None:
    (event,) = Parsed.from_ical(feed_of(app, alice).text()).walk("VEVENT")
    zone = alice.me.member.tz
    window = days_from(now().astimezone(zone).date(), zone)
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (window.start, window.end)
    assert (event["SUMMARY"], event["TRANSP"], event["STATUS"]) == (UNKNOWN, "TRANSPARENT", "TENTATIVE")


def test_an_event_says_when_and_one_of_two_titles_and_nothing_else(app: App, alice: Person) -> None:
    keep_calendar(app, alice, name="Divorce lawyer")
    parsed = Parsed.from_ical(feed_of(app, alice).text())
    told = {(str(each["SUMMARY"]), str(each["TRANSP"])) for each in parsed.walk("VEVENT")}
    assert told == {("Not on call", "OPAQUE"), ("Would like to be on call", "TRANSPARENT")}
    assert {key for each in parsed.walk("VEVENT") for key in each} == {
        "UID",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "TRANSP",
    }
    assert b"Divorce" not in feed_of(app, alice).text()


def test_the_calendar_says_what_subscribers_look_for(app: App, alice: Person) -> None:
    with app.db.write() as session:
        session.exec(update(Member).values(name="Ana; Müller,\nOps " + "x" * 80))
    text = feed_of(app, alice).text()
    parsed = Parsed.from_ical(text)
    assert (parsed["VERSION"], parsed["X-PUBLISHED-TTL"]) == ("2.0", "PT15M")
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n" in text
    # icalendar leaves the text of names it doesn't know escaped.
    escaped = "Ana\\; Müller\\,\\nOps " + "x" * 80 + "\\, on-call availability"
    assert {str(parsed["NAME"]), str(parsed["X-WR-CALNAME"])} == {escaped}
    assert ical.read(text, Window(*around_now())).name.startswith("Ana; Müller,")
    lines = text.split(b"\r\n")
    assert lines[-1] == b"" and b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75


def test_a_calendar_without_events_still_holds_a_component(app: App, alice: Person) -> None:
    clear_spans(app, keep_calendar(app, alice))
    text = feed_of(app, alice).text()
    assert len(Parsed.from_ical(text).subcomponents) == 1
    assert read_back(text) == []


def test_an_interval_keeps_its_uid_and_no_two_share_one(app: App, alice: Person, bob: Person) -> None:
    keep_calendar(app, alice)
    keep_calendar(app, bob)
    first, again, other = (_uids(feed_of(app, each)) for each in (alice, alice, bob))
    assert first == again
    assert len(set(first)) == 2
    assert not set(first) & set(other)


def test_the_tag_changes_with_the_content_alone(app: App, alice: Person) -> None:
    calendar = keep_calendar(app, alice)
    key = key_of(create_feed_link(app, alice.id))
    first, again = open_feed(app, key), open_feed(app, key)
    assert first and again and (first.tag, first.text()) == (again.tag, again.text())
    add_span(app, alice, calendar, 6, 1, 2)
    changed = open_feed(app, key)
    assert changed and changed.tag != first.tag


def test_what_is_over_is_not_told_but_what_goes_on_is_told_whole(app: App, alice: Person) -> None:
    calendar = keep_calendar(app, alice)
    clear_spans(app, calendar)
    with app.db.write() as session:
        for start, end in ((in_days(-9), in_days(-8)), (in_days(-9), in_days(2))):
            session.add(Availability(member_id=alice.id, calendar_id=calendar.id or 0, start=start, end=end, action=B))
    assert read_back(feed_of(app, alice).text()) == [AvailabilitySpan(in_days(-9), in_days(2), B)]


def test_a_new_address_ends_the_old_one_and_removing_ends_it_for_good(app: App, alice: Person) -> None:
    old = key_of(create_feed_link(app, alice.id))
    new = key_of(create_feed_link(app, alice.id))
    assert open_feed(app, old) is None
    assert open_feed(app, new) is not None
    remove_feed_link(app, alice.id)
    remove_feed_link(app, alice.id)
    assert open_feed(app, new) is None
    assert feed_link_of(app, alice.id) is None


def clear_spans(app: App, calendar: Calendar) -> None:
    with app.db.write() as session:
        session.exec(delete(Availability).where(col(Availability.calendar_id) == calendar.id))


class BusyDatabase(Database):
    """Does something else before its first write."""

    def __init__(self, url: str, first: Callable[[], object]) -> None:
        super().__init__(url)
        self._first: list[Callable[[], object]] = [first]

    @contextmanager
    def write(self) -> Iterator[Session]:
        while self._first:
            self._first.pop()()
        with super().write() as session:
            yield session


def test_a_fetch_of_a_link_that_is_replaced_meanwhile_is_not_recorded_on_the_new_one(app: App, alice: Person) -> None:
    old = key_of(create_feed_link(app, alice.id))
    busy = replace(app, db=BusyDatabase(app.db.url, lambda: create_feed_link(app, alice.id)))
    assert open_feed(busy, old) is not None
    busy.db.close()
    link = feed_link_of(app, alice.id)
    assert link is not None and link.last_fetched_at is None


def test_the_address_is_long_random_and_not_stored(app: App, alice: Person) -> None:
    first, second = (create_feed_link(app, alice.id) for _ in range(2))
    assert first.startswith(f"{app.settings.public_url}/feeds/")
    assert first != second and len(key_of(first)) == 43  # 256 bits in base64
    with app.db.read() as session:
        (row,) = session.exec(select(FeedAddress)).all()
    assert key_of(second) not in row.model_dump_json()
    assert open_feed(app, row.token_hash) is None


@pytest.mark.parametrize("key", ["", "guessed", "x" * 9000, "\udcff", "é"])
@pytest.mark.once_on_postgresql
def test_a_guess_leads_nowhere(app: App, alice: Person, key: str) -> None:
    create_feed_link(app, alice.id)
    assert open_feed(app, key) is None


def test_it_is_known_when_it_was_fetched_last(app: App, alice: Person) -> None:
    key = key_of(create_feed_link(app, alice.id))
    before = feed_link_of(app, alice.id)
    assert before and before.last_fetched_at is None
    open_feed(app, key)
    first = feed_link_of(app, alice.id)
    assert first and first.last_fetched_at and now() - first.last_fetched_at < timedelta(seconds=20)
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    with app.db.write() as session:
        session.exec(update(FeedAddress).values(last_fetched_at=long_ago))
    open_feed(app, key)
    later = feed_link_of(app, alice.id)
    assert later and later.last_fetched_at and later.last_fetched_at > long_ago


def test_everybody_has_an_address_of_their_own(app: App, alice: Person, mallory: Person) -> None:
    keep_calendar(app, alice)
    assert read_back(feed_of(app, mallory).text()) == []
    create_feed_link(app, mallory.id)
    remove_feed_link(app, mallory.id)
    assert feed_link_of(app, alice.id) is None
    create_feed_link(app, alice.id)
    remove_feed_link(app, mallory.id)
    assert feed_link_of(app, alice.id) is not None


@pytest.mark.slow
def test_a_large_calendar_is_written_whole() -> None:
    start = datetime(2026, 11, 22, tzinfo=UTC)
    spans = [
        AvailabilitySpan(start + timedelta(hours=2 * each), start + timedelta(hours=2 * each + 1), B)
        for each in range(2000)
    ]
    text = calendar_text("Alice", spans, owner="x", stamp=start)
    reading = ical.read(text, Window(start, start + timedelta(days=400)))
    assert [(each.starts_at, each.ends_at) for each in reading.occurrences] == [span[:2] for span in spans]


def _uids(feed: PrivateFeed) -> list[str]:
    return sorted(str(each["UID"]) for each in Parsed.from_ical(feed.text()).walk("VEVENT"))
