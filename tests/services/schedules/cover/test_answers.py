"""Asked, answered, taken: the ledger moves at once, the first answer wins, and nothing happens without one."""

from datetime import timedelta

import pytest

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.cover.states import RequestState, Via
from oncall_ui.domain.schedules.planning.problem import Rest, Strength
from oncall_ui.errors import AgreeFirst, InvalidInput, NotAllowed, RequestClosed
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.cover.answers import accept, agree, ask_later, decline
from oncall_ui.services.schedules.cover.ask import ask_for_cover, read_asking
from oncall_ui.services.schedules.cover.changes import set_pace, withdraw
from oncall_ui.services.schedules.cover.rounds import run_due_rounds
from oncall_ui.services.schedules.published.assign import assign
from oncall_ui.services.schedules.rules import save_limits
from tests.conftest import Person
from tests.services.helpers.cover import ROLE, Team, asked, check_sums_and_tiles, day, done, holders, parts, request_of
from tests.services.helpers.schedules import in_plan, next_monday


def test_who_takes_it_has_it_and_the_ledger_moves(app: App, bob: Person, carol: Person, team: Team) -> None:
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(0), ROLE, at=in_plan(-6))
    assert len(asked(app, number)) == 3, "two to seven days ahead"
    assert accept(app, carol.id, team.schedule, number, at=in_plan(-6))
    assert holders(app, team.schedule)[:2] == [team.c, team.b]
    assert (done(app, team.b), done(app, team.c)) == (4000, 2000), "a weekday counts 1, a Saturday 3"
    check_sums_and_tiles(app, team.schedule)


def test_a_part_is_covered_by_the_minute(app: App, bob: Person, carol: Person, team: Team) -> None:
    span = in_plan(0, 14), in_plan(0, 18)
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(0), ROLE, span)
    accept(app, carol.id, team.schedule, number)
    assert parts(app, team.schedule)[:3] == [
        (team.b, in_plan(0), span[0]), (team.c, *span), (team.b, span[1], in_plan(1)),
    ]  # fmt: skip
    assert (done(app, team.b), done(app, team.c)) == (5000 - 166, 1166)
    check_sums_and_tiles(app, team.schedule)


def test_the_second_answer_is_told_who_was_faster(
    app: App, bob: Person, carol: Person, dora: Person, team: Team
) -> None:
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(0), ROLE)
    accept(app, carol.id, team.schedule, number)
    with pytest.raises(RequestClosed, match="Carol was faster"):
        accept(app, dora.id, team.schedule, number)
    assert holders(app, team.schedule)[0] == team.c


def test_one_after_the_other_is_asked(app: App, bob: Person, team: Team, carol: Person, dora: Person) -> None:
    at = in_plan(0) - timedelta(days=10)
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(0), ROLE, at=at)
    (first,) = asked(app, number)
    run_due_rounds(app, at + timedelta(hours=23))
    assert asked(app, number) == [first]
    run_due_rounds(app, at + timedelta(hours=24, minutes=1))
    assert len(asked(app, number)) == 2
    set_pace(app, bob.id, team.schedule, number, None, at=at + timedelta(hours=25))
    assert len(asked(app, number)) == 2
    run_due_rounds(app, in_plan(-1))
    assert len(asked(app, number)) == 3
    run_due_rounds(app, in_plan(0))
    assert request_of(app, number).state is RequestState.STARTED
    with pytest.raises(RequestClosed):
        accept(app, carol.id, team.schedule, number, at=in_plan(0))
    assert holders(app, team.schedule)[0] == team.b


def test_no_and_later_bring_the_next(app: App, bob: Person, team: Team, mallory: Person, carol: Person) -> None:
    at = in_plan(0) - timedelta(days=10)
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(0), ROLE, at=at)
    who = {team.m: mallory, team.c: carol}
    first = asked(app, number)[0]
    assert first in who or first == team.d
    person = who.get(first)
    if person is None:
        decline(app, bob.id, team.schedule, number, participant_id=first, at=at)
    else:
        ask_later(app, person.id, team.schedule, number, via=Via.EMAIL, at=at)
    assert len(asked(app, number)) == 2
    withdraw(app, bob.id, team.schedule, number, at=at)
    assert request_of(app, number).state is RequestState.WITHDRAWN


def test_a_swap_moves_both_and_may_be_swapped_again(app: App, bob: Person, carol: Person, team: Team) -> None:
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(0), ROLE)
    assert accept(app, carol.id, team.schedule, number, in_return=day(3))
    assert holders(app, team.schedule)[:4] == [team.c, team.b, team.m, team.b]
    again = ask_for_cover(app, carol.id, team.schedule, in_plan(0), ROLE)
    assert accept(app, bob.id, team.schedule, again, in_return=day(3))
    assert holders(app, team.schedule)[:4] == [team.b, team.b, team.m, team.c]
    check_sums_and_tiles(app, team.schedule)


def test_only_shifts_they_have_are_swapped(app: App, bob: Person, carol: Person, team: Team) -> None:
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(0), ROLE)
    for wrong in (day(2), day(5)):
        with pytest.raises(InvalidInput, match="isn’t theirs"):
            accept(app, carol.id, team.schedule, number, in_return=wrong)
    assert holders(app, team.schedule)[0] == team.b


def test_the_blocked_arent_asked_but_may_take_it(app: App, bob: Person, carol: Person, team: Team) -> None:
    add_manual_days(app, carol.id, ManualDays(next_monday(), next_monday(), Action.BLOCK))
    candidates = read_asking(app, bob.id, team.schedule, in_plan(0), ROLE).candidates
    assert [(each.name, each.is_asked) for each in candidates][-1] == ("Carol", False)
    span = in_plan(1, 0), in_plan(1)
    late = read_asking(app, bob.id, team.schedule, in_plan(0), ROLE, span).candidates
    assert next(each for each in late if each.name == "Carol").is_asked, "she isn’t blocked after midnight"
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(0), ROLE)
    with pytest.raises(AgreeFirst, match="Carol is blocked for some of it"):
        accept(app, carol.id, team.schedule, number)
    assert accept(app, carol.id, team.schedule, number, is_accepted=True)
    assert request_of(app, number).is_accepted


def test_never_is_never_broken(app: App, bob: Person, mallory: Person, team: Team) -> None:
    save_limits(app, bob.id, team.schedule, [Rest(timedelta(hours=12), Strength.NEVER)])
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(1), ROLE)
    with pytest.raises(InvalidInput, match=r"never broken \(1 short rest"):
        accept(app, mallory.id, team.schedule, number, is_accepted=True)
    assert holders(app, team.schedule)[1] == team.b


def test_a_swap_that_breaks_a_limit_asks_both(
    app: App, bob: Person, carol: Person, mallory: Person, team: Team
) -> None:
    save_limits(app, bob.id, team.schedule, [Rest(timedelta(hours=12), Strength.AVOID)])
    number = ask_for_cover(app, mallory.id, team.schedule, in_plan(6), ROLE)
    assert accept(app, carol.id, team.schedule, number, in_return=day(3), is_accepted=True) is False
    assert holders(app, team.schedule)[6] == team.m, "beside day 2 she would rest too short: she has to agree"
    agree(app, mallory.id, team.schedule, number, team.c)
    assert holders(app, team.schedule)[2:] == [team.m, team.m, team.d, team.b, team.c]
    assert request_of(app, number).is_accepted


def test_the_taker_agrees_to_what_it_breaks(app: App, bob: Person, dora: Person, team: Team) -> None:
    save_limits(app, bob.id, team.schedule, [Rest(timedelta(hours=12), Strength.AVOID)])
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(5), ROLE)
    assert asked(app, number) == [team.c]
    with pytest.raises(AgreeFirst, match="Dora has 1 short rest"):
        accept(app, dora.id, team.schedule, number)
    assert accept(app, dora.id, team.schedule, number, is_accepted=True)


def test_a_hand_over_ends_the_request(app: App, bob: Person, carol: Person, team: Team) -> None:
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(0), ROLE)
    assign(app, bob.id, team.schedule, in_plan(0), ROLE, team.d, before=team.b)
    assert request_of(app, number).state is RequestState.LOST
    with pytest.raises(RequestClosed, match="another way"):
        accept(app, carol.id, team.schedule, number)


def test_what_is_not_theirs_to_ask_or_answer(
    app: App, bob: Person, alice: Person, carol: Person, dora: Person, team: Team
) -> None:
    with pytest.raises(NotAllowed):
        ask_for_cover(app, carol.id, team.schedule, in_plan(0), ROLE)
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(3), ROLE)
    for verb in (withdraw, decline):
        with pytest.raises(NotAllowed):
            verb(app, dora.id, team.schedule + 1, number)
    with pytest.raises(NotAllowed):
        accept(app, dora.id, team.schedule, number, participant_id=team.m)
    with pytest.raises(NotAllowed):
        withdraw(app, dora.id, team.schedule, number)
    with pytest.raises(NotAllowed):
        agree(app, dora.id, team.schedule, number, team.m)
    with pytest.raises(InvalidInput, match="request about this"):
        ask_for_cover(app, carol.id, team.schedule, in_plan(3), ROLE)
