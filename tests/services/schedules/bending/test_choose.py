"""Limits or fair shares: compared in the process that plans, chosen, kept when planning again, and reset."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.planning.problem import Rest
from oncall_ui.errors import InvalidInput, NotAllowed, PlanNotReady
from oncall_ui.services.schedules.bending.choose import choose_bend, compare_limits
from oncall_ui.services.schedules.bending.offers import Bending
from oncall_ui.services.schedules.drafts.drafts import extend, plan_again
from oncall_ui.services.schedules.drafts.editing.by_hand import pin
from oncall_ui.services.schedules.drafts.outdated import read_changes
from oncall_ui.services.schedules.drafts.planning import run_due_plans
from oncall_ui.services.schedules.drafts.views import DraftView, read_draft
from oncall_ui.services.schedules.published.publish import publish
from tests.conftest import Person
from tests.services.helpers.schedules import in_plan, keep_schedule, planned
from tests.services.schedules.drafts.test_planning import away

DAY = timedelta(hours=24)


def again(app: App, person: Person, schedule: int) -> tuple[DraftView, Bending]:
    asyncio.run(run_due_plans(app))
    draft = read_draft(app, person.id, schedule, 1)
    assert draft.bending is not None
    return draft, draft.bending


def points(bending: Bending) -> list[tuple[Any, ...]]:
    return [(each.more, each.broken, each.rests, float(each.apart), each.is_proved) for each in bending.offers]


def test_a_manager_chooses_how_many_limits_bend_for_fairness(app: App, bob: Person, mallory: Person) -> None:
    """Bob can take the first two of seven days: Mallory has the other five in a row, and 9 points of 11 at least."""
    schedule = keep_schedule(app, bob, [bob, mallory], limits=[Rest(DAY)], carry_percent=0)
    away(app, bob, 3, 9)
    draft = planned(app, bob, schedule)
    assert draft.bending == Bending((), 1, None, is_changed=False, is_whole=False), "one bends, as the schedule is set"
    asyncio.run(compare_limits(app, bob.id, schedule, 1))
    bending = read_draft(app, bob.id, schedule, 1).bending
    assert bending is not None
    assert bending.is_whole
    assert points(bending) == [(0, 4, 4, 9.0, True), (1, 5, 5, 7.0, True)]

    choose_bend(app, bob.id, schedule, 1, 0)
    draft, bending = again(app, bob, schedule)
    assert (bending.bent, bending.chosen, len(bending.offers)) == (0, 0, 2), "compared once, they stay"
    assert read_changes(app, bob.id, schedule, 1) == ()
    plan_again(app, bob.id, schedule, 1)
    assert again(app, bob, schedule)[1].chosen == 0
    choose_bend(app, bob.id, schedule, 1, None)
    draft, bending = again(app, bob, schedule)
    assert (bending.bent, bending.chosen) == (1, None)

    pin(app, bob.id, schedule, 1, in_plan(0), "primary")
    changed = read_draft(app, bob.id, schedule, 1)
    assert changed.bending == Bending((), 1, None, is_changed=True, is_whole=False)
    with pytest.raises(PlanNotReady, match="manual changes"):
        asyncio.run(compare_limits(app, bob.id, schedule, 1))
    publish(app, bob.id, schedule, 1, changed.revision)
    assert read_draft(app, bob.id, schedule, extend(app, bob.id, schedule, 1)).choices.bend is None


def test_only_a_manager_chooses_and_only_a_number(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    planned(app, bob, schedule)
    with pytest.raises(NotAllowed):
        choose_bend(app, mallory.id, schedule, 1, 1)
    with pytest.raises(NotAllowed):
        asyncio.run(compare_limits(app, mallory.id, schedule, 1))
    with pytest.raises(InvalidInput):
        choose_bend(app, bob.id, schedule, 1, -1)
    with pytest.raises(PlanNotReady, match="nothing to compare"):
        asyncio.run(compare_limits(app, bob.id, schedule, 1))
