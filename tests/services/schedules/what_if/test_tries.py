"""A try shows what would happen, moves nothing that is published, and becomes a draft or nothing."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.problem import Rest, Row
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, Rule
from oncall_ui.domain.schedules.what_if.changes import (
    Away,
    Change,
    Entry,
    Joins,
    Leaves,
    LimitsAre,
    PointsAre,
    RoleAdded,
    RoleRemoved,
    ShareIs,
    Tried,
)
from oncall_ui.errors import InvalidInput, NotAllowed, PlanNotReady
from oncall_ui.models import AuditEntry, PlanInput, PlanSlot, SchedulePlan, now
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.drafts.drafts import discard_draft, plan_again, stop_planning
from oncall_ui.services.schedules.drafts.outdated import read_changes
from oncall_ui.services.schedules.drafts.planning import claim_plan, release_plan, run_due_plans
from oncall_ui.services.schedules.drafts.views import list_plans, read_draft
from oncall_ui.services.schedules.people import read_people
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.schedules.published.read import list_schedules, read_shifts
from oncall_ui.services.schedules.settings import read_settings
from oncall_ui.services.schedules.what_if.decide import make_draft
from oncall_ui.services.schedules.what_if.tries import discard_try, erase_old_tries, save_try
from oncall_ui.services.schedules.what_if.views import SOMEONE, read_try
from tests.conftest import Person
from tests.services.helpers.schedules import (
    DAILY,
    in_plan,
    keep_schedule,
    next_monday,
    participant_of,
    publish_by_hand,
)


def day(number: int) -> date:
    return next_monday() + timedelta(days=number)


def trying(*changes: Change, is_free: bool = False) -> Tried:
    return Tried(tuple(Entry(each) for each in changes), is_free)


@pytest.fixture
def schedule(app: App, bob: Person, mallory: Person) -> int:
    """Bob manages it; Bob and Mallory take turns, and 14 days are published."""
    found = keep_schedule(app, bob, [bob, mallory])
    b, m = participant_of(app, found, bob), participant_of(app, found, mallory)
    publish_by_hand(app, bob, found, [b, m] * 7)
    return found


def status_of(app: App, number: int) -> PlanStatus:
    with app.db.read() as session:
        return session.exec(select(SchedulePlan).where(SchedulePlan.number == number)).one().status


def test_leave_and_somebody_who_joins_show_their_effect_and_become_a_draft(
    app: App, bob: Person, mallory: Person, alice: Person, schedule: int
) -> None:
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    before = read_shifts(app, bob.id, schedule, in_plan(0), in_plan(14))
    tried = trying(Away(m, day(1), day(3)), Joins(0, alice.id, day(7), 50), Joins(0, None, day(20)))
    number = save_try(app, bob.id, schedule, tried)
    assert not read_try(app, bob.id, schedule, number).is_ready
    asyncio.run(run_due_plans(app))
    found = read_try(app, bob.id, schedule, number)
    assert found.today is not None and found.then is not None
    assert (found.today.slots, found.then.slots, found.then.gaps, found.then.blocked) == (14, 14, 0, 0)
    assert {who: held for who, (held, _) in found.today.people.items()} == {b: 7, m: 7}
    changed = [slot for slot in found.review.draft.slots if slot.changed]
    assert [(slot.before, slot.participant_id) for slot in changed] == [(m, b)], "as few changes as possible"
    assert changed[0].start == in_plan(1)
    assert {found.review.people[each].name for each in found.review.people if each < 0} == {"Alice", SOMEONE}
    assert read_shifts(app, bob.id, schedule, in_plan(0), in_plan(14)) == before
    assert [line.number for line in list_plans(app, bob.id, schedule)] == [1]
    assert not list_schedules(app, bob.id, now())[0].drafts
    for verb in (read_draft, plan_again, discard_draft, stop_planning):
        with pytest.raises(NotAllowed):
            verb(app, bob.id, schedule, number)
    with pytest.raises(NotAllowed):
        publish(app, bob.id, schedule, number, found.review.draft.revision)

    with pytest.raises(PlanNotReady):
        make_draft(app, bob.id, schedule, number, found.review.draft.revision - 1)
    with pytest.raises(InvalidInput, match="no account yet"):
        make_draft(app, bob.id, schedule, number, found.review.draft.revision)
    save_try(app, bob.id, schedule, trying(*tried.changes[:2]), number)
    asyncio.run(run_due_plans(app))
    made = make_draft(app, bob.id, schedule, number, read_try(app, bob.id, schedule, number).review.draft.revision)
    assert read_try(app, bob.id, schedule, number).became == made
    joined = next(each for each in read_people(app, bob.id, schedule, day(7)) if each.member_id == alice.id)
    assert joined.terms == Terms(50) and joined.periods[0].from_day == day(7)
    asyncio.run(run_due_plans(app))
    draft = read_draft(app, bob.id, schedule, made)
    assert next(slot for slot in draft.slots if slot.start == in_plan(1)).participant_id == b
    assert "Planned with Mallory away " in "".join(draft.problems)
    assert read_changes(app, bob.id, schedule, made) == ()
    publish(app, bob.id, schedule, made, draft.revision)
    with app.db.read() as session:
        lines = session.exec(select(AuditEntry).where(AuditEntry.subject_id == alice.id)).all()
        assert any(line.facts.get("from_day") == day(7).isoformat() for line in lines)
    with pytest.raises(PlanNotReady):
        make_draft(app, bob.id, schedule, number, 1)


def test_points_limits_shares_and_roles_are_set_only_with_the_draft(
    app: App, bob: Person, mallory: Person, schedule: int
) -> None:
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    stored = read_settings(app, bob.id, schedule)
    tried = trying(
        RoleAdded("secondary"), PointsAre({"weekend": 8}), LimitsAre((Row(2),)), ShareIs(m, day(0), 50), is_free=True
    )
    number = save_try(app, bob.id, schedule, tried)
    asyncio.run(run_due_plans(app))
    found = read_try(app, bob.id, schedule, number)
    assert found.today is not None and found.then is not None
    assert (found.today.slots, found.then.slots, found.then.gaps) == (14, 28, 0)
    assert read_settings(app, bob.id, schedule) == stored
    made = make_draft(app, bob.id, schedule, number, found.review.draft.revision)
    after = read_settings(app, bob.id, schedule)
    assert (list(after.settings.roles), after.settings.points["weekend"]) == (["primary", "secondary"], 8)
    assert after.limits == (Row(2),)
    terms = {each.id: each.terms for each in read_people(app, bob.id, schedule, day(0))}
    assert terms == {b: Terms(), m: Terms(50)}
    with app.db.read() as session:
        plan = session.exec(select(SchedulePlan).where(SchedulePlan.number == made)).one()
        assert plan.tried == {"entries": [], "is_free": True, "seed": number}
        assert session.get(PlanInput, plan.id) is None
        assert not session.exec(select(PlanSlot).where(PlanSlot.plan_id == plan.id)).all()


def test_members_try_only_that_they_are_away_themselves(
    app: App, alice: Person, bob: Person, mallory: Person, schedule: int
) -> None:
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    for refused in (
        trying(Away(b, day(1), day(3))),
        trying(Leaves(m, day(1))),
        trying(Away(m, day(1), day(3)), is_free=True),
    ):
        with pytest.raises(NotAllowed):
            save_try(app, mallory.id, schedule, refused)
    number = save_try(app, mallory.id, schedule, trying(Away(m, day(1), day(3))))
    theirs = save_try(app, bob.id, schedule, trying(Away(b, day(1), day(3))))
    assert read_try(app, bob.id, schedule, number).tried.changes, "managers see what was shared with them"
    for verb in (read_try, discard_try):
        with pytest.raises(NotAllowed):
            verb(app, mallory.id, schedule, theirs)
    with pytest.raises(NotAllowed):
        make_draft(app, mallory.id, schedule, number, 1)
    set_access(app, bob.id, schedule, mallory.id, Access.VIEWER)
    with pytest.raises(NotAllowed):
        save_try(app, mallory.id, schedule, trying(Away(m, day(1), day(3))))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (RoleAdded("primary"), "is there already"),
        (RoleAdded(""), "Enter roles"),
        (RoleRemoved("primary"), "1 to 5 roles"),
        (PointsAre({"weekend": -1}), "whole number"),
        (LimitsAre((Rest(timedelta(hours=11), people=frozenset({"999"})),)), "person"),
        (Joins(0, None, date(2030, 1, 1), 300), "share"),
    ],
)
def test_what_cant_be_set_cant_be_tried(app: App, bob: Person, schedule: int, change: Change, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        save_try(app, bob.id, schedule, trying(change))


def test_nothing_is_tried_of_who_isnt_there_or_where_nothing_is_published(
    app: App, bob: Person, mallory: Person, schedule: int
) -> None:
    m = participant_of(app, schedule, mallory)
    for change in (Away(999, day(0), day(1)), Leaves(999, day(0)), ShareIs(-1, day(0), 50), Joins(0, 999, day(0))):
        with pytest.raises(NotAllowed):
            save_try(app, bob.id, schedule, trying(change))
    with pytest.raises(InvalidInput, match="later day"):
        save_try(app, bob.id, schedule, trying(Away(m, day(1), day(1))))
    with pytest.raises(InvalidInput, match="at most 20"):
        save_try(app, bob.id, schedule, trying(*[Away(m, day(0), day(1))] * 21))
    fresh = keep_schedule(app, bob, [bob], name="Fresh")
    with pytest.raises(InvalidInput, match="Nothing is published"):
        save_try(app, bob.id, fresh, Tried())


def test_a_role_that_rules_or_people_need_stays(app: App, bob: Person, mallory: Person) -> None:
    roles = {"primary": 100, "secondary": 50}
    rules = [Rule(DAY_SETS["Daily"], DAILY.at)]
    terms = {bob.id: Terms(), mallory.id: Terms(roles=frozenset({"secondary"}))}
    schedule = keep_schedule(app, bob, terms, rules, roles=roles)
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, bob)] * 3)
    with pytest.raises(InvalidInput, match="for “secondary” by name"):
        save_try(app, bob.id, schedule, trying(RoleRemoved("secondary")))


def test_a_change_while_it_is_planned_counts_and_old_tries_go(app: App, bob: Person, schedule: int) -> None:
    b = participant_of(app, schedule, bob)
    number = save_try(app, bob.id, schedule, trying(Away(b, day(1), day(3))))
    job = claim_plan(app)
    assert job is not None and claim_plan(app) is None
    save_try(app, bob.id, schedule, trying(Away(b, day(2), day(3))), number)
    release_plan(app, job)
    again = claim_plan(app)
    assert again is not None and again.plan_id == job.plan_id and again.lease != job.lease
    second = save_try(app, bob.id, schedule, Tried())
    assert status_of(app, number) is PlanStatus.DROPPED, "who begins another doesn't wait for the last"
    assert erase_old_tries(app) == 0
    with app.db.write() as session:
        for row in session.exec(select(SchedulePlan)):
            row.created_at -= timedelta(days=31)
    assert erase_old_tries(app) == 1
    assert (status_of(app, 1), status_of(app, second)) == (PlanStatus.PUBLISHED, PlanStatus.DROPPED)
    with pytest.raises(NotAllowed):
        save_try(app, bob.id, schedule, Tried(), second)
    discard_try(app, bob.id, schedule, second)
