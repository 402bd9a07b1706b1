"""What an event of Graph's calendar view comes to."""

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.rules import Mode, Rules, decide
from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.domain.imports.events import Attendee, Kind, PartStat, Problem
from oncall_ui.domain.imports.failures import Unreadable
from providers.outlook.envelope import Envelope
from tests.calendars import in_days
from tests.fakes.graph_events import Json, days, event, guest, invitation, moment, person
from tests.providers.helpers.outlook import ALICE, BERLIN, WINDOW, interpreted, only, read

START, END = in_days(3, 9), in_days(3, 10)
TOKYO = ZoneInfo("Asia/Tokyo")
MINE = Rules(Mode.BLOCK, frozenset({ALICE}))


def meeting(**more: Any) -> Json:
    return event("Meeting", START, END, **more)


def test_everything_the_rules_look_at_comes_along() -> None:
    at = only(meeting(body={"contentType": "text", "content": "No\r\nOncall"}, organizer=person("Bob@Contoso.example")))
    assert (at.starts_at, at.ends_at, at.all_day) == (START, END, False)
    assert (at.event.title, at.event.description, at.event.kind) == ("Meeting", "No\r\nOncall", Kind.PLAIN)
    assert (at.event.free, at.event.cancelled, at.event.attendees) == (False, False, ())


@pytest.mark.parametrize(
    ("shown", "kind", "free"),
    [
        ("free", Kind.PLAIN, True),
        ("tentative", Kind.PLAIN, False),
        ("busy", Kind.PLAIN, False),
        ("oof", Kind.OUT_OF_OFFICE, False),
        ("workingElsewhere", Kind.INFORMATION, False),
        ("unknown", Kind.PLAIN, False),
        ("somethingNew", Kind.PLAIN, False),
        (None, Kind.PLAIN, False),
    ],
)
def test_how_it_is_shown_decides_as_in_a_feed(shown: str | None, kind: Kind, free: bool) -> None:
    about = only(meeting(showAs=shown)).event
    assert (about.kind, about.free) == (kind, free)
    narrow = only(meeting(showAs=shown), narrow=True).event
    assert (narrow.kind, narrow.free) == (Kind.BUSY_TIME if kind is Kind.PLAIN else kind, free)


def test_the_category_holiday_makes_a_holiday() -> None:
    assert only(meeting(categories=["Germany", "Holiday "])).event.kind is Kind.HOLIDAY
    assert only(meeting(categories=["Holiday party"])).event.kind is Kind.PLAIN
    assert only(meeting(categories=["Holiday"], showAs="oof")).event.kind is Kind.OUT_OF_OFFICE


def test_a_cancelled_event_is_marked_so() -> None:
    assert only(meeting(isCancelled=True)).event.cancelled


@pytest.mark.parametrize(
    ("response", "answer", "counts"),
    [
        ("accepted", PartStat.ACCEPTED, True),
        ("tentativelyAccepted", PartStat.TENTATIVE, False),
        ("declined", PartStat.DECLINED, False),
        ("notResponded", PartStat.UNANSWERED, False),
    ],
)
def test_the_owners_answer_is_separate_from_the_guests(response: str, answer: PartStat, counts: bool) -> None:
    about = only(invitation("Meeting", START, END, response)).event
    assert about.organizer == "bob@contoso.example"
    assert about.attendees == (Attendee("carol@contoso.example", PartStat.UNANSWERED), Attendee(ALICE, answer))
    assert (decide(about, MINE).action is not None) is counts


def test_the_owners_answer_holds_against_a_stale_one_in_the_list() -> None:
    stale = [guest("a.smith@contoso.example", "accepted")]
    about = only(
        invitation("Meeting", START, END, "declined", attendees=stale), owner=(ALICE, "a.smith@contoso.example")
    ).event
    assert about.attendees == (Attendee(ALICE, PartStat.DECLINED),)


def test_guests_that_are_hidden_make_it_no_event_of_ones_own() -> None:
    about = only(invitation("Meeting", START, END, "declined", attendees=[])).event
    assert decide(about, MINE).words == "an invitation you declined"


@pytest.mark.parametrize(
    "organised",
    [{"responseStatus": {"response": "organizer"}, "isOrganizer": False}, {"responseStatus": {"response": "none"}}],
)
def test_what_the_owner_organised_is_theirs_under_any_alias(organised: Json) -> None:
    guests = [guest("carol@contoso.example", "declined")]
    about = only(meeting(organizer=person("alias@contoso.example"), attendees=guests, **organised)).event
    assert about.organizer == ALICE
    assert decide(about, MINE).action is not None


def test_an_unknown_owner_is_known_by_the_organiser() -> None:
    about = only(meeting(organizer=person("bob@contoso.example")), owner=()).event
    assert about.organizer == "bob@contoso.example"


def test_without_any_guests_it_is_the_members_own() -> None:
    none = {"response": "none", "time": "0001-01-01T00:00:00Z"}
    about = only(meeting(isOrganizer=False, organizer=None, attendees=None, responseStatus=none)).event
    assert (about.organizer, about.attendees) == ("", ())
    assert decide(about, MINE).action is not None


def test_without_an_answer_of_the_owner_the_list_speaks() -> None:
    guests = [guest(ALICE, "accepted"), guest("bob@contoso.example", "tentativelyAccepted"), guest("", "declined")]
    none = {"response": "none", "time": "0001-01-01T00:00:00Z"}
    about = only(
        meeting(isOrganizer=False, attendees=guests, responseStatus=none, organizer=person("bob@x.example"))
    ).event
    assert about.attendees == (
        Attendee(ALICE, PartStat.ACCEPTED),
        Attendee("bob@contoso.example", PartStat.TENTATIVE),
        Attendee("", PartStat.DECLINED),
    )
    assert about.organizer == "bob@x.example"


def test_on_somebody_elses_calendar_the_answer_is_theirs() -> None:
    about = only(invitation("Meeting", START, END, "accepted"), owner=("bob@contoso.example",)).event
    assert Attendee("bob@contoso.example", PartStat.ACCEPTED) in about.attendees
    assert decide(about, MINE).action is None


def test_on_a_calendar_without_an_owner_a_declined_event_still_does_not_count() -> None:
    about = only(invitation("Meeting", START, END, "declined", attendees=[]), owner=(), narrow=True).event
    assert decide(about, MINE).action is None


@pytest.mark.parametrize(
    ("names", "uid"),
    [
        ({}, "0400"),
        ({"iCalUId": None}, "series"),
        ({"iCalUId": "", "seriesMasterId": None}, "id"),
        ({"iCalUId": None, "seriesMasterId": None, "id": None}, ""),
    ],
)
def test_the_first_name_an_event_has_is_its_uid(names: Json, uid: str) -> None:
    usual = {"iCalUId": "0400", "seriesMasterId": "series", "id": "id"}
    assert only(meeting(**usual | names)).event.uid == uid


@pytest.mark.parametrize("zone", [BERLIN, TOKYO, ZoneInfo("America/Sao_Paulo")])
def test_days_are_days_where_the_member_is(zone: ZoneInfo) -> None:
    at = only(days("Away", in_days(5), 2), zone=zone)
    first = in_days(5).date()
    assert at.all_day
    assert (at.starts_at, at.ends_at) == (start_of_day(first, zone), start_of_day(first + timedelta(days=2), zone))


def test_days_keep_their_date_whatever_zone_is_named() -> None:
    day = moment(in_days(5), "Tokyo Standard Time")
    at = only(days("Away", in_days(5), start=day, end=moment(in_days(6), "tzone://Microsoft/Custom")))
    assert at.starts_at == start_of_day(in_days(5).date(), BERLIN)


def test_a_day_that_ends_as_it_begins_lasts_a_day() -> None:
    at = only(days("Away", in_days(5), 0))
    assert at.ends_at - at.starts_at >= timedelta(hours=23)


@pytest.mark.parametrize(
    ("written", "zone", "hour"),
    [
        ("09:00:00.0000000", "UTC", 9),
        ("09:00:00", "UTC", 9),
        ("09:00:00.1234567", "UTC", 9),
        ("09:00:00Z", "UTC", 9),
        ("09:00:00Z", "Tokyo Standard Time", 9),
        ("18:00:00.0000000", "Tokyo Standard Time", 9),
        ("18:00:00", "Asia/Tokyo", 9),
        ("09:00:00", "Etc/UTC", 9),
        ("09:00:00", "utc", 9),
    ],
)
def test_a_time_is_read_in_the_zone_beside_it(written: str, zone: str, hour: int) -> None:
    at = only(meeting(start={"dateTime": f"{START:%Y-%m-%d}T{written}", "timeZone": zone}))
    assert at.starts_at == START.replace(hour=hour)


def test_only_what_touches_the_window_is_kept() -> None:
    hour = timedelta(hours=1)
    spans = {
        "before": (WINDOW.start - hour, WINDOW.start),
        "into": (WINDOW.start - hour, WINDOW.start + hour),
        "point": (WINDOW.start, WINDOW.start),
        "out of": (WINDOW.end - hour, WINDOW.end + hour),
        "behind": (WINDOW.end, WINDOW.end + hour),
    }
    reading = read(*(event(title, *span) for title, span in reversed(spans.items())))
    assert [at.event.title for at in reading.occurrences] == ["into", "point", "out of"]
    assert reading.events_read == 5


def test_a_reading_is_sorted_by_start_end_and_uid() -> None:
    items = [meeting(id=f"{number}", iCalUId=uid) for number, uid in enumerate("cab")]
    longer = meeting(id="l", iCalUId="a", end=moment(END + timedelta(hours=1)))
    earlier = event("Early", START - timedelta(hours=1), START)
    found = read(longer, *items, earlier).occurrences
    assert [(at.event.title, at.event.uid) for at in found][1:] == [
        (each, uid) for each, uid in zip(["Meeting"] * 4, "abca", strict=True)
    ]
    assert found[0].event.title == "Early"


def test_a_series_as_such_is_no_occurrence() -> None:
    reading = read(meeting(type="seriesMaster"), meeting(id="o", type="occurrence"))
    assert (len(reading.occurrences), reading.events_read, reading.problems) == (1, 1, [])


BROKEN: list[Any] = [
    7,
    None,
    "event",
    [],
    {},
    {"start": None},
    {"start": {}},
    {"start": "2026-12-01"},
    {"start": {"dateTime": 7, "timeZone": "UTC"}},
    {"start": {"dateTime": "tomorrow", "timeZone": "UTC"}},
    {"start": {"dateTime": "2026-13-01T00:00:00", "timeZone": "UTC"}},
    {"start": {"dateTime": "2026-12-01T25:00:00", "timeZone": "UTC"}},
    {"start": {"dateTime": "0001-01-01T00:00:00", "timeZone": "UTC"}},
    {"start": {"dateTime": "9999-12-31T00:00:00", "timeZone": "UTC"}, "isAllDay": True},
    {"end": {"dateTime": "٢٠٩٩-12-01T00:00:00", "timeZone": "UTC"}},
    {"start": {"dateTime": "2026-12-01T09:00:00", "timeZone": "tzone://Microsoft/Custom"}},
    {"start": {"dateTime": "2026-12-01T09:00:00", "timeZone": ""}},
    {"start": {"dateTime": "2026-12-01T09:00:00", "timeZone": "x" * 10_000}},
    {"end": moment(START - timedelta(hours=1))},
    {"end": moment(START - timedelta(days=2)), "isAllDay": True},
    {"isAllDay": "true"},
    {"isCancelled": 1},
    {"isOrganizer": "yes", "responseStatus": None},
    {"showAs": ["free"]},
    {"subject": {}},
    {"body": "text"},
    {"body": {"content": 7}},
    {"organizer": "bob"},
    {"organizer": {"emailAddress": {"address": 7}}},
    {"organizer": {"emailAddress": "bob"}},
    {"attendees": {}},
    {"attendees": ["bob"]},
    {"attendees": [{"emailAddress": {"address": []}}]},
    {"attendees": [{"status": "accepted"}]},
    {"responseStatus": "accepted"},
    {"responseStatus": {"response": 1}},
    {"categories": "Holiday"},
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: repr(broken)[:60])
def test_a_broken_event_costs_only_itself(broken: Any) -> None:
    bad = event("Bad", START, END) | broken if isinstance(broken, dict) and broken else broken
    reading = read(meeting(), bad, event("Dinner", START, END))
    assert sorted(at.event.title for at in reading.occurrences) == ["Dinner", "Meeting"]
    (problem,) = reading.problems
    assert (problem.line, problem.skipped) == (0, True)
    assert problem.message.endswith("The event was left out.") and "Bad" not in problem.message
    assert reading.events_read == 3


def test_a_problem_names_the_event_by_its_uid() -> None:
    (problem,) = read(meeting(iCalUId="0400", start=None)).problems
    assert problem == Problem(0, "0400", "Its start isn’t a date and time. The event was left out.", skipped=True)


def test_names_of_any_type_are_names_of_nothing() -> None:
    assert only(meeting(iCalUId=7, seriesMasterId=[], id={})).event.uid == ""


def test_problems_beyond_counting_are_summed_up() -> None:
    problems = read(*[7] * 1_200).problems
    assert len(problems) == 1_001
    assert problems[-1] == Problem(0, "", "200 more events can’t be read and were left out.", skipped=True)


def test_text_no_encoding_holds_is_read_all_the_same() -> None:
    about = only(meeting(subject="\ud800 noc")).event
    assert about.title.encode().endswith(b" noc")


def test_progress_is_told_page_by_page() -> None:
    from providers.outlook.interpret import interpret

    head = Envelope((ALICE,), False).to_bytes()
    pages = [
        json.dumps({"value": [meeting(id=str(2 * page)), meeting(id=str(2 * page + 1))]}).encode() for page in (0, 1)
    ]
    told: list[int] = []
    interpret((head, *pages), WINDOW, BERLIN, None, told.append)
    assert told == [2, 4]


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (b"[]",),
        (b"7",),
        (b'{"value": []}',),
        (b"[" * 100_000,),
        (b'{"holds": "outlook calendar view", "owner": 7}',),
        (Envelope((), False).to_bytes(), b"{"),
        (Envelope((), False).to_bytes(), b'{"value": 7}'),
    ],
)
def test_what_is_not_ours_is_unreadable(parts: tuple[bytes, ...]) -> None:
    with pytest.raises(Unreadable) as caught:
        interpreted(*parts)
    assert caught.value.sentence.startswith("Microsoft sent something that isn’t a calendar.")


def test_a_head_comes_back_as_it_was() -> None:
    head = Envelope((ALICE, "a@b.example"), True)
    assert Envelope.from_bytes(head.to_bytes()) == head
