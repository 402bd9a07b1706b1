"""What an import would bring, for every way of counting."""

from dataclasses import replace

import pytest

from oncall_ui.domain.availability.evaluate import conclude
from oncall_ui.domain.availability.preview import (
    EXAMPLES,
    FIRST,
    WEIGHED,
    Counting,
    Entry,
    Forecast,
    Way,
    foresee,
    under,
)
from oncall_ui.domain.availability.rules import Action, Mode, Rules
from oncall_ui.domain.availability.unknown_address import Stranger, stranger_in
from oncall_ui.domain.ical import Changes
from oncall_ui.domain.imports.events import Answer, Attendee, Event, Kind, Occurrence, Reading

ME, OTHER, BOSS = "alice@example.org", "a.moreno@example.org", "boss@example.org"
RULES = Rules(addresses=frozenset({ME}))
MATCHING, BLOCK, PREFER = Way(Mode.MATCHING), Way(Mode.BLOCK), Way(Mode.PREFER)
EVERY_WAY = [Way(mode, free, all_day) for mode in Mode for free in (False, True) for all_day in (False, True)]
ACCEPTED, DECLINED, UNANSWERED = Answer.ACCEPTED, Answer.DECLINED, Answer.UNANSWERED


def invited(uid: str, *answers: tuple[str, Answer], by: str = BOSS) -> Event:
    return Event(uid, "Offsite, noc", organizer=by, attendees=tuple(Attendee(*each) for each in answers))


def reading(*events: Event, all_day: bool = False) -> Reading:
    found = [Occurrence(1000 * place, 1000 * place + 500, all_day, event) for place, event in enumerate(events)]
    return of(*found)


def of(*occurrences: Occurrence) -> Reading:
    return Reading("Work", "UTC", list(occurrences), [], len(occurrences))


def reasons(found: Forecast) -> dict[str, int]:
    return {each.reason: each.number for each in found.ignored}


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
def test_every_way_comes_to_what_an_import_would_keep(way: Way) -> None:
    rules = replace(RULES, mode=way.mode, counts_free=way.counts_free, counts_all_day=way.counts_all_day)
    pieces = conclude(Changes(MIXED), rules).pieces
    found = under(foresee(MIXED, RULES), way)
    assert [(each.entry.start, each.entry.end, each.action) for each in found.counting] == [
        (piece.start, piece.end, piece.action) for piece in pieces
    ]
    assert found.number == len(pieces) > 0
    assert found.number + sum(each.number for each in found.ignored) == found.occurrences == 12


def test_it_says_what_would_count_as_what_and_why() -> None:
    found = foresee(MIXED, RULES)
    assert under(found, MATCHING).counting[:2] == (
        Counting(Entry("Dentist, noc", 0, 10, False), Action.BLOCK, "tag “noc” in the title"),
        Counting(Entry("Prefer oncall", 20, 30, False), Action.PREFER, "tag “prefer oncall” in the title"),
    )
    assert under(found, PREFER).counting[1] == Counting(
        Entry("Easter", 40, 50, True), Action.PREFER, "every event of this calendar is preferred"
    )


def test_the_others_are_counted_by_reason_the_most_frequent_first_and_a_question_last() -> None:
    assert list(reasons(under(foresee(MIXED, RULES), MATCHING)).items()) == [
        ("no tag in title or description", 5),
        ("an invitation you declined", 1),
        ("cancelled", 1),
        ("has no length", 1),
        (f"accepted by {OTHER}: not one of your addresses", 1),
    ]
    assert reasons(under(foresee(MIXED, RULES), Way(Mode.BLOCK, counts_all_day=False))) == {
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
    found = foresee(reading(*meetings), RULES)
    assert (found[BLOCK].number, len(found[BLOCK].counting)) == (400, FIRST)
    (ignored,) = found[MATCHING].ignored
    assert (ignored.number, len(ignored.examples)) == (400, EXAMPLES)


def test_nothing_read_is_nothing_told() -> None:
    assert set(foresee(of(), RULES).values()) == {Forecast(0, 0, (), ())}
    assert len(WEIGHED) == 5


def test_the_address_that_would_bring_most_is_named_and_the_rest_stays_unknown() -> None:
    found = under(
        foresee(
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
    assert [(each.reason, each.number, each.address) for each in found.ignored] == [
        ("an invitation to addresses that aren’t known as yours", 2, ""),
        (f"accepted by {OTHER}: not one of your addresses", 2, OTHER),
    ]


def test_trusting_that_address_moves_its_events_over() -> None:
    events = reading(invited("1", (OTHER, ACCEPTED)), invited("2", (BOSS, ACCEPTED)))
    before = under(foresee(events, RULES), MATCHING)
    (address,) = {each.address for each in before.ignored if each.address}
    after = under(foresee(events, replace(RULES, addresses=frozenset({ME, address}))), MATCHING)
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
    found = stranger_in([(event, 1) for event in events], frozenset({"colleague@example.org"}))
    assert found.address == expected


def test_what_recurs_weighs_as_often_as_it_does() -> None:
    weekly, once = invited("1", (OTHER, ACCEPTED), by=""), invited("2", (BOSS, ACCEPTED), by="")
    assert stranger_in([(once, 1), (weekly, 12)], frozenset()).address == OTHER
    both = [invited("3", by=OTHER), invited("4", (OTHER, ACCEPTED), by="")]
    assert stranger_in([(each, 1) for each in both], frozenset()).did == "organised or accepted"
    assert stranger_in([], frozenset()) == Stranger()
