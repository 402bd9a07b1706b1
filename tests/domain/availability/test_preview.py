"""What an import would bring, for every way of counting."""

from dataclasses import replace

import pytest

from oncall_ui.domain.availability.evaluate import evaluate
from oncall_ui.domain.availability.preview import (
    EXAMPLES,
    FIRST,
    PREVIEWED_MODES,
    Counting,
    CountingMode,
    Preview,
    PreviewedOccurrence,
    preview_for,
    preview_modes,
)
from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Action, Mode, Rules
from oncall_ui.domain.availability.unknown_address import LikelyOwnAddress, likely_own_address
from oncall_ui.domain.ical import Changes
from oncall_ui.domain.imports.events import Attendee, Event, Kind, Occurrence, PartStat, Reading

ME, OTHER, BOSS = "alice@example.org", "a.moreno@example.org", "boss@example.org"
RULES = Rules(addresses=frozenset({ME}))
MATCHING, BLOCK, PREFER = CountingMode(Mode.MATCHING), CountingMode(Mode.BLOCK), CountingMode(Mode.PREFER)
EVERY_WAY = [CountingMode(mode, free, all_day) for mode in Mode for free in (False, True) for all_day in (False, True)]
ACCEPTED, DECLINED, UNANSWERED = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.UNANSWERED


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
    pieces = evaluate(Changes(MIXED), rules).spans
    found = preview_for(preview_modes(MIXED, RULES), way)
    assert [(each.occurrence.start, each.occurrence.end, each.action) for each in found.counting] == [
        (piece.start, piece.end, piece.action) for piece in pieces
    ]
    assert found.number == len(pieces) > 0
    assert found.number + sum(each.number for each in found.ignored) == found.occurrences == 12


def test_it_says_what_would_count_as_what_and_why() -> None:
    found = preview_modes(MIXED, RULES)
    assert preview_for(found, MATCHING).counting[:2] == (
        Counting(PreviewedOccurrence("Dentist, noc", 0, 10, False), Action.BLOCK, Reason.TAG_IN_TITLE, "noc"),
        Counting(
            PreviewedOccurrence("Prefer oncall", 20, 30, False), Action.PREFER, Reason.TAG_IN_TITLE, "prefer oncall"
        ),
    )
    assert preview_for(found, PREFER).counting[1] == Counting(
        PreviewedOccurrence("Easter", 40, 50, True), Action.PREFER, Reason.EVERY_EVENT_PREFERRED
    )


def test_the_others_are_counted_by_reason_the_most_frequent_first_and_a_question_last() -> None:
    assert list(reasons(preview_for(preview_modes(MIXED, RULES), MATCHING)).items()) == [
        ("no tag in title or description", 5),
        ("an invitation you declined", 1),
        ("cancelled", 1),
        ("has no length", 1),
        (f"accepted by {OTHER}: not one of your addresses", 1),
    ]
    assert reasons(preview_for(preview_modes(MIXED, RULES), CountingMode(Mode.BLOCK, counts_all_day=False))) == {
        "marked free": 2,
        "lasts whole days": 1,
        "says nothing about being busy": 1,
        "the same event a second time": 1,
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


def test_nothing_read_is_nothing_told() -> None:
    assert set(preview_modes(of(), RULES).values()) == {Preview(0, 0, (), ())}
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
