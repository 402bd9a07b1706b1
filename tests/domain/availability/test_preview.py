"""What an import would bring, for every way of counting."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.day_grid import DayState, Segment
from oncall_ui.domain.availability.evaluate import evaluate
from oncall_ui.domain.availability.preview import (
    EXAMPLES,
    FIRST,
    PREVIEWED_MODES,
    Counting,
    CountingMode,
    Preview,
    PreviewedEvent,
    preview_for,
)
from oncall_ui.domain.availability.preview import preview_modes as preview_modes_in
from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Action, Mode, Rules
from oncall_ui.domain.availability.unknown_address import LikelyOwnAddress, likely_own_address
from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.ical import Changes
from oncall_ui.domain.imports.events import Attendee, Event, Kind, Occurrence, PartStat, Reading

ME, OTHER, BOSS = "alice@example.org", "a.moreno@example.org", "boss@example.org"
RULES = Rules(addresses=frozenset({ME}))
MATCHING, BLOCK, PREFER = CountingMode(Mode.MATCHING), CountingMode(Mode.BLOCK), CountingMode(Mode.PREFER)
EVERY_WAY = [CountingMode(mode, free, all_day) for mode in Mode for free in (False, True) for all_day in (False, True)]
ACCEPTED, DECLINED, UNANSWERED = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.UNANSWERED


LONDON = ZoneInfo("Europe/London")
FIRST_DAY = date(2026, 12, 1)
WINDOW = days_from(FIRST_DAY, LONDON)


def preview_modes(
    reading: Reading, rules: Rules, others: frozenset[str] = frozenset()
) -> Mapping[CountingMode, Preview]:
    return preview_modes_in(reading, rules, WINDOW, LONDON, others)


def at(day: int, hour: int = 0, *, month: int = 12) -> int:
    return int(datetime(2026, month, day, hour, tzinfo=UTC).timestamp())


def invited(uid: str, *answers: tuple[str, PartStat], by: str = BOSS) -> Event:
    return Event(uid, "Offsite, noc", organizer=by, attendees=tuple(Attendee(*each) for each in answers))


def reading(*events: Event, all_day: bool = False) -> Reading:
    found = [Occurrence(1000 * place, 1000 * place + 500, all_day, event) for place, event in enumerate(events)]
    return of(*found)


def of(*occurrences: Occurrence) -> Reading:
    return Reading("Work", "UTC", list(occurrences), [], len(occurrences))


def reasons(found: Preview) -> dict[str, int]:
    return {each.words: each.number for each in found.ignored}


MIXED = of(
    Occurrence(0, 10, False, Event("1", "Dentist, noc")),
    Occurrence(20, 30, False, Event("2", "Prefer oncall", free=True)),
    Occurrence(40, 50, True, Event("3", "Easter")),
    Occurrence(60, 70, True, Event("4", "New Year", free=True)),
    Occurrence(80, 90, False, Event("5", "Lunch")),
    Occurrence(80, 90, False, Event("5", "Lunch")),
    Occurrence(100, 100, False, Event("6", "Call, noc")),
    Occurrence(110, 120, False, Event("7", "Away", kind=Kind.OUT_OF_OFFICE)),
    Occurrence(110, 120, False, Event("8", "At home", kind=Kind.INFORMATION)),
    Occurrence(130, 140, False, Event("9", "noc", cancelled=True)),
    Occurrence(150, 160, False, invited("10", (ME, DECLINED))),
    Occurrence(170, 180, False, invited("11", (OTHER, ACCEPTED))),
)


@pytest.mark.parametrize("way", EVERY_WAY, ids=str)
def test_every_way_comes_to_what_an_import_would_keep(way: CountingMode) -> None:
    rules = replace(RULES, mode=way.mode, counts_free=way.counts_free, counts_all_day=way.counts_all_day)
    spans = evaluate(Changes(MIXED), rules).spans
    found = preview_for(preview_modes(MIXED, RULES), way)
    assert [(each.event.start, each.event.end, each.action) for each in found.counting] == [
        (span.start, span.end, span.action) for span in spans
    ]
    assert found.spans == len(spans) == sum(each.event.times for each in found.counting) > 0
    assert found.number + sum(each.number for each in found.ignored) == found.events == 11


def test_it_says_what_would_count_as_what_and_why() -> None:
    found = preview_modes(MIXED, RULES)
    assert preview_for(found, MATCHING).counting[:2] == (
        Counting(PreviewedEvent("Dentist, noc", 0, 10, False), Action.BLOCK, Reason.TAG_IN_TITLE, "noc"),
        Counting(PreviewedEvent("Prefer oncall", 20, 30, False), Action.PREFER, Reason.TAG_IN_TITLE, "prefer oncall"),
    )
    assert preview_for(found, PREFER).counting[1] == Counting(
        PreviewedEvent("Easter", 40, 50, True), Action.PREFER, Reason.EVERY_EVENT_PREFERRED
    )


def test_the_others_are_counted_by_reason_the_most_frequent_first_and_a_question_last() -> None:
    assert list(reasons(preview_for(preview_modes(MIXED, RULES), MATCHING)).items()) == [
        ("no tag in title or description", 4),
        ("an invitation you declined", 1),
        ("cancelled", 1),
        ("has no length", 1),
        (f"accepted by {OTHER}: not one of your addresses", 1),
    ]
    assert reasons(preview_for(preview_modes(MIXED, RULES), CountingMode(Mode.BLOCK, counts_all_day=False))) == {
        "marked free": 2,
        "lasts whole days": 1,
        "says nothing about being busy": 1,
        "an invitation you declined": 1,
        "cancelled": 1,
        "has no length": 1,
        f"accepted by {OTHER}: not one of your addresses": 1,
    }


def test_what_is_told_one_by_one_has_an_end() -> None:
    meetings = [Event(str(number), "Meeting") for number in range(400)]
    found = preview_modes(reading(*meetings), RULES)
    assert (found[BLOCK].number, len(found[BLOCK].counting)) == (400, FIRST)
    (ignored,) = found[MATCHING].ignored
    assert (ignored.number, len(ignored.examples)) == (400, EXAMPLES)


STANDUP = Event("standup", "Standup, noc")


def test_a_series_is_one_event_however_often_it_occurs() -> None:
    series = [Occurrence(1000 * place, 1000 * place + 500, False, STANDUP) for place in range(60)]
    found = preview_for(preview_modes(of(*series, Occurrence(10, 20, False, Event("2", "Lunch"))), RULES), MATCHING)
    assert (found.events, found.number, found.spans) == (2, 1, 60)
    assert [(each.event.start, each.event.times, each.event.occurrences) for each in found.counting] == [(0, 60, 60)]
    assert [(each.number, each.examples[0].times) for each in found.ignored] == [(1, 1)]


def test_a_series_counts_if_one_of_its_instances_does() -> None:
    declined = replace(STANDUP, organizer=BOSS, attendees=(Attendee(ME, DECLINED),))
    moved = of(*(Occurrence(at(n), at(n, 1), False, declined if n < 4 else STANDUP) for n in range(1, 6)))
    found = preview_for(preview_modes(moved, RULES), MATCHING)
    assert (found.events, found.number, found.ignored) == (1, 1, ())
    (counting,) = found.counting
    assert (counting.event.start, counting.event.times, counting.event.occurrences) == (at(4), 2, 5)


def test_a_series_that_does_not_count_says_why_most_of_it_does_not() -> None:
    declined = Event("1", "Standup", organizer=BOSS, attendees=(Attendee(ME, DECLINED),))
    mixed = of(*(Occurrence(at(n), at(n, 1), False, declined if n < 2 else Event("1", "Standup")) for n in (1, 2, 3)))
    assert reasons(preview_for(preview_modes(mixed, RULES), MATCHING)) == {"no tag in title or description": 1}


def test_events_without_a_uid_are_told_apart() -> None:
    found = preview_modes(of(*(Occurrence(at(n), at(n, 1), False, Event("", "noc")) for n in (1, 2))), RULES)
    assert (found[MATCHING].events, found[MATCHING].number) == (2, 2)


def test_the_days_are_those_an_import_would_bring() -> None:
    found = preview_modes(
        of(
            Occurrence(at(1, 22), at(2, 6), False, Event("1", "Flight, noc")),
            Occurrence(at(3), at(4), True, Event("2", "Prefer oncall")),
            Occurrence(at(5, 9), at(5, 10), False, Event("3", "Lunch")),
        ),
        RULES,
    )
    days = preview_for(found, MATCHING).days
    assert (days[0].date, len(days)) == (FIRST_DAY, 90)
    assert [each.state for each in days[:6]] == [
        DayState.BLOCKED_IN_PART,
        DayState.BLOCKED_IN_PART,
        DayState.PREFERRED,
        *[DayState.OPEN] * 3,
    ]
    assert days[0].segments == (Segment(Action.BLOCK, 22, 24),)
    preferred = preview_for(found, PREFER).days
    assert [each.state for each in preferred[2:5]] == [
        DayState.PREFERRED,
        DayState.OPEN,
        DayState.PREFERRED_IN_PART,
    ]
    assert {segment.action for day in preferred for segment in day.segments} == {Action.PREFER}


def test_what_never_ends_fills_the_days_of_the_window() -> None:
    ever = Occurrence(-62_135_596_800, 253_402_300_800 + 400 * 86_400, True, Event("1", "noc"))
    days = preview_for(preview_modes(of(ever), RULES), MATCHING).days
    assert {day.state for day in days} == {DayState.BLOCKED}


def test_nothing_read_is_nothing_told() -> None:
    for found in preview_modes(of(), RULES).values():
        assert replace(found, days=()) == Preview(0, 0, 0, (), ())
        assert {day.state for day in found.days} == {DayState.OPEN}
    assert len(PREVIEWED_MODES) == 5


def test_the_address_that_would_bring_most_is_named_and_the_rest_stays_unknown() -> None:
    found = preview_for(
        preview_modes(
            reading(
                invited("1", (OTHER, ACCEPTED)),
                invited("2", (OTHER, ACCEPTED), by="chair@example.org"),
                invited("3", ("x@example.org", ACCEPTED), by="chair@example.org"),
                invited("4", (OTHER, DECLINED)),
            ),
            RULES,
        ),
        MATCHING,
    )
    assert [(each.words, each.number, each.address) for each in found.ignored] == [
        ("invitations to none of your addresses", 2, ""),
        (f"accepted by {OTHER}: not one of your addresses", 2, OTHER),
    ]


def test_trusting_that_address_moves_its_events_over() -> None:
    events = reading(invited("1", (OTHER, ACCEPTED)), invited("2", (BOSS, ACCEPTED)))
    before = preview_for(preview_modes(events, RULES), MATCHING)
    (address,) = {each.address for each in before.ignored if each.address}
    after = preview_for(preview_modes(events, replace(RULES, addresses=frozenset({ME, address}))), MATCHING)
    (moved,) = (each.number for each in before.ignored if each.address)
    assert after.number == before.number + moved


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], ""),
        ([invited("1", (OTHER, ACCEPTED))], OTHER),
        ([invited("1", (OTHER, ACCEPTED), (BOSS, ACCEPTED))], OTHER),
        ([invited("1", (OTHER, UNANSWERED))], BOSS),
        ([invited("1", (OTHER, DECLINED), by="")], ""),
        ([invited("1", (OTHER, ACCEPTED)), invited("2", (OTHER, DECLINED))], OTHER),
        ([invited("1", (OTHER, ACCEPTED), by="x@example.org"), invited("2"), invited("3")], BOSS),
        ([invited("1", ("colleague@example.org", ACCEPTED), by="colleague@example.org")], ""),
        ([invited("1", ("no address", ACCEPTED), by="x" * 260 + "@example.org")], ""),
        ([invited("1", ("moc.elpmaxe\u202e@a", ACCEPTED), by="")], ""),
        ([invited("1", ("@example.org", ACCEPTED), by="alice@")], ""),
    ],
    ids=[
        "nothing",
        "rather who accepted",
        "an organiser who accepts too",
        "who organised",
        "nobody",
        "who declines, too",
        "more often",
        "a colleague",
        "too long",
        "turned",
        "halves",
    ],
)
def test_who_could_be_the_member(events: list[Event], expected: str) -> None:
    found = likely_own_address([(event, 1) for event in events], frozenset({"colleague@example.org"}))
    assert found.address == expected


def test_what_recurs_weighs_as_often_as_it_does() -> None:
    weekly, once = invited("1", (OTHER, ACCEPTED), by=""), invited("2", (BOSS, ACCEPTED), by="")
    assert likely_own_address([(once, 1), (weekly, 12)], frozenset()).address == OTHER
    both = [invited("3", by=OTHER), invited("4", (OTHER, ACCEPTED), by="")]
    assert likely_own_address([(each, 1) for each in both], frozenset()).reason is Reason.HANDLED_BY_LIKELY_ADDRESS
    assert likely_own_address([], frozenset()) == LikelyOwnAddress()
