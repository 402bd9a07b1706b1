"""A shadow role in a schedule: planned, published and handed over without a gap, a tick or a line in the ledger."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.planning.problem import Filler, FillKind
from oncall_ui.domain.schedules.planning.result import Verdict
from oncall_ui.domain.schedules.shadows.shadow import Shadow
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, Rule
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import Assignment, LedgerLine, PlanSlot
from oncall_ui.services.schedules.drafts.drafts import create_draft
from oncall_ui.services.schedules.drafts.editing.by_hand import hand_over
from oncall_ui.services.schedules.drafts.outdated import read_changes
from oncall_ui.services.schedules.drafts.planning import run_due_plans
from oncall_ui.services.schedules.drafts.replanned import plan_with_others
from oncall_ui.services.schedules.drafts.review import read_review
from oncall_ui.services.schedules.drafts.views import DraftView, read_draft
from oncall_ui.services.schedules.drafts.why import read_draft_why
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.schedules.published.read import list_schedules, read_shifts
from oncall_ui.services.schedules.rules import save_rules
from oncall_ui.services.schedules.settings import read_settings, save_settings
from tests.conftest import Person
from tests.services.helpers.schedules import in_plan, keep_schedule, next_monday, participant_of, planned
from tests.services.schedules.drafts.test_planning import away

ROLES = {"primary": 100, "shadow": 0}


def learning(app: App, bob: Person, mallory: Person, days: int | None = 4, **more: Any) -> int:
    """Bob is primary, Mallory learns beside him in the first days."""
    until = next_monday() + timedelta(days=days) if days else None
    terms = {bob.id: Terms(), mallory.id: Terms(roles=frozenset({"shadow"}))}
    settings: dict[str, Any] = {"roles": ROLES, "shadows": {"shadow": Shadow("primary", until)}} | more
    return keep_schedule(app, bob, terms, **settings)


def shadows(draft: DraftView) -> list[tuple[int, int | None]]:
    return [((slot.start - in_plan(0)).days, slot.participant_id) for slot in draft.slots if slot.role == "shadow"]


def test_who_learns_is_planned_and_published_without_a_gap_a_tick_or_an_account(
    app: App, bob: Person, mallory: Person
) -> None:
    schedule = learning(app, bob, mallory)
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    away(app, mallory, 2)
    draft = planned(app, bob, schedule)
    assert draft.line.verdict is Verdict.PROVED
    assert [slot.participant_id for slot in draft.slots if slot.role == "primary"] == [b] * 7
    assert shadows(draft) == [(0, m), (3, m)], "not on the blocked days, nor after the fourth"
    review = read_review(app, bob.id, schedule, 1)
    assert [(row.participant_id, int(row.after)) for row in review.fairness if row.points.done] == [(b, 0)]
    assert read_changes(app, bob.id, schedule, 1) == ()
    place = schedule, 1, in_plan(0), "shadow"
    asyncio.run(plan_with_others(app, bob.id, *place, lambda each: None))

    publish(app, bob.id, schedule, 1, draft.revision)
    found = [(shift.role, shift.participant_id) for shift in read_shifts(app, bob.id, schedule, in_plan(0), in_plan(7))]
    assert found.count(("primary", b)) == 7 and found.count(("shadow", m)) == 2 and len(found) == 9
    with app.db.read() as session:
        lines = session.exec(select(LedgerLine)).all()
    assert {(line.role, line.participant_id) for line in lines} == {("primary", b)}
    (now,) = list_schedules(app, bob.id, in_plan(0) + timedelta(hours=1))
    assert [(each.role, each.now is not None) for each in now.on_call] == [("primary", True), ("shadow", True)]
    (later,) = list_schedules(app, bob.id, in_plan(4) + timedelta(hours=1))
    assert [each.role for each in later.on_call] == ["primary"], "the shadow role is over"

    away(app, mallory, 0)
    create_draft(app, bob.id, schedule, next_monday(), next_monday() + timedelta(days=7))
    asyncio.run(run_due_plans(app))
    again = read_draft(app, bob.id, schedule, 2)
    assert shadows(again) == [(3, m)]
    publish(app, bob.id, schedule, 2, again.revision)
    with app.db.read() as session:
        live = session.exec(select(Assignment).where(Assignment.ended_at == None)).all()  # noqa: E711
    assert None not in [part.participant_id for part in live] and len(live) == 8


def test_an_empty_slot_takes_its_shadow_along_and_an_empty_shadow_is_no_slot(
    app: App, bob: Person, mallory: Person
) -> None:
    schedule = learning(app, bob, mallory)
    planned(app, bob, schedule)
    hand_over(app, bob.id, schedule, 1, in_plan(0), "primary", None)
    assert [day for day, _ in shadows(read_draft(app, bob.id, schedule, 1))] == [1, 2, 3]
    hand_over(app, bob.id, schedule, 1, in_plan(2), "shadow", None)
    draft = read_draft(app, bob.id, schedule, 1)
    assert [day for day, _ in shadows(draft)] == [1, 3]
    review = read_review(app, bob.id, schedule, 1)
    assert [((each.start - in_plan(0)).days, each.participant_id) for each in review.open_shadows] == [(2, None)]
    why = read_draft_why(app, bob.id, schedule, 1, in_plan(2), "shadow")
    assert why.holder is None and [each.name for each in why.candidates if each.can_take][:1] == ["Mallory"]
    price = hand_over(app, bob.id, schedule, 1, in_plan(2), "shadow", participant_of(app, schedule, mallory))
    assert price.changes == {}, "who learns counts nowhere"
    for day, role in ((0, "shadow"), (2, "other"), (6, "shadow")):
        with pytest.raises(NotAllowed):
            hand_over(app, bob.id, schedule, 1, in_plan(day), role, participant_of(app, schedule, mallory))
    assert [day for day, _ in shadows(read_draft(app, bob.id, schedule, 1))] == [1, 2, 3]
    hand_over(app, bob.id, schedule, 1, in_plan(2), "shadow", None)
    draft = read_draft(app, bob.id, schedule, 1)
    publish(app, bob.id, schedule, 1, draft.revision)
    with app.db.read() as session:
        assert len(session.exec(select(PlanSlot)).all()) == 9


def test_settings_say_what_a_shadow_is(app: App, bob: Person, mallory: Person) -> None:
    schedule = learning(app, bob, mallory, roles={"primary": 100, "secondary": 50, "shadow": 100}, days=None)
    settings = read_settings(app, bob.id, schedule).settings
    assert settings.shadows == {"shadow": Shadow("primary")} and settings.roles["shadow"] == 0
    for wrong in (Shadow("shadow"), Shadow("tertiary")):
        with pytest.raises(InvalidInput, match="needs a role to learn beside"):
            save_settings(app, bob.id, schedule, replace(settings, shadows={"shadow": wrong}))
    for role, last in (("shadow", "primary"), ("secondary", "shadow")):
        rule = Rule(DAY_SETS["Daily"], time(9), fills={role: Filler(FillKind.LAST, last)})
        with pytest.raises(InvalidInput, match="A shadow neither follows"):
            save_rules(app, bob.id, schedule, [rule])
    save_settings(app, bob.id, schedule, replace(settings, shadows={}))
    rule = Rule(DAY_SETS["Daily"], time(9), fills={"secondary": Filler(FillKind.LAST, "shadow")})
    save_rules(app, bob.id, schedule, [rule])
    with pytest.raises(InvalidInput, match="A shadow neither follows"):
        save_settings(app, bob.id, schedule, settings)
