"""Offers, taking over, undoing and approving: what happens after, or beside, somebody's answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.cover.states import RequestState
from oncall_ui.errors import InvalidInput, NotAllowed, RequestClosed
from oncall_ui.models import Schedule
from oncall_ui.services.schedules.cover.answers import accept, approve, decline
from oncall_ui.services.schedules.cover.ask import ask_for_cover, offer_to_take
from oncall_ui.services.schedules.cover.reading import read_swaps, read_waiting
from oncall_ui.services.schedules.cover.returns import read_returns
from oncall_ui.services.schedules.cover.take_over import take_over
from oncall_ui.services.schedules.cover.undo import undo
from tests.conftest import Person
from tests.services.helpers.cover import ROLE, Team, check_sums_and_tiles, day, done, holders, parts, request_of
from tests.services.helpers.schedules import in_plan, keep_schedule, participant_of, publish_by_hand

AT = in_plan(-6)
MINUTE = timedelta(minutes=1)


def test_of_two_answers_at_once_one_wins_and_the_other_is_told(
    app: App, bob: Person, carol: Person, dora: Person, team: Team
) -> None:
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(0), ROLE)
    both = Barrier(2)

    def answer(who: Person) -> str:
        both.wait()
        try:
            accept(app, who.id, team.schedule, number)
        except RequestClosed as error:
            return error.sentence
        return "won"

    with ThreadPoolExecutor(2) as threads:
        said = sorted(threads.map(answer, (carol, dora)), key=len)
    assert said[0] == "won"
    assert said[1] in {"Carol was faster: it’s theirs now.", "Dora was faster: it’s theirs now."}
    assert len(parts(app, team.schedule)) == 7
    check_sums_and_tiles(app, team.schedule)


def test_an_offer_waits_for_the_holder(app: App, mallory: Person, carol: Person, dora: Person, team: Team) -> None:
    number = offer_to_take(app, carol.id, team.schedule, in_plan(2), ROLE, in_return=day(3), note="For a concert")
    assert [each.id for each in read_waiting(app, mallory.id, AT)] == [number]
    with pytest.raises(NotAllowed):
        accept(app, dora.id, team.schedule, number)
    assert accept(app, mallory.id, team.schedule, number)
    assert holders(app, team.schedule)[2:4] == [team.c, team.m]
    other = offer_to_take(app, dora.id, team.schedule, in_plan(2), ROLE)
    decline(app, carol.id, team.schedule, other)
    assert request_of(app, other).state is RequestState.WITHDRAWN
    assert read_waiting(app, mallory.id, AT) == ()


def test_the_taker_undoes_it_alone_then_both_together(app: App, mallory: Person, carol: Person, team: Team) -> None:
    for minutes, is_alone in ((9, True), (11, False)):
        number = ask_for_cover(app, mallory.id, team.schedule, in_plan(2), ROLE, at=AT)
        accept(app, carol.id, team.schedule, number, in_return=day(3), at=AT)
        later = AT + minutes * MINUTE
        assert undo(app, carol.id, team.schedule, number, at=later) is is_alone
        if not is_alone:
            assert undo(app, carol.id, team.schedule, number, at=later) is False, "asking twice isn’t agreeing"
            assert [each.id for each in read_waiting(app, mallory.id, later)] == [number]
            assert undo(app, mallory.id, team.schedule, number, at=later)
        assert holders(app, team.schedule)[2:4] == [team.m, team.c]
        assert request_of(app, number).state is RequestState.UNDONE
        check_sums_and_tiles(app, team.schedule)


def test_what_is_frozen_or_has_moved_on_isnt_undone(
    app: App, bob: Person, mallory: Person, carol: Person, dora: Person, team: Team
) -> None:
    number = ask_for_cover(app, mallory.id, team.schedule, in_plan(2), ROLE, at=AT)
    accept(app, carol.id, team.schedule, number, at=AT)
    with pytest.raises(InvalidInput, match="too close"):
        undo(app, mallory.id, team.schedule, number, at=in_plan(1, 10))
    with pytest.raises(NotAllowed):
        undo(app, dora.id, team.schedule, number, at=AT)
    again = ask_for_cover(app, carol.id, team.schedule, in_plan(2), ROLE, at=AT)
    accept(app, dora.id, team.schedule, again, at=AT)
    with pytest.raises(RequestClosed, match="changed hands since"):
        undo(app, carol.id, team.schedule, number, at=AT)
    assert undo(app, bob.id, team.schedule, again, at=in_plan(2, 8)), "a manager decides"
    assert holders(app, team.schedule)[2] == team.c


def test_a_running_shift_is_taken_over_from_this_minute(
    app: App, bob: Person, carol: Person, mallory: Person, team: Team
) -> None:
    at = in_plan(0, 15) + timedelta(seconds=40)
    with pytest.raises(InvalidInput, match="isn’t running"):
        take_over(app, carol.id, team.schedule, in_plan(1), ROLE, at=at)
    number = take_over(app, carol.id, team.schedule, in_plan(0), ROLE, at=at)
    assert parts(app, team.schedule)[:2] == [
        (team.b, in_plan(0), in_plan(0, 15)), (team.c, in_plan(0, 15), in_plan(1)),
    ]  # fmt: skip
    assert done(app, team.c) == 1750
    undo(app, carol.id, team.schedule, number, at=at + 5 * MINUTE)
    assert [each[0] for each in parts(app, team.schedule)[:3]] == [team.b, team.c, team.b]
    check_sums_and_tiles(app, team.schedule)
    take_over(app, bob.id, team.schedule, in_plan(2), ROLE, participant_id=team.d, at=in_plan(2, 12))
    with pytest.raises(NotAllowed):
        take_over(app, mallory.id, team.schedule, in_plan(3), ROLE, participant_id=team.d, at=in_plan(3, 12))


def test_nobody_gets_two_shifts_at_once(app: App, bob: Person, carol: Person, team: Team) -> None:
    other = keep_schedule(app, bob, [bob, carol])
    publish_by_hand(app, bob, other, [participant_of(app, other, carol)])
    with pytest.raises(InvalidInput, match="two shifts at once"):
        take_over(app, carol.id, team.schedule, in_plan(0), ROLE, at=in_plan(0, 12))
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(0), ROLE)
    with pytest.raises(InvalidInput, match="two shifts at once"):
        accept(app, carol.id, team.schedule, number, is_accepted=True)


def test_a_manager_approves_where_the_schedule_wants_it(
    app: App, bob: Person, mallory: Person, carol: Person, dora: Person, team: Team
) -> None:
    with app.db.write() as session:
        session.get_one(Schedule, team.schedule).swaps_need_approval = True
    number = ask_for_cover(app, mallory.id, team.schedule, in_plan(2), ROLE)
    accept(app, carol.id, team.schedule, number)
    assert (request_of(app, number).state, holders(app, team.schedule)[2]) == (RequestState.APPROVAL, team.m)
    with pytest.raises(RequestClosed, match="still has to approve"):
        accept(app, dora.id, team.schedule, number)
    with pytest.raises(NotAllowed):
        approve(app, carol.id, team.schedule, number, is_approved=True)
    assert [each.id for each in read_swaps(app, bob.id, team.schedule, AT).waiting] == [number]
    approve(app, bob.id, team.schedule, number, is_approved=False)
    assert request_of(app, number).state is RequestState.OPEN
    accept(app, dora.id, team.schedule, number, in_return=day(4))
    approve(app, bob.id, team.schedule, number, is_approved=True)
    assert holders(app, team.schedule)[2:5] == [team.d, team.c, team.m]
    check_sums_and_tiles(app, team.schedule)


def test_only_what_the_holder_may_have_is_offered_in_return(
    app: App, bob: Person, mallory: Person, carol: Person, team: Team
) -> None:
    number = ask_for_cover(app, mallory.id, team.schedule, in_plan(6), ROLE)
    assert [each.part.start for each in read_returns(app, carol.id, team.schedule, number, at=AT)] == [in_plan(3)]
    with pytest.raises(NotAllowed):
        read_returns(app, carol.id, team.schedule, number, participant_id=team.d, at=AT)
