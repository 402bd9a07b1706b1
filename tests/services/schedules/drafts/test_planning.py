"""Drafts are planned from the database by a process that may be killed, and stay right whatever happens meanwhile."""

import asyncio
import json
import zlib
from collections.abc import Iterable
from datetime import time, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.plan_format.canonical import input_hash
from oncall_ui.domain.schedules.plan_format.reading import read_text
from oncall_ui.domain.schedules.plan_states import PlanStatus, SlotHow
from oncall_ui.domain.schedules.planning.hand_over import Hindrance
from oncall_ui.domain.schedules.planning.problem import Problem, Rest, Slot, Strength
from oncall_ui.domain.schedules.planning.result import Result, Stage, Verdict
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, Rule
from oncall_ui.errors import InvalidInput, PlanNotReady, PlanOutdated
from oncall_ui.models import PlanInput, SchedulePlan
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.drafts.drafts import create_draft, discard_draft, extend, plan_again
from oncall_ui.services.schedules.drafts.editing.by_hand import exclude, hand_over, include, pin, prices, unpin
from oncall_ui.services.schedules.drafts.planning import run_due_plans
from oncall_ui.services.schedules.drafts.results import stored_problem
from oncall_ui.services.schedules.drafts.views import DraftSlot, read_draft
from oncall_ui.services.schedules.ledger.fairness import read_fairness
from oncall_ui.services.schedules.people import add_participant, change_terms
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.schedules.published.read import read_shifts
from oncall_ui.services.schedules.rules import save_limits, save_rules
from tests.conftest import Person
from tests.services.helpers.schedules import (
    DAILY,
    balances_by_bucket,
    in_plan,
    keep_schedule,
    next_monday,
    participant_of,
    planned,
    publish_by_hand,
)


def away(app: App, person: Person, day: int, days: int = 1) -> None:
    first = next_monday() + timedelta(days=day)
    add_manual_days(app, person.id, ManualDays(first, first + timedelta(days=days - 1), Action.BLOCK))


def holders(draft_slots: Iterable[DraftSlot]) -> list[int | None]:
    return [slot.participant_id for slot in draft_slots]


@pytest.fixture
def a_while(app: App, monkeypatch: pytest.MonkeyPatch) -> float:
    """The least seconds that a plan takes by the clock: a process that is there already needs fewer than are shown."""
    plan, seconds = app.planner.plan, 0.1

    async def later(*asked: Any) -> Result:
        await asyncio.sleep(seconds)
        return await plan(*asked)

    monkeypatch.setattr(app.planner, "plan", later)
    return seconds


def test_a_plan_is_fair_keeps_clear_of_leave_and_is_published(
    app: App, bob: Person, mallory: Person, a_while: float
) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory], limits=[Rest(timedelta(hours=11))])
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    away(app, bob, 0, 2)
    draft = planned(app, bob, schedule, weeks=1)
    assert (draft.line.status, draft.line.number, draft.revision) == (PlanStatus.DRAFT, 1, 2)
    assert draft.took_seconds is not None and draft.took_seconds >= a_while, "by the clock, not in CPU time"
    assert {slot.how for slot in draft.slots} == {SlotHow.SOLVER}
    assert holders(draft.slots[:2]) == [m, m]
    assert len(draft.slots) == 7 and {*holders(draft.slots)} == {b, m}
    assert [stage.name for stage in draft.stages][:3] == [Stage.GAPS, Stage.BLOCKS, Stage.LIMITS]
    assert draft.line.verdict is Verdict.LIMITED, "two shifts in a row leave no rest"
    assert all(slot.unknown == 1000 for slot in draft.slots), "nobody has connected a calendar"
    publish(app, bob.id, schedule, 1, draft.revision)
    with app.db.read() as session:
        assert set(balances_by_bucket(session, schedule)) == {0}


def test_leave_that_arrives_before_publishing_holds_it_back(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    draft = planned(app, bob, schedule)
    away(app, mallory, 3)
    with pytest.raises(PlanOutdated) as refused:
        publish(app, bob.id, schedule, 1, draft.revision)
    assert (
        refused.value.sentence == "The availability of Mallory has changed since this draft was planned. Plan it again."
    )
    plan_again(app, bob.id, schedule, 1)
    asyncio.run(run_due_plans(app))
    again = read_draft(app, bob.id, schedule, 1)
    publish(app, bob.id, schedule, 1, again.revision)


def test_what_is_stored_of_calendars_are_shares_and_plan_again_in_the_command(
    app: App, bob: Person, mallory: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory], zone="Europe/Berlin")
    away(app, mallory, 3)
    draft = planned(app, bob, schedule)
    with app.db.read() as session:
        row = session.exec(select(PlanInput)).one()
    stored = json.loads(zlib.decompress(row.content))
    m = str(participant_of(app, schedule, mallory))
    blocks = [each for each in stored["availability"] if (each["person"], each["action"]) == (m, "block")]
    assert len(blocks) == 2, "the day reaches into two shifts"
    assert {each["start"] for each in blocks} <= {shift["start"] for shift in stored["shifts"]}
    text = json.dumps(stored)
    assert "Mallory" not in text and mallory.email not in text
    assert input_hash(read_text(text)) == draft.input_hash


def test_a_schedule_that_needs_fresh_calendars_waits_for_them(app: App, bob: Person) -> None:
    schedule = keep_schedule(app, bob, [bob], needs_fresh=True)
    draft = planned(app, bob, schedule)
    with pytest.raises(InvalidInput, match="Those of Bob aren’t up to date"):
        publish(app, bob.id, schedule, 1, draft.revision)


def test_terms_and_the_ledger_are_part_of_the_problem(app: App, alice: Person, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, {bob.id: Terms(), mallory.id: Terms(weekdays=frozenset({5, 6}))})
    a = add_participant(app, bob.id, schedule, alice.id, next_monday() + timedelta(days=9))
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [b] * 7)
    change_terms(app, bob.id, schedule, b, Terms(is_paused=True), next_monday() + timedelta(days=10))
    asyncio.run(run_due_plans(app))
    problem = problem_of(app, schedule, extend(app, bob.id, schedule, weeks=1))
    people = {person.id: person for person in problem.people}
    assert people[str(a)].joined == in_plan(9, 0)
    assert [(span.start, span.end) for span in people[str(b)].paused] == [(in_plan(10, 0), in_plan(14, 0))]
    assert people[str(b)].carried["all"] == Fraction(11, 2) and people[str(m)].carried["all"] == Fraction(-11, 2)
    assert {held.person for held in problem.held} == {str(b)}
    shares = [span.start for span in problem.blocks[str(m)]]
    assert in_plan(7) in shares and in_plan(12) not in shares, "blocked from Monday, not at the weekend"
    assert problem.shifts[0].start == in_plan(7) and not problem.published


def problem_of(app: App, schedule: int, number: int) -> Problem:
    asyncio.run(run_due_plans(app))
    with app.db.read() as session:
        row = session.exec(select(SchedulePlan).where(SchedulePlan.number == number)).one()
        found = stored_problem(session, row.id or 0)
    assert found is not None
    return found


def test_the_next_weeks_repay_and_leave_what_is_published(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory], carry_percent=1000)
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [b] * 5)
    before = read_shifts(app, bob.id, schedule, in_plan(0), in_plan(5))
    number = extend(app, bob.id, schedule, weeks=1)
    asyncio.run(run_due_plans(app))
    draft = read_draft(app, bob.id, schedule, number)
    assert [slot.start for slot in draft.slots] == [in_plan(day) for day in range(5, 12)]
    assert holders(draft.slots).count(m) > holders(draft.slots).count(b)
    publish(app, bob.id, schedule, number, draft.revision)
    assert read_shifts(app, bob.id, schedule, in_plan(0), in_plan(5)) == before
    accounts = read_fairness(app, bob.id, schedule).accounts
    assert max(abs(each.balance) for each in accounts if each.bucket == "all") <= 1


def test_after_other_rules_the_next_weeks_begin_where_the_published_shift_ends(app: App, bob: Person) -> None:
    schedule = keep_schedule(app, bob, [bob], [Rule(DAY_SETS["Daily"], time(21))])
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, bob)] * 2)
    save_rules(app, bob.id, schedule, [DAILY])
    problem = problem_of(app, schedule, extend(app, bob.id, schedule, weeks=1))
    assert [(shift.start, shift.end) for shift in problem.shifts[:2]] == [
        (in_plan(2, 21), in_plan(3)),
        (in_plan(3), in_plan(4)),
    ]


def test_another_schedule_is_never_at_the_same_time(app: App, bob: Person, mallory: Person) -> None:
    first, second = keep_schedule(app, bob, [bob]), keep_schedule(app, bob, [bob, mallory], name="Other")
    publish_by_hand(app, bob, first, [participant_of(app, first, bob)] * 7)
    draft = planned(app, bob, second)
    assert {*holders(draft.slots)} == {participant_of(app, second, mallory)}


def test_pins_exclusions_and_hands_each_with_a_price(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    away(app, mallory, 0, 2)
    draft = planned(app, bob, schedule)
    assert draft.slots[0].participant_id == b
    (price,) = prices(app, bob.id, schedule, 1, in_plan(0), "primary")
    assert (price.person, price.blocked, price.changes[Stage.BLOCKS]) == (str(m), 1000, Fraction(1000))
    taken = hand_over(app, bob.id, schedule, 1, in_plan(0), "primary", m)
    assert taken == price
    after = read_draft(app, bob.id, schedule, 1)
    slot = after.slots[0]
    assert (slot.participant_id, slot.how, slot.blocked, after.is_by_hand) == (m, SlotHow.HAND, 1000, True)
    assert {stage.name: stage.value for stage in after.stages}[Stage.BLOCKS] == 1000
    assert after.revision == draft.revision + 1 and after.choices.pinned == {Slot(in_plan(0), "primary"): m}
    exclude(app, bob.id, schedule, 1, in_plan(6), "primary", b)
    exclude(app, bob.id, schedule, 1, in_plan(5), "primary", b)
    include(app, bob.id, schedule, 1, in_plan(5), "primary", b)
    plan_again(app, bob.id, schedule, 1)
    with pytest.raises(PlanNotReady, match="being planned"):
        pin(app, bob.id, schedule, 1, in_plan(0), "primary")
    asyncio.run(run_due_plans(app))
    again = read_draft(app, bob.id, schedule, 1)
    assert (again.slots[0].participant_id, again.slots[0].how) == (m, SlotHow.HAND)
    assert again.slots[6].participant_id == m
    pin(app, bob.id, schedule, 1, in_plan(6), "primary")
    unpin(app, bob.id, schedule, 1, in_plan(6), "primary")
    assert read_draft(app, bob.id, schedule, 1).choices.pinned == {Slot(in_plan(0), "primary"): m}
    left = hand_over(app, bob.id, schedule, 1, in_plan(0), "primary", None)
    assert left.changes[Stage.GAPS] > 0 and read_draft(app, bob.id, schedule, 1).slots[0].participant_id is None


def test_nobody_is_handed_two_shifts_at_once(app: App, bob: Person, mallory: Person) -> None:
    roles = {"primary": 100, "secondary": 100}
    schedule = keep_schedule(app, bob, [bob, mallory], roles=roles, blocks=Strength.NEVER)
    draft = planned(app, bob, schedule)
    other = draft.slots[1].participant_id
    (price,) = prices(app, bob.id, schedule, 1, in_plan(0), "primary")
    assert (price.person, price.hindrances, price.is_possible) == (str(other), (Hindrance.AT_ONCE,), False)
    with pytest.raises(InvalidInput):
        hand_over(app, bob.id, schedule, 1, in_plan(0), "primary", other)


def test_what_contradicts_itself_fails_with_a_sentence(app: App, bob: Person) -> None:
    schedule = keep_schedule(app, bob, [bob], roles={"primary": 100, "secondary": 100})
    b = participant_of(app, schedule, bob)
    number = create_draft(app, bob.id, schedule, next_monday(), next_monday() + timedelta(days=2))
    with app.db.write() as session:
        row = session.exec(select(SchedulePlan)).one()
        twice = [[f"{in_plan(0):%Y-%m-%dT%H:%M:%SZ}", role, b] for role in ("primary", "secondary")]
        row.choices = {"pinned": twice}
    asyncio.run(run_due_plans(app))
    draft = read_draft(app, bob.id, schedule, number)
    assert draft.line.status is PlanStatus.FAILED and "on two shifts at the same time" in draft.note
    unpin(app, bob.id, schedule, number, in_plan(0), "secondary")
    assert read_draft(app, bob.id, schedule, number).choices.pinned == {Slot(in_plan(0), "primary"): b}
    save_limits(app, bob.id, schedule, [])
    discard_draft(app, bob.id, schedule, number)


def test_days_without_a_shift_are_refused(app: App, bob: Person) -> None:
    schedule = keep_schedule(app, bob, [bob])
    for first, end in ((0, 0), (0, 999), (-400, -390)):
        with pytest.raises(InvalidInput):
            day = next_monday()
            create_draft(app, bob.id, schedule, day + timedelta(days=first), day + timedelta(days=end))
    with pytest.raises(InvalidInput, match="Nothing is published"):
        extend(app, bob.id, schedule)
