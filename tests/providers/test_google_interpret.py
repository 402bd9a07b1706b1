"""Google's events as the rules see them: kinds, answers, days and zones, and what one bad event costs."""

import json
import pickle
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.window import Window, days_from
from oncall_ui.domain.imports.events import Attendee, Kind, PartStat, Problem, Reading
from oncall_ui.domain.imports.failures import Unreadable
from providers.base import Changes
from providers.google.interpret import interpret
from tests.calendars import in_days
from tests.fakes.google import Google
from tests.fakes.google_calendars import timed
from tests.providers.helpers.google import ALICE, BERLIN, WINDOW, only, read

TEAM = "team@group.calendar.google.com"
NOON, ONE = in_days(2, 12), in_days(2, 13)
WINTER = Window(datetime(2026, 10, 20, tzinfo=UTC), datetime(2027, 1, 18, tzinfo=UTC))


def changes(*items: Any, zone: str = "", window: Window = WINTER, **head: Any) -> Changes:
    """What is read of `items`, in Berlin unless the calendar has a `zone` of its own."""
    first = {"kind": "events", "address": ALICE, "is_primary": True, "zone": zone, "name": "Work", **head}
    parts = (json.dumps(first).encode(), json.dumps({"items": items}).encode())
    return interpret(parts, window, BERLIN, None, lambda _count: None)


def reading(*items: Any, **more: Any) -> Reading:
    return changes(*items, **more).reading


def spans(found: Reading) -> list[tuple[str, str, bool]]:
    return [(f"{at.starts_at:%m-%d %H:%M}", f"{at.ends_at:%m-%d %H:%M}", at.all_day) for at in found.occurrences]


@pytest.mark.parametrize(
    ("event_type", "kind"),
    [
        ("default", Kind.PLAIN),
        ("focusTime", Kind.PLAIN),
        ("fromGmail", Kind.PLAIN),
        ("outOfOffice", Kind.OUT_OF_OFFICE),
        ("workingLocation", Kind.INFORMATION),
        ("birthday", Kind.INFORMATION),
        ("something new", Kind.PLAIN),
    ],
)
async def test_the_type_says_what_kind_it_is(google: Google, event_type: str, kind: Kind) -> None:
    google.account(ALICE).primary.events = [timed("noc", NOON, ONE, eventType=event_type)]
    assert (await only(google)).kind is kind


async def test_title_description_and_whether_it_is_free_are_read(google: Google) -> None:
    event = timed("On leave", NOON, ONE, description="noc", transparency="transparent", iCalUID="1@x")
    google.account(ALICE).primary.events = [event]
    found = await only(google)
    assert (found.uid, found.title, found.description, found.free, found.cancelled) == (
        "1@x",
        "On leave",
        "noc",
        True,
        False,
    )


@pytest.mark.parametrize(("name", "uid"), [("s@x", "s@x"), ("", "s")])
async def test_instances_of_a_series_share_their_uid(google: Google, name: str, uid: str) -> None:
    google.account(ALICE).primary.events = [
        timed("Standup", in_days(day, 9), in_days(day, 10), iCalUID=name, recurringEventId="s") for day in (1, 2)
    ]
    assert [each.event.uid for each in (await read(google)).occurrences] == [uid, uid]


@pytest.mark.parametrize(
    ("names", "uid"),
    [
        ({"iCalUID": "u", "recurringEventId": "r", "id": "i"}, "u"),
        ({"recurringEventId": "r", "id": "i"}, "r"),
        ({"id": "i"}, "i"),
        ({"iCalUID": 5, "id": "i"}, "i"),
        ({}, ""),
    ],
)
def test_an_event_is_known_by_the_most_lasting_name_it_has(names: dict[str, Any], uid: str) -> None:
    found = reading({"start": {"date": "2026-11-01"}, "end": {"date": "2026-11-02"}, **names})
    assert [each.event.uid for each in found.occurrences] == [uid]


async def test_answers_to_an_invitation_are_read(google: Google) -> None:
    people = {"carol": "accepted", "dave": "declined", "erin": "tentative", "frank": "needsAction", "grace": "new"}
    attendees = [{"email": f"{name}@Example.org", "responseStatus": said} for name, said in people.items()]
    attendees.append({"email": "heidi@example.org"})
    organizer = {"email": "Bob@Example.org", "displayName": "Bob"}
    google.account(ALICE).primary.events = [timed("Plan", NOON, ONE, organizer=organizer, attendees=attendees)]
    found = await only(google)
    assert found.organizer == "bob@example.org"
    assert found.attendees == (
        Attendee("carol@example.org", PartStat.ACCEPTED),
        Attendee("dave@example.org", PartStat.DECLINED),
        Attendee("erin@example.org", PartStat.TENTATIVE),
        Attendee("frank@example.org", PartStat.UNANSWERED),
        Attendee("grace@example.org", PartStat.UNANSWERED),
        Attendee("heidi@example.org", PartStat.UNANSWERED),
    )


async def test_an_invitation_to_an_alias_is_the_accounts_own_on_its_primary_calendar(google: Google) -> None:
    alias = {"email": "al@example.org", "self": True, "responseStatus": "accepted"}
    alice = google.account(ALICE)
    alice.primary.events = [timed("Plan", NOON, ONE, organizer={"email": "bob@example.org"}, attendees=[alias])]
    assert (await only(google)).attendees == (Attendee(ALICE, PartStat.ACCEPTED),)
    alice.primary.events = [timed("Plan", NOON, ONE, organizer={"email": "al@example.org", "self": True})]
    assert (await only(google)).organizer == ALICE


async def test_on_another_calendar_self_is_not_the_account(google: Google) -> None:
    own = {"email": TEAM, "self": True, "responseStatus": "accepted"}
    team = google.account(ALICE).add(TEAM, "Team")
    team.events = [timed("Plan", NOON, ONE, organizer=own, attendees=[own])]
    found = await only(google, TEAM)
    assert (found.organizer, found.attendees) == (TEAM, (Attendee(TEAM, PartStat.ACCEPTED),))


def test_while_the_account_is_unknown_an_address_stays_what_it_is() -> None:
    person = {"email": "al@example.org", "self": True}
    event = timed("Plan", WINTER.start, WINTER.end, organizer=person)
    assert reading(event, address="").occurrences[0].event.organizer == "al@example.org"


def test_cancelled_events_say_so_and_need_no_time() -> None:
    event = {"id": "1", "status": "cancelled"}
    timely = event | {"start": {"date": "2026-11-01"}, "end": {"date": "2026-11-02"}}
    found = reading(event, timely)
    assert [each.event.cancelled for each in found.occurrences] == [True]
    assert (found.problems, found.events_read) == ([], 2)


@pytest.mark.parametrize(
    ("zone", "span"),
    [
        ("", ("10-31 23:00", "11-02 23:00", True)),
        ("America/New_York", ("11-01 04:00", "11-03 05:00", True)),
        ("Pacific/Kiritimati", ("10-31 10:00", "11-02 10:00", True)),
        ("Not/AZone", ("10-31 23:00", "11-02 23:00", True)),
    ],
)
def test_days_are_the_calendars_else_the_members(zone: str, span: tuple[str, str, bool]) -> None:
    """New York leaves summer time on 1 November 2026: those two days have 49 hours."""
    event = {"id": "1", "start": {"date": "2026-11-01"}, "end": {"date": "2026-11-03"}}
    assert spans(reading(event, zone=zone)) == [span]


@pytest.mark.parametrize(
    ("start", "instant"),
    [
        ({"dateTime": "2026-11-02T09:00:00+01:00"}, "11-02 08:00"),
        ({"dateTime": "2026-11-02T09:00:00Z"}, "11-02 09:00"),
        ({"dateTime": "2026-11-02t09:00:00z"}, "11-02 09:00"),
        ({"dateTime": "2026-11-02T09:00:00.500Z"}, "11-02 09:00"),
        ({"dateTime": "2026-11-02T09:00:00Z", "timeZone": "America/New_York"}, "11-02 09:00"),
        ({"dateTime": "2026-11-02T09:00:00", "timeZone": "America/New_York"}, "11-02 14:00"),
        ({"dateTime": "2026-11-02T09:00:00"}, "11-02 00:00"),
        ({"dateTime": "2026-11-02T09:00:00", "timeZone": "No/Such"}, "11-02 00:00"),
        # Twice on the clock: the first of the two.
        ({"dateTime": "2026-10-25T02:30:00", "timeZone": "Europe/Berlin"}, "10-25 00:30"),
    ],
)
def test_times_are_read_with_their_offset_or_in_their_zone(start: dict[str, str], instant: str) -> None:
    event = {"id": "1", "start": start, "end": {"dateTime": "2026-12-01T00:00:00Z"}}
    ((begins, _, all_day),) = spans(reading(event, zone="Asia/Tokyo"))
    assert (begins, all_day) == (instant, False)


def test_a_day_that_ends_on_itself_is_one_day() -> None:
    event = {"id": "1", "start": {"date": "2026-11-05"}, "end": {"date": "2026-11-05"}}
    assert spans(reading(event)) == [("11-04 23:00", "11-05 23:00", True)]


def test_a_moment_without_length_is_kept_as_it_is() -> None:
    noon = {"dateTime": "2026-11-05T12:00:00Z"}
    assert spans(reading({"id": "1", "start": noon, "end": noon})) == [("11-05 12:00", "11-05 12:00", False)]


UNREADABLE_TIMES: list[tuple[Any, Any]] = [
    (None, None),
    ({}, {}),
    (5, "x"),
    ({"date": "2026-13-01"}, {"date": "2026-13-02"}),
    ({"date": "2026-11-01"}, {"dateTime": "2026-11-02T09:00:00Z"}),
    ({"date": "2026-11-01"}, {}),
    ({"date": 20261101}, {"date": 20261102}),
    ({"date": "9999-12-31"}, {"date": "9999-12-31"}),
    ({"date": "0001-01-01"}, {"date": "0001-01-02"}),
    ({"dateTime": "2026-11-01"}, {"dateTime": "2026-11-02"}),
    ({"dateTime": "tomorrow"}, {"dateTime": "Thursday"}),
    ({"dateTime": "2026-11-02T10:00:00Z"}, {"dateTime": "2026-11-02T09:00:00Z"}),
    ({"date": "2026-11-02"}, {"date": "2026-11-01"}),
]


@pytest.mark.parametrize(("start", "end"), UNREADABLE_TIMES, ids=range(len(UNREADABLE_TIMES)))
def test_a_bad_event_costs_itself_alone(start: Any, end: Any) -> None:
    good = {"id": "good", "start": {"date": "2026-11-01"}, "end": {"date": "2026-11-02"}}
    found = reading(good, {"id": "bad", "summary": "Secret", "start": start, "end": end}, good)
    assert [each.event.uid for each in found.occurrences] == ["good", "good"]
    (problem,) = found.problems
    assert (problem.line, problem.uid, problem.skipped) == (0, "bad", True)
    assert "Secret" not in problem.message and problem.message.endswith("was left out.")
    assert found.events_read == 3


@pytest.mark.parametrize("odd", [None, 5, "x", [], [{}]])
def test_an_entry_that_is_no_event_costs_itself_alone(odd: Any) -> None:
    found = reading(odd, {"id": "1", "start": {"date": "2026-11-01"}, "end": {"date": "2026-11-02"}})
    assert len(found.occurrences) == len(found.problems) == 1


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"organizer": 5}, "Its “organizer” isn’t an object."),
        ({"organizer": {"email": 5}}, "Its “email” isn’t text."),
        ({"attendees": "x"}, "Its “attendees” isn’t a list."),
        ({"attendees": [None]}, "It isn’t an object."),
        ({"attendees": [{"email": "a@b.c", "responseStatus": []}]}, "Its “responseStatus” isn’t text."),
        ({"summary": {"a": 1}}, "Its “summary” isn’t text."),
        ({"transparency": {}}, "Its “transparency” isn’t text."),
        ({"status": 3}, "Its “status” isn’t text."),
    ],
)
def test_a_value_of_another_type_costs_its_event_alone(odd: dict[str, Any], why: str) -> None:
    """Passed over, somebody else's event would become the member's own."""
    good = {"id": "1", "start": {"date": "2026-11-01"}, "end": {"date": "2026-11-02"}}
    found = reading(good, {**good, "id": "2", **odd})
    assert [each.event.uid for each in found.occurrences] == ["1"]
    assert found.problems == [Problem(0, "2", f"{why} The event was left out.", skipped=True)]


def test_text_no_database_takes_is_cleaned() -> None:
    found = reading(
        {"id": "1\0", "summary": "a\ud800\0", "start": {"date": "2026-11-01"}, "end": {"date": "2026-11-02"}}
    )
    assert [(each.event.uid, each.event.title) for each in found.occurrences] == [("1", "a?")]


def test_problems_are_listed_to_a_limit_and_counted_beyond() -> None:
    found = reading(*[{"id": "bad"}] * 1_200)
    assert len(found.problems) == 1_001
    assert found.problems[-1].message == "200 more events can’t be read and were left out."


def test_a_reading_is_sorted_named_and_whole_each_time() -> None:
    later = timed("Later", datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))
    sooner = timed("Sooner", datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))
    found = changes(later, sooner, zone="Asia/Tokyo")
    assert [each.event.title for each in found.reading.occurrences] == ["Sooner", "Later"]
    assert (found.reading.name, found.reading.zone) == ("Work", "Asia/Tokyo")
    assert (found.kept, found.digest.groups) == (frozenset(), {})


def test_what_touches_the_window_is_kept() -> None:
    """The window is half-open: what ends as it begins, or begins as it ends, is outside."""
    window = days_from(date(2026, 11, 1), ZoneInfo("UTC"), 10)
    begins, ends = window.start, window.end
    an_hour = timedelta(hours=1)
    events = [
        timed("before", begins - an_hour, begins),
        timed("reaches in", begins - an_hour, begins + an_hour),
        timed("last", ends - an_hour, ends),
        timed("after", ends, ends + an_hour),
    ]
    found = reading(*events, window=window)
    assert [each.event.title for each in found.occurrences] == ["reaches in", "last"]


def test_busy_time_outside_the_window_is_not_kept() -> None:
    spans_told = [
        ("2026-10-18T00", "2026-10-19T00"),
        ("2026-10-19T23", "2026-10-20T01"),
        ("2027-01-18T00", "2027-01-19T00"),
    ]
    busy = [{"start": f"{start}:00:00Z", "end": f"{end}:00:00Z"} for start, end in spans_told]
    answer = json.dumps({"calendars": {ALICE: {"busy": busy}}}).encode()
    found = interpret((b'{"kind": "busy"}', answer), WINTER, BERLIN, None, lambda _count: None)
    assert spans(found.reading) == [("10-19 23:00", "10-20 01:00", False)]


def test_progress_is_told_in_steps_and_at_the_end() -> None:
    head = json.dumps({"kind": "events"}).encode()
    told: list[int] = []
    interpret((head, json.dumps({"items": [{}] * 1_200}).encode()), WINDOW, BERLIN, None, told.append)
    assert told == [500, 1_000, 1_200]


@pytest.mark.parametrize(
    "parts",
    [
        (b'{"kind": "mystery"}',),
        (b"[]",),
        (b'{"kind": "events"}', b"{"),
        (b'{"kind": "events"}', b'{"items": 5}'),
        (b'{"kind": "busy"}', b'{"calendars": {"a": {"busy": 5}}}'),
        (b'{"kind": "busy"}', b'{"calendars": {"a": {"busy": [{"start": "x", "end": "y"}]}}}'),
        (
            b'{"kind": "busy"}',
            b'{"calendars": {"a": {"busy": [{"start": "2026-11-02T00:00:00Z", "end": "2026-11-01T00:00:00Z"}]}}}',
        ),
    ],
)
def test_content_of_something_else_is_unreadable(parts: tuple[bytes, ...]) -> None:
    with pytest.raises(Unreadable) as caught:
        interpret(parts, WINTER, BERLIN, None, lambda _count: None)
    assert caught.value.sentence


def test_it_can_be_sent_to_a_worker() -> None:
    assert pickle.loads(pickle.dumps(interpret)) is interpret
