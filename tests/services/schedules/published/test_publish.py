"""Publishing: all or nothing, added and ended but never rewritten, and a ledger that sums to zero."""

from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.plan_states import AssignmentCause, LedgerKind, PlanKind, PlanStatus
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, OneOff, Rule
from oncall_ui.errors import InvalidInput, PlanNotReady, PlanOutdated
from oncall_ui.models import Assignment, LedgerLine, PlanSlot, PublishedShift
from oncall_ui.services.schedules.drafts.drafts import discard_draft
from oncall_ui.services.schedules.drafts.views import list_plans, read_draft
from oncall_ui.services.schedules.ledger.fairness import adjust, read_fairness, read_ledger
from oncall_ui.services.schedules.people import change_terms
from oncall_ui.services.schedules.published.mine import my_shifts
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.schedules.published.publish_slots import Change
from oncall_ui.services.schedules.published.read import on_call, read_shifts
from oncall_ui.services.schedules.rules import save_one_offs
from tests.conftest import Person
from tests.services.helpers.schedules import (
    DAILY,
    balances_by_bucket,
    draft_by_hand,
    in_plan,
    keep_schedule,
    next_monday,
    participant_of,
    publish_by_hand,
)

HALF = Fraction(1, 2)


@pytest.fixture
def team(app: App, bob: Person, mallory: Person) -> tuple[int, int, int]:
    """A schedule of Bob, who manages it, and Mallory; the ids of the schedule and of both in it."""
    schedule = keep_schedule(app, bob, [bob, mallory])
    return schedule, participant_of(app, schedule, bob), participant_of(app, schedule, mallory)


def rows_of(app: App, table: Any) -> list[Any]:
    with app.db.read() as session:
        return list(session.exec(select(table).order_by(col(table.id))).all())


def assert_it_tiles(app: App) -> None:
    """At every moment somebody wrote something, each slot's true rows cover its shift exactly."""
    parts, shifts = rows_of(app, Assignment), {shift.id: shift for shift in rows_of(app, PublishedShift)}
    for moment in {part.recorded_at for part in parts} | {part.ended_at for part in parts if part.ended_at}:
        true = defaultdict(list)
        for part in parts:
            if part.recorded_at <= moment and (part.ended_at is None or moment < part.ended_at):
                true[part.shift_id, part.role].append((part.start, part.end))
        for (shift, _), spans in true.items():
            spans.sort()
            assert (spans[0][0], spans[-1][1]) == (shifts[shift].start, shifts[shift].end)
            assert all(one[1] == two[0] for one, two in pairwise(spans))


def test_members_see_who_is_on_call(app: App, bob: Person, mallory: Person, team: tuple[int, int, int]) -> None:
    schedule, b, m = team
    found = publish_by_hand(app, bob, schedule, [b, b, m, None])
    assert [(change.before, change.after) for change in found.changes] == [(None, b), (None, b), (None, m)]
    shifts = read_shifts(app, mallory.id, schedule, in_plan(0), in_plan(9))
    assert [(each.start, each.name) for each in shifts] == [
        (in_plan(0), "Bob"), (in_plan(1), "Bob"), (in_plan(2), "Mallory"), (in_plan(3), ""),
    ]  # fmt: skip
    (now,) = on_call(app, mallory.id, schedule, in_plan(0, 20))
    assert now.now is not None and now.next is not None
    assert (now.now.name, now.until, now.next.name) == ("Bob", in_plan(2), "Mallory")
    (gap,) = on_call(app, mallory.id, schedule, in_plan(3, 20))
    assert (gap.now, gap.next) == (None, None)
    assert [each.start for each in my_shifts(app, mallory.id, in_plan(0), in_plan(9))] == [in_plan(2)]


def test_the_ledger_has_what_was_due_and_done(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, b, b, None])
    accounts = {(each.participant_id, each.bucket): each for each in read_fairness(app, bob.id, schedule).accounts}
    assert [accounts[b, "all"].due, accounts[b, "all"].done] == [Fraction(3, 2), 3]
    assert accounts[m, "all"].balance == accounts[m, "type:weekday"].balance == -1.5
    lines = read_ledger(app, bob.id, schedule, b)
    assert [line.balance_after for line in lines] == [HALF, 1, 3 * HALF]
    assert {(line.due, line.done) for line in lines} == {(HALF, Fraction(1))}
    assert {line.kind for line in lines} == {LedgerKind.SHIFT} and {line.by for line in lines} == {"Bob"}


def test_shares_and_pauses_decide_what_is_due(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, {bob.id: Terms(share=100), mallory.id: Terms(share=50)})
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [b])
    accounts = {each.participant_id: each for each in read_fairness(app, bob.id, schedule).accounts}
    with app.db.read() as session:
        due = {line.participant_id: line.due for line in session.exec(select(LedgerLine))}
    assert due == {b: 667, m: 333}
    assert sum(each.balance for each in accounts.values()) == 0


def test_a_change_ends_a_row_and_adds_one_and_moves_only_what_was_done(
    app: App, bob: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, m])
    before, shifts = rows_of(app, Assignment), rows_of(app, PublishedShift)
    found = publish_by_hand(app, bob, schedule, [m, m])
    assert found.changes == (Change(in_plan(0), in_plan(1), "primary", b, m),)
    after = rows_of(app, Assignment)
    same = [row.model_dump(exclude={"ended_at"}) for row in after[: len(before)]]
    assert same == [row.model_dump(exclude={"ended_at"}) for row in before]
    assert [(row.participant_id, row.ended_at is None) for row in after] == [(b, False), (m, True), (m, True)]
    assert after[-1].cause is AssignmentCause.PLAN
    assert rows_of(app, PublishedShift) == shifts
    lines = rows_of(app, LedgerLine)
    assert [(line.participant_id, line.due, line.done) for line in lines[4:]] == [(b, 0, -1000), (m, 0, 1000)]
    assert {line.kind for line in lines[4:]} == {LedgerKind.MOVED}
    assert_it_tiles(app)


def test_dues_stay_when_shares_change_later(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b])
    change_terms(app, bob.id, schedule, m, Terms(share=50), next_monday())
    publish_by_hand(app, bob, schedule, [m])
    accounts = {each.participant_id: each for each in read_fairness(app, bob.id, schedule).accounts}
    assert (accounts[b].due, accounts[m].due) == (HALF, HALF)


def test_a_gap_that_is_filled_and_a_slot_that_becomes_one(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, _ = team
    publish_by_hand(app, bob, schedule, [b, None])
    publish_by_hand(app, bob, schedule, [None, b])
    with app.db.read() as session:
        assert set(balances_by_bucket(session, schedule)) == {0}
    accounts = {each.bucket: each for each in read_fairness(app, bob.id, schedule).accounts if each.participant_id == b}
    assert (accounts["all"].due, accounts["all"].done) == (HALF, Fraction(1))
    assert_it_tiles(app)


def test_a_shift_that_the_rules_drop_is_cancelled(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, m])
    save_one_offs(app, bob.id, schedule, [OneOff(in_plan(0), in_plan(2))])
    publish_by_hand(app, bob, schedule, [m])
    cancelled = {(row.start, row.end): row.cancelled_at is not None for row in rows_of(app, PublishedShift)}
    assert cancelled == {
        (in_plan(0), in_plan(1)): True, (in_plan(1), in_plan(2)): False, (in_plan(0), in_plan(2)): False,
    }  # fmt: skip
    with app.db.read() as session:
        assert set(balances_by_bucket(session, schedule)) == {0}


def test_of_two_managers_the_first_wins_and_the_second_is_told(
    app: App, alice: Person, bob: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    one, two = draft_by_hand(app, schedule, [b, b]), draft_by_hand(app, schedule, [m, m])
    publish(app, alice.id, schedule, one, 1)
    assert read_draft(app, bob.id, schedule, two).is_outdated
    with pytest.raises(PlanOutdated) as refused:
        publish(app, bob.id, schedule, two, 1)
    assert refused.value.sentence.startswith("Alice changed the published schedule at ")
    assert {each.name for each in read_shifts(app, bob.id, schedule, in_plan(0), in_plan(9))} == {"Bob"}
    assert [line.status for line in list_plans(app, bob.id, schedule)] == [PlanStatus.DRAFT, PlanStatus.PUBLISHED]


def test_a_draft_that_changed_since_it_was_looked_at_waits(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, _ = team
    number = draft_by_hand(app, schedule, [b])
    with pytest.raises(PlanOutdated):
        publish(app, bob.id, schedule, number, 7)


def test_each_blocked_shift_has_to_be_ticked(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, _ = team
    number = draft_by_hand(app, schedule, [b, b])
    with app.db.write() as session:
        for row in session.exec(select(PlanSlot)):
            row.blocked = 300
    ticks = [Slot(in_plan(0), "primary"), Slot(in_plan(1), "primary")]
    with pytest.raises(InvalidInput, match="1 shift is blocked"):
        publish(app, bob.id, schedule, number, 1, ticks[:1])
    publish(app, bob.id, schedule, number, 1, ticks)
    assert [each.is_accepted for each in read_shifts(app, bob.id, schedule, in_plan(0), in_plan(9))] == [True, True]


def test_only_until_a_day(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, _ = team
    number = draft_by_hand(app, schedule, [b, b, b])
    for until in (next_monday(), next_monday() + timedelta(days=4)):
        with pytest.raises(InvalidInput, match="Until"):
            publish(app, bob.id, schedule, number, 1, until=until)
    publish(app, bob.id, schedule, number, 1, until=next_monday() + timedelta(days=2))
    assert len(read_shifts(app, bob.id, schedule, in_plan(0), in_plan(9))) == 2


def test_a_shift_that_has_begun_is_history(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, b])
    number = draft_by_hand(app, schedule, [m, m])
    with pytest.raises(PlanOutdated, match="begun"):
        publish(app, bob.id, schedule, number, 1, at=in_plan(0, 12))
    later = draft_by_hand(app, schedule, [m], first=1)
    publish(app, bob.id, schedule, later, 1, at=in_plan(0, 12))
    assert [each.name for each in read_shifts(app, bob.id, schedule, in_plan(0), in_plan(9))] == ["Bob", "Mallory"]


def test_extending_leaves_what_is_published(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, b])
    before = rows_of(app, Assignment)
    number = draft_by_hand(app, schedule, [m, m], first=2, kind=PlanKind.EXTEND)
    publish(app, bob.id, schedule, number, 1)
    assert rows_of(app, Assignment)[: len(before)] == before


def test_published_and_discarded_plans_do_not_change(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, _ = team
    number, other = draft_by_hand(app, schedule, [b]), draft_by_hand(app, schedule, [b])
    publish(app, bob.id, schedule, number, 1)
    with pytest.raises(PlanNotReady, match="published"):
        publish(app, bob.id, schedule, number, 1)
    with pytest.raises(PlanNotReady):
        discard_draft(app, bob.id, schedule, number)
    discard_draft(app, bob.id, schedule, other)
    assert read_draft(app, bob.id, schedule, other).slots == ()
    with pytest.raises(PlanNotReady, match="discarded"):
        publish(app, bob.id, schedule, other, 1)


def test_two_roles_have_accounts_of_their_own(app: App, bob: Person, mallory: Person) -> None:
    roles = {"primary": 100, "secondary": 50}
    schedule = keep_schedule(app, bob, [bob, mallory], [Rule(DAY_SETS["Daily"], DAILY.at)], roles=roles)
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    number = draft_by_hand(app, schedule, [b])
    with app.db.write() as session:
        (row,) = session.exec(select(PlanSlot)).all()
        session.add(PlanSlot(**row.model_dump(exclude={"id"}) | {"role": "secondary", "participant_id": m}))
    publish(app, bob.id, schedule, number, 1)
    accounts = {(each.participant_id, each.bucket): each.done for each in read_fairness(app, bob.id, schedule).accounts}
    assert (accounts[b, "role:primary"], accounts[m, "role:secondary"]) == (Fraction(1), HALF)
    assert [each.role for each in on_call(app, bob.id, schedule, in_plan(0, 12))] == ["primary", "secondary"]


def test_an_adjustment_is_a_pair_with_a_reason(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, m = team
    adjust(app, bob.id, schedule, b, m, Fraction("1.5"), "Helped out in May")
    with pytest.raises(InvalidInput):
        adjust(app, bob.id, schedule, b, m, Fraction(0), "x")
    with pytest.raises(InvalidInput):
        adjust(app, bob.id, schedule, b, m, Fraction(1), " ")
    (mine,), (theirs,) = read_ledger(app, bob.id, schedule, b), read_ledger(app, bob.id, schedule, m)
    assert (mine.done, theirs.done) == (-3 * HALF, 3 * HALF)
    assert (theirs.why, theirs.by) == ("Helped out in May", "Bob")
