"""Everything the rules look at comes along with an occurrence."""

import pytest

from oncall_ui.domain.ical import read
from oncall_ui.domain.imports.events import Attendee, Kind, PartStat
from tests.domain.ical.sources import WEEK, calendar, event, only


def test_title_and_description_are_unescaped() -> None:
    about = only(calendar(event("SUMMARY:Lunch\\, long", "DESCRIPTION;LANGUAGE=en:No\\nOncall\\; sorry \\\\o/")))
    assert about.title == "Lunch, long"
    assert about.description == "No\nOncall; sorry \\o/"


def test_a_title_with_a_colon_in_its_parameters_is_read() -> None:
    assert only(calendar(event('SUMMARY;ALTREP="http://example.org/a:b":Talk: part 2'))).title == "Talk: part 2"


@pytest.mark.parametrize(
    ("lines", "free"),
    [
        ([], False),
        (["TRANSP:TRANSPARENT"], True),
        (["TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"], True),
        (["TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"], True),
        (["TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"], False),
        (["TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"], False),
    ],
)
def test_busystatus_decides_before_transp_unless_it_is_stale(lines: list[str], free: bool) -> None:
    assert only(calendar(event(*lines))).free is free


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", Kind.OUT_OF_OFFICE),
        ("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", Kind.INFORMATION),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", Kind.PLAIN),
        ("CATEGORIES:Holiday", Kind.HOLIDAY),
        ("CATEGORIES:work,HOLIDAYS", Kind.HOLIDAY),
        ("CATEGORIES:Holiday party", Kind.PLAIN),
    ],
)
def test_the_kind_of_an_event_is_what_its_product_says(line: str, kind: Kind) -> None:
    assert only(calendar(event(line))).kind is kind


def test_holiday_may_stand_in_a_second_line_of_categories() -> None:
    assert only(calendar(event("CATEGORIES:Germany", "CATEGORIES:Holiday"))).kind is Kind.HOLIDAY


@pytest.mark.parametrize("word", ["CANCELLED", "cancelled", "CANCELED"])
def test_a_cancelled_event_is_marked_so(word: str) -> None:
    assert only(calendar(event(f"STATUS:{word}"))).cancelled


def test_every_event_of_a_cancellation_is_cancelled() -> None:
    assert only(calendar(event(), head="METHOD:CANCEL")).cancelled


@pytest.mark.parametrize(("word", "private"), [("PUBLIC", False), ("PRIVATE", True), ("confidential", True)])
def test_a_private_event_is_marked_so(word: str, private: bool) -> None:
    assert only(calendar(event(f"CLASS:{word}"))).private is private


def test_attendees_come_with_their_answers() -> None:
    about = only(
        calendar(
            event(
                "ORGANIZER;CN=Ada:MAILTO:Ada@Example.org",
                'ATTENDEE;CN="Bob: the one";PARTSTAT=ACCEPTED:mailto:bob@example.org',
                "ATTENDEE;PARTSTAT=declined:mailto:chen@example.org",
                "ATTENDEE;PARTSTAT=TENTATIVE;ROLE=OPT-PARTICIPANT:mailto:dmitri@example.org",
                "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:eluned@example.org",
                "ATTENDEE:mailto:farid@example.org",
                "ATTENDEE;EMAIL=grace@example.org;PARTSTAT=ACCEPTED:urn:uuid:1234",
            )
        )
    )
    assert about.organizer == "ada@example.org"
    assert about.attendees == (
        Attendee("bob@example.org", PartStat.ACCEPTED),
        Attendee("chen@example.org", PartStat.DECLINED),
        Attendee("dmitri@example.org", PartStat.TENTATIVE),
        Attendee("eluned@example.org", PartStat.UNANSWERED),
        Attendee("farid@example.org", PartStat.UNANSWERED),
        Attendee("grace@example.org", PartStat.ACCEPTED),
    )


def test_an_alarm_says_nothing_about_its_event() -> None:
    alarm = "BEGIN:VALARM\r\nSUMMARY:Alarm\r\nATTENDEE:mailto:alarm@example.org\r\nSTATUS:CANCELLED\r\nEND:VALARM"
    about = only(calendar(event(alarm, "SUMMARY:Meeting")))
    assert (about.title, about.attendees, about.cancelled) == ("Meeting", (), False)


def test_a_changed_instance_brings_its_own_details() -> None:
    series = event("RRULE:FREQ=DAILY;COUNT=2", "SUMMARY:Usual")
    changed = event(
        "RECURRENCE-ID:20261203T090000Z", "SUMMARY:Special", "STATUS:CANCELLED", start="DTSTART:20261203T090000Z"
    )
    found = read(calendar(series, changed), WEEK).occurrences
    assert [(at.event.title, at.event.cancelled) for at in found] == [("Usual", False), ("Special", True)]


def test_free_busy_time_says_what_sort_it_is() -> None:
    lines = [
        f"FREEBUSY;FBTYPE={sort}:2026120{day}T090000Z/PT1H"
        for day, sort in enumerate(("BUSY", "BUSY-TENTATIVE", "BUSY-UNAVAILABLE", "FREE"), 2)
    ]
    body = "\r\n".join(["BEGIN:VFREEBUSY", "UID:f", "ATTENDEE:mailto:me@example.org", *lines, "END:VFREEBUSY"])
    reading = read(calendar(body), WEEK)
    assert [(at.event.kind, at.event.free, at.event.attendees) for at in reading.occurrences] == [
        (Kind.BUSY_TIME, False, ()),
        (Kind.BUSY_TIME, False, ()),
        (Kind.OUT_OF_OFFICE, False, ()),
        (Kind.BUSY_TIME, True, ()),
    ]
    assert reading.events_read == 1
