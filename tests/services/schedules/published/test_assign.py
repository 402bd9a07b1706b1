"""A published slot changes hands: rows are ended and added, the ledger moves, and nothing that was published goes."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.plan_states import AssignmentCause
from oncall_ui.errors import InvalidInput, NotAllowed, PlanOutdated
from oncall_ui.models import Assignment, LedgerLine
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.ledger.fairness import read_fairness
from oncall_ui.services.schedules.published.assign import assign
from oncall_ui.services.schedules.published.publish_slots import Change
from oncall_ui.services.schedules.published.read import read_shifts
from tests.conftest import Person
from tests.services.helpers.schedules import (
    balances_by_bucket,
    in_plan,
    keep_schedule,
    next_monday,
    participant_of,
    publish_by_hand,
)


@pytest.fixture
def team(app: App, bob: Person, mallory: Person) -> tuple[int, int, int]:
    """A schedule of Bob, who manages it, and Mallory: Bob has the first two days, Mallory the third."""
    schedule = keep_schedule(app, bob, [bob, mallory])
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [b, b, m, None])
    return schedule, b, m


def test_a_slot_is_handed_over_and_the_ledger_moves(
    app: App, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    with app.db.read() as session:
        rows = session.exec(select(Assignment).order_by(col(Assignment.id))).all()
        before = [row.model_dump(exclude={"ended_at"}) for row in rows]
    change = assign(app, bob.id, schedule, in_plan(0), "primary", m, before=b)
    assert change == Change(in_plan(0), in_plan(1), "primary", b, m)
    assert [each.name for each in read_shifts(app, mallory.id, schedule, in_plan(0), in_plan(2))] == ["Mallory", "Bob"]
    with app.db.read() as session:
        rows = session.exec(select(Assignment).order_by(col(Assignment.id))).all()
        assert [row.model_dump(exclude={"ended_at"}) for row in rows[:-1]] == before
        assert [row.ended_at is None for row in rows] == [False, True, True, True, True]
        assert (rows[-1].cause, rows[-1].by_id) == (AssignmentCause.HAND, bob.id)
        lines = session.exec(select(LedgerLine).order_by(col(LedgerLine.id))).all()[-2:]
        assert [(line.participant_id, line.due, line.done, line.why) for line in lines] == [
            (b, 0, -1000, "handed over"), (m, 0, 1000, "handed over"),
        ]  # fmt: skip
        assert set(balances_by_bucket(session, schedule)) == {0}


def test_of_a_running_shift_the_rest_is_handed_over(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, m = team
    assign(app, bob.id, schedule, in_plan(0), "primary", m, before=b, at=in_plan(0, 15) + timedelta(seconds=20))
    parts = read_shifts(app, bob.id, schedule, in_plan(0), in_plan(1))
    assert [(part.participant_id, part.start, part.end) for part in parts] == [
        (b, in_plan(0), in_plan(0, 15)), (m, in_plan(0, 15), in_plan(1)),
    ]  # fmt: skip
    done = {each.participant_id: each.done for each in read_fairness(app, bob.id, schedule).accounts}
    assert (done[b], done[m]) == (Fraction(5, 4), Fraction(7, 4))


def test_a_gap_is_filled(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, _ = team
    assign(app, bob.id, schedule, in_plan(3), "primary", b, before=None)
    assert read_shifts(app, bob.id, schedule, in_plan(3), in_plan(4))[0].name == "Bob"
    with app.db.read() as session:
        assert set(balances_by_bucket(session, schedule)) == {0}


def test_the_blocked_need_to_agree(app: App, bob: Person, mallory: Person, team: tuple[int, int, int]) -> None:
    schedule, b, m = team
    add_manual_days(app, mallory.id, ManualDays(next_monday(), next_monday(), Action.BLOCK))
    with pytest.raises(InvalidInput, match="Mallory is blocked"):
        assign(app, bob.id, schedule, in_plan(0), "primary", m, before=b)
    assign(app, bob.id, schedule, in_plan(0), "primary", m, before=b, is_accepted=True)
    (shift,) = read_shifts(app, bob.id, schedule, in_plan(0), in_plan(0, 12))
    assert shift.is_accepted


def test_what_is_not_possible_is_refused(
    app: App, bob: Person, mallory: Person, alice: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    other = keep_schedule(app, bob, [bob, mallory])
    publish_by_hand(app, bob, other, [participant_of(app, other, mallory)])
    with pytest.raises(InvalidInput, match="on call at that time"):
        assign(app, bob.id, schedule, in_plan(0), "primary", m, before=b)
    with pytest.raises(PlanOutdated):
        assign(app, bob.id, schedule, in_plan(1), "primary", m, before=m)
    with pytest.raises(InvalidInput, match="over"):
        assign(app, bob.id, schedule, in_plan(1), "primary", m, before=b, at=in_plan(9))
    for actor, start, whom in ((mallory, 1, m), (bob, 8, m), (bob, 1, participant_of(app, other, bob))):
        with pytest.raises(NotAllowed):
            assign(app, actor.id, schedule, in_plan(start), "primary", whom, before=b)
