"""What needs a change becomes a row, once, and the row is closed when that ends."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.conflicts.trouble import Ending, Trouble
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.planning.problem import Rest, Strength
from oncall_ui.errors import NotAllowed, PlanOutdated
from oncall_ui.models import Assignment, PublishedShift, ShiftConflict, now
from oncall_ui.services.accounts.removal import remove_member
from oncall_ui.services.availability.manual import add_manual_days, remove_manual_days
from oncall_ui.services.schedules.conflicts.keeping import keep_anyway
from oncall_ui.services.schedules.conflicts.looking import look_at
from oncall_ui.services.schedules.conflicts.views import conflicts_of, read_conflicts
from oncall_ui.services.schedules.conflicts.watching import look_for, sweep
from oncall_ui.services.schedules.people import change_terms, end_membership
from oncall_ui.services.schedules.published.assign import assign
from oncall_ui.services.schedules.published.board import read_board
from oncall_ui.services.schedules.rules import save_limits
from tests.conftest import Person
from tests.services.helpers.full_account import add_span, keep_calendar
from tests.services.helpers.schedules import in_plan, keep_schedule, next_monday, participant_of, publish_by_hand


@pytest.fixture
def team(app: App, bob: Person, mallory: Person) -> tuple[int, int, int]:
    """A schedule of Bob, who manages it, and Mallory: Mallory has the first two days, Bob the third."""
    schedule = keep_schedule(app, bob, [bob, mallory])
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [m, m, b])
    return schedule, b, m


def rows(app: App) -> list[tuple[int | None, Trouble, Ending | None]]:
    """Whose, why, and how it ended, in the order they were found."""
    with app.db.read() as session:
        found = session.exec(
            select(Assignment.participant_id, ShiftConflict.kind, ShiftConflict.how)
            .join(Assignment, col(ShiftConflict.assignment_id) == col(Assignment.id))
            .order_by(col(ShiftConflict.id))
        )
        return [(who, Trouble(kind), Ending(how) if how else None) for who, kind, how in found]


def block(app: App, who: Person, day: int, days: int = 1) -> int:
    first = next_monday() + timedelta(days=day)
    return add_manual_days(app, who.id, ManualDays(first, first + timedelta(days=days - 1), Action.BLOCK))


def trouble_on_board(app: App, who: Person, schedule: int) -> list[Trouble]:
    board = read_board(app, who.id, schedule, next_monday(), 1, now())
    return [each.trouble for each in board.ahead if each.trouble]


def test_leave_on_a_shift_is_found_once_and_closed_when_it_goes(
    app: App, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, _, m = team
    assert not look_at(app, schedule)
    days = block(app, mallory, 1)
    assert look_for(app, {mallory.id}, ()) == 1
    assert not look_at(app, schedule), "nothing new"
    # Mallory's Tuesday begins in the shift of Monday, too: both are hers.
    assert rows(app) == [(m, Trouble.BLOCKED, None)] * 2
    (first, second) = read_conflicts(app, bob.id, schedule)
    assert (second.name, second.start, second.may_keep, second.may_repair) == ("Mallory", in_plan(1), True, True)
    assert first.found_at == second.found_at
    with app.db.read() as session:
        assert [each.id for each in conflicts_of(session, mallory.id)] == [first.id, second.id]
        assert [each.id for each in conflicts_of(session, bob.id)] == [first.id, second.id]
    remove_manual_days(app, mallory.id, days)
    look_for(app, {mallory.id}, ())
    assert rows(app) == [(m, Trouble.BLOCKED, Ending.GONE)] * 2
    assert read_conflicts(app, bob.id, schedule) == ()


def test_a_calendar_is_heard_as_own_days_are(app: App, mallory: Person, team: tuple[int, int, int]) -> None:
    _, _, m = team
    calendar = keep_calendar(app, mallory)
    days = (next_monday() - now().date()).days
    add_span(app, mallory, calendar, days, 10, 11)
    assert sweep(app) == 1
    assert rows(app) == [(m, Trouble.BLOCKED, None)]


def test_it_ends_when_the_slot_changes_hands(
    app: App, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    block(app, mallory, 0)
    look_at(app, schedule)
    assign(app, bob.id, schedule, in_plan(0), "primary", b, before=m)
    look_at(app, schedule)
    assert rows(app) == [(m, Trouble.BLOCKED, Ending.MOVED)]


def test_who_leaves_is_paused_or_removed_leaves_conflicts_no_silent_gaps(
    app: App, alice: Person, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, _, m = team
    end_membership(app, bob.id, schedule, m, next_monday() + timedelta(days=1))
    look_at(app, schedule)
    assert rows(app) == [(m, Trouble.LEFT, None)]
    change_terms(app, bob.id, schedule, m, Terms(is_paused=True), next_monday())
    look_at(app, schedule)
    assert rows(app) == [(m, Trouble.LEFT, None)] * 2
    change_terms(app, bob.id, schedule, m, Terms(), next_monday())
    look_at(app, schedule)
    assert {how for _, _, how in rows(app)} == {Ending.GONE}
    asyncio.run(remove_member(app, alice.id, mallory.id))
    look_at(app, schedule)
    assert [each.trouble for each in read_conflicts(app, bob.id, schedule)] == [Trouble.LEFT] * 2
    assert trouble_on_board(app, bob, schedule) == [Trouble.LEFT] * 2


def test_a_gap_is_a_conflict_until_it_is_filled(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, _ = team
    publish_by_hand(app, bob, schedule, [None], first=3)
    look_at(app, schedule)
    assert rows(app) == [(None, Trouble.GAP, None)]
    (gap,) = read_conflicts(app, bob.id, schedule)
    with pytest.raises(NotAllowed):
        keep_anyway(app, bob.id, schedule, gap.id)
    assign(app, bob.id, schedule, in_plan(3), "primary", b, before=None)
    look_at(app, schedule)
    assert rows(app) == [(None, Trouble.GAP, Ending.MOVED)]


def test_a_limit_is_broken_newly_when_it_is_set_afterwards(
    app: App, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, _, m = team
    rest = Rest(timedelta(hours=24))
    save_limits(app, bob.id, schedule, [rest])
    look_at(app, schedule)
    assert rows(app) == [(m, Trouble.LIMIT, None)]
    assert trouble_on_board(app, bob, schedule) == [Trouble.LIMIT]
    (found,) = read_conflicts(app, mallory.id, schedule)
    assert found.about["limits"][0]["times"] == 1
    assert not look_for(app, {mallory.id}, ()), "calendars don’t change that"
    keep_anyway(app, mallory.id, schedule, found.id)
    look_at(app, schedule)
    assert trouble_on_board(app, bob, schedule) == []
    save_limits(app, bob.id, schedule, [rest, Rest(timedelta(hours=48))])
    look_at(app, schedule)
    assert rows(app) == [(m, Trouble.LIMIT, Ending.KEPT), (m, Trouble.LIMIT, None)], "another limit is asked about"
    publish_by_hand(app, bob, schedule, [m, None, m])
    look_at(app, schedule)
    assert rows(app)[1:] == [(m, Trouble.LIMIT, Ending.MOVED), (None, Trouble.GAP, None)]


def test_only_what_must_never_be_broken_is_new_after_a_hand_over(
    app: App, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, _, m = team
    save_limits(app, bob.id, schedule, [Rest(timedelta(hours=24))])
    publish_by_hand(app, bob, schedule, [m, None, m])
    assign(app, bob.id, schedule, in_plan(1), "primary", m, before=None)
    look_at(app, schedule)
    assert rows(app) == [], "its price was shown"
    save_limits(app, bob.id, schedule, [Rest(timedelta(hours=24), Strength.NEVER)])
    publish_by_hand(app, bob, schedule, [m, None, m])
    assign(app, bob.id, schedule, in_plan(1), "primary", m, before=None)
    look_at(app, schedule)
    assert {kind for _, kind, _ in rows(app)} == {Trouble.LIMIT}


def test_keeping_is_remembered_for_the_block_and_asked_again_if_it_grows(
    app: App, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, _, m = team
    calendar = keep_calendar(app, mallory)
    days = (next_monday() - now().date()).days
    add_span(app, mallory, calendar, days, 10, 12)
    look_at(app, schedule)
    (found,) = read_conflicts(app, mallory.id, schedule)
    keep_anyway(app, mallory.id, schedule, found.id)
    with pytest.raises(PlanOutdated):
        keep_anyway(app, mallory.id, schedule, found.id)
    assert not look_at(app, schedule)
    assert trouble_on_board(app, bob, schedule) == []
    add_span(app, mallory, calendar, days, 11, 12)
    assert not look_at(app, schedule), "inside the block that was kept"
    add_span(app, mallory, calendar, days, 11, 13)
    assert look_at(app, schedule)
    assert rows(app) == [(m, Trouble.BLOCKED, Ending.KEPT), (m, Trouble.BLOCKED, None)]
    (again,) = read_conflicts(app, bob.id, schedule)
    keep_anyway(app, bob.id, schedule, again.id)
    assert not look_at(app, schedule)


def test_nobody_else_keeps_a_shift_for_its_holder(
    app: App, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, _, _ = team
    block(app, bob, 2)
    look_at(app, schedule)
    found = read_conflicts(app, mallory.id, schedule)[-1]
    assert not found.may_keep
    with pytest.raises(NotAllowed):
        keep_anyway(app, mallory.id, schedule, found.id)
    for wrong in (0, found.id + 1, 2**40):
        with pytest.raises(NotAllowed):
            keep_anyway(app, bob.id, schedule, wrong)


def test_a_shift_that_is_over_needs_no_change(app: App, mallory: Person, team: tuple[int, int, int]) -> None:
    schedule, _, m = team
    block(app, mallory, 0)
    look_at(app, schedule)
    with app.db.write() as session:
        ago = now() - timedelta(days=9)
        session.exec(update(PublishedShift).values(end=ago))
        session.exec(update(Assignment).values(start=ago - timedelta(days=1), end=ago))
    look_at(app, schedule)
    assert rows(app) == [(m, Trouble.BLOCKED, Ending.OVER)]


def test_two_looks_at_once_leave_one_row(app: App, mallory: Person, team: tuple[int, int, int]) -> None:
    schedule, _, m = team
    block(app, mallory, 0)
    with ThreadPoolExecutor(4) as threads:
        changed = list(threads.map(lambda _: look_at(app, schedule), range(4)))
    assert sum(changed) == 1
    assert rows(app) == [(m, Trouble.BLOCKED, None)]
