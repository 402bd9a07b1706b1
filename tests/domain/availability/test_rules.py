"""Event → block, prefer or nothing: one row a case."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability import rules as domain_rules
from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Action, Mode, Rules, Tags, decide, rules_version, same_rules
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.imports.events import Attendee, Event, Kind, PartStat

ME = "alice@example.org"
BLOCK, PREFER = Action.BLOCK, Action.PREFER


def rules(mode: Mode, **changes: object) -> Rules:
    return Rules(mode=mode, addresses=frozenset({ME}), **changes)  # type: ignore[arg-type]  # test rows


def invited(answer: PartStat, address: str = ME, organizer: str = "boss@example.org") -> Event:
    other = Attendee("bob@example.org", PartStat.ACCEPTED)
    return Event("1", "Offsite, noc", organizer=organizer, attendees=(other, Attendee(address, answer)))


@pytest.mark.parametrize(
    ("title", "action"),
    [
        ("noc", BLOCK),
        ("NOC", BLOCK),
        ("Dentist (noc)", BLOCK),
        ("not oncall", BLOCK),
        ("Not On-Call this week", BLOCK),
        ("no oncall", BLOCK),
        ("no-oncall", BLOCK),
        ("not-oncall", BLOCK),
        ("not-on-call", BLOCK),
        ("not   oncall", BLOCK),
        ("prefer oncall", PREFER),
        ("prefer-oncall", PREFER),
        ("Prefer On-Call", PREFER),
        ("nocturne", None),
        ("panoc", None),
        ("noc_turne", None),
        ("ćnoc", None),
        ("on call", None),
        ("prefer", None),
        ("prefer oncalls", None),
        ("noc, though I prefer oncall", BLOCK),
        ("", None),
    ],
)
def test_tags_decide_on_word_boundaries_in_any_case(title: str, action: Action | None) -> None:
    assert decide(Event("1", title), rules(Mode.MATCHING)).action is action
    assert decide(Event("1", "Lunch", description=f"about: {title}."), rules(Mode.MATCHING)).action is action


def test_the_reason_names_the_tag_and_its_place() -> None:
    assert decide(Event("1", "Offsite, NOC"), rules(Mode.MATCHING)).words == "tag “noc” in the title"
    assert decide(Event("1", "", "x noc"), rules(Mode.MATCHING)).words == "tag “noc” in the description"
    assert decide(Event("1", "Lunch"), rules(Mode.MATCHING)).words == "no tag in title or description"


@pytest.mark.parametrize("mode", list(Mode))
def test_cancelled_never_counts(mode: Mode) -> None:
    event = Event("1", "noc", kind=Kind.OUT_OF_OFFICE, cancelled=True)
    assert decide(event, rules(mode, counts_free=True)).action is None


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    ("event", "counts"),
    [
        (invited(PartStat.ACCEPTED), True),
        (invited(PartStat.DECLINED), False),
        (invited(PartStat.TENTATIVE), False),
        (invited(PartStat.UNANSWERED), False),
        (invited(PartStat.ACCEPTED, address="else@example.org"), False),
        (invited(PartStat.UNANSWERED, organizer=ME), True),
        (Event("1", "noc"), True),
        (Event("1", "noc", organizer="boss@example.org"), True),
    ],
    ids=["accepted", "declined", "maybe", "unanswered", "somebody else's", "organised", "own", "own, by another name"],
)
def test_an_invitation_counts_when_it_was_organised_or_accepted(mode: Mode, event: Event, counts: bool) -> None:
    assert (decide(event, rules(mode)).action is not None) is counts


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({PartStat.DECLINED, PartStat.TENTATIVE}, Reason.DECLINED),
        ({PartStat.DECLINED, PartStat.UNANSWERED}, Reason.DECLINED),
        ({PartStat.TENTATIVE, PartStat.UNANSWERED}, Reason.TENTATIVE),
        ({PartStat.TENTATIVE, PartStat.ACCEPTED}, Reason.TAG_IN_TITLE),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_own_addresses_the_plainer_answer_is_the_reason(
    answers: set[PartStat], reason: Reason, swapped: bool
) -> None:
    one, other = sorted(answers, reverse=swapped)
    attendees = (Attendee(ME, one), Attendee("alice@club.example", other))
    event = Event("1", "Offsite, noc", organizer="boss@example.org", attendees=attendees)
    both = Rules(addresses=frozenset({ME, "alice@club.example"}))
    assert decide(event, both).reason is reason


@pytest.mark.parametrize(
    ("mode", "free", "counts_free", "action"),
    [
        (Mode.BLOCK, False, False, BLOCK),
        (Mode.BLOCK, True, False, None),
        (Mode.BLOCK, True, True, BLOCK),
        (Mode.PREFER, False, False, PREFER),
        (Mode.PREFER, True, False, None),
        (Mode.PREFER, True, True, PREFER),
        (Mode.MATCHING, True, False, BLOCK),
        (Mode.MATCHING, False, False, BLOCK),
    ],
)
def test_marked_free_matters_except_for_tags(mode: Mode, free: bool, counts_free: bool, action: Action | None) -> None:
    assert decide(Event("1", "noc", free=free), rules(mode, counts_free=counts_free)).action is action


@pytest.mark.parametrize(
    ("kind", "free", "matching", "block"),
    [
        (Kind.OUT_OF_OFFICE, False, BLOCK, BLOCK),
        (Kind.OUT_OF_OFFICE, True, BLOCK, None),
        (Kind.HOLIDAY, False, BLOCK, BLOCK),
        (Kind.HOLIDAY, True, BLOCK, None),
        (Kind.BUSY_TIME, False, BLOCK, BLOCK),
        (Kind.BUSY_TIME, True, None, None),
        (Kind.INFORMATION, False, None, None),
        (Kind.PLAIN, False, None, BLOCK),
    ],
)
def test_what_the_product_says_an_event_is(
    kind: Kind, free: bool, matching: Action | None, block: Action | None
) -> None:
    event = Event("1", "Away", kind=kind, free=free)
    assert decide(event, rules(Mode.MATCHING)).action is matching
    assert decide(event, rules(Mode.BLOCK)).action is block


def test_a_team_has_its_own_tags_and_odd_ones_match_as_written() -> None:
    own = Tags(block=("c++ (off)", ""), prefer=())
    assert decide(Event("1", "C++ (OFF) today"), rules(Mode.MATCHING, tags=own)).action is BLOCK
    assert decide(Event("1", "prefer oncall"), rules(Mode.MATCHING, tags=own)).action is None


def test_days_can_be_passed_over_but_not_what_says_by_itself_that_somebody_is_away() -> None:
    short = Rules(mode=Mode.BLOCK, counts_all_day=False)
    assert decide(Event("1", "Trip"), short, all_day=True).words == "lasts whole days"
    assert decide(Event("1", "Trip"), short).action is Action.BLOCK
    matching = Rules(counts_all_day=False)
    assert decide(Event("1", "NOC"), matching, all_day=True).action is Action.BLOCK
    assert decide(Event("1", kind=Kind.OUT_OF_OFFICE), matching, all_day=True).action is Action.BLOCK


@pytest.mark.parametrize(
    "event",
    [
        Event("1", "noc", creator="boss@example.org"),
        Event("1", "noc", organizer="team@group.example"),
        Event("1", "noc"),
        Event("1", "Away", kind=Kind.OUT_OF_OFFICE, organizer="boss@example.org"),
        Event("1", "Summer", kind=Kind.HOLIDAY),
        Event("1", kind=Kind.BUSY_TIME),
        Event("1", "Lunch", creator="boss@example.org"),
    ],
)
def test_on_a_calendar_that_may_be_anothers_only_what_the_member_made_matches(event: Event) -> None:
    theirs = replace(event, is_shared=True)
    assert decide(theirs, rules(Mode.MATCHING)).words == "created by somebody else"
    assert decide(event, rules(Mode.MATCHING)).reason is not Reason.CREATED_BY_SOMEBODY_ELSE
    assert decide(theirs, rules(Mode.BLOCK)).action is BLOCK, "the member said that every event counts"
    assert decide(theirs, rules(Mode.PREFER)).action is PREFER


@pytest.mark.parametrize("made", [{"creator": ME, "organizer": "team@group.example"}, {"organizer": ME}])
def test_what_the_member_created_or_organised_there_is_theirs(made: dict[str, str]) -> None:
    assert decide(Event("1", "noc", is_shared=True, **made), rules(Mode.MATCHING)).action is BLOCK  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", list(Mode))
def test_invitations_follow_the_same_rule_on_a_calendar_that_may_be_anothers(mode: Mode) -> None:
    accepted = replace(invited(PartStat.ACCEPTED), is_shared=True)
    unknown = replace(invited(PartStat.ACCEPTED, "carol@example.org"), is_shared=True, creator=ME)
    assert decide(accepted, rules(mode)).action is not None
    assert decide(unknown, rules(mode)).reason is Reason.NOT_YOURS


def test_new_rules_after_an_upgrade_read_every_calendar_again(monkeypatch: pytest.MonkeyPatch) -> None:
    window = Window(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))
    before = rules_version(window, ZoneInfo("UTC"), Rules())
    monkeypatch.setattr(domain_rules, "REVISION", domain_rules.REVISION + 1)
    after = rules_version(window, ZoneInfo("UTC"), Rules())
    assert not same_rules(before, after)
