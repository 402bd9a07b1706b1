"""The next weeks are planned and published automatically, once, and only where nothing needs a decision."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.automatic.when import FRIDAY
from oncall_ui.domain.schedules.plan_states import PlanKind, PlanStatus
from oncall_ui.models import AuditEntry, SchedulePlan, now
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.automatic.run import ask_if_due, run_automatic
from oncall_ui.services.schedules.drafts.drafts import create_draft, discard_draft
from oncall_ui.services.schedules.drafts.planning import run_due_plans
from oncall_ui.services.schedules.published.history import read_history
from oncall_ui.services.schedules.published.read import read_schedule
from oncall_ui.services.sharing.messages.send import send_messages
from oncall_ui.settings import Settings
from tests.conftest import Person, person
from tests.fakes.smtp import MailServer
from tests.services.helpers.post import mailed, post, with_email
from tests.services.helpers.schedules import in_plan, keep_schedule, next_monday, participant_of, publish_by_hand

__all__ = ["post"]


@pytest.fixture
def settings(settings: Settings, post: MailServer) -> Settings:
    return with_email(settings, post)


def a_morning() -> datetime:
    """A weekday's, not before now: rows that are written meanwhile lie before it."""
    day = now().date() + timedelta(days=1)
    while day.weekday() > FRIDAY:
        day += timedelta(days=1)
    return datetime.combine(day, time(9), tzinfo=now().tzinfo)


def automatic(app: App, bob: Person, mallory: Person, **more: Any) -> int:
    """A week is published; the notice is so long that the next is due."""
    found = keep_schedule(
        app, bob, [bob, mallory], is_automatic=True, notice_days=40, horizon_days=14, zone="UTC", **more
    )
    people = [participant_of(app, found, each) for each in (bob, mallory)]
    publish_by_hand(app, bob, found, [*people, *people, *people, people[0]])
    return found


def plans(app: App) -> list[SchedulePlan]:
    with app.db.read() as session:
        rows = session.exec(select(SchedulePlan)).all()
        session.expunge_all()
        return sorted(rows, key=lambda row: row.number)


def test_what_needs_no_decision_is_published_as_far_as_the_horizon_and_only_once(
    app: App, bob: Person, mallory: Person
) -> None:
    schedule, at = automatic(app, bob, mallory), a_morning()
    run_automatic(app, at)
    run_automatic(app, at)
    first, second = plans(app)
    assert (second.kind, second.status, second.by_id) == (PlanKind.EXTEND, PlanStatus.PLANNING, None)
    assert (second.first_day, (second.end_day - second.first_day).days) == (next_monday() + timedelta(days=7), 56)
    asyncio.run(run_due_plans(app))
    run_automatic(app, at)
    run_automatic(app, at)
    published = plans(app)[1]
    assert (published.status, published.published_by) == (PlanStatus.PUBLISHED, None)
    assert published.published_until == published.first_day + timedelta(days=14)
    assert read_schedule(app, bob.id, schedule).published_until == in_plan(21)
    newest = read_history(app, bob.id, schedule).moments[0]
    assert (newest.by, newest.plan, newest.new) == ("automatic mode", 2, 14)
    assert read_history(app, bob.id, schedule).plans[0].published_by == "automatic mode"
    with app.db.read() as session:
        rows = select(AuditEntry).where(col(AuditEntry.actor_id).is_(None)).order_by(col(AuditEntry.id))
        lines = session.exec(rows).all()
        # Even then less is published than the notice, so that the weeks after it are asked for, too.
        assert [line.action for line in lines if line.facts.get("done") == "automatic"][:2] == [
            "schedule.draft_created",
            "schedule.published",
        ]
    assert first.status is PlanStatus.PUBLISHED


def test_what_needs_one_is_held_back_and_managers_read_why_once(
    app: App, bob: Person, mallory: Person, post: MailServer
) -> None:
    schedule, at = automatic(app, bob, mallory), a_morning()
    for each in (bob, mallory):
        day = next_monday() + timedelta(days=9)
        add_manual_days(app, each.id, ManualDays(day, day, Action.BLOCK))
    run_automatic(app, at)
    asyncio.run(run_due_plans(app))
    run_automatic(app, at)
    run_automatic(app, at)
    held = plans(app)[1]
    reason = "Somebody would be on call while they are blocked."
    assert (held.status, held.result["automatic"]) == (PlanStatus.DRAFT, "held back")
    assert f"Not published automatically: {reason}" in held.result["problems"]
    for _ in range(2):
        send_messages(app, at=at)
    text = mailed(post, bob.email, "Platform: the next weeks need a decision")
    assert reason in text and f"/schedules/{schedule}/drafts/2" in text
    assert "Stop emails about plans" in text
    told = [each["To"] for each in post.taken if "need a decision" in each["Subject"]]
    assert told == [bob.email], "only managers, and once"
    discard_draft(app, bob.id, schedule, 2)
    assert ask_if_due(app, schedule, at) is None, "these weeks were planned before; what comes next is decided"


def test_nothing_is_asked_for_beside_a_draft_or_where_it_is_off(app: App, bob: Person, mallory: Person) -> None:
    schedule, at = automatic(app, bob, mallory), a_morning()
    number = create_draft(app, bob.id, schedule, next_monday(), next_monday() + timedelta(days=3))
    assert ask_if_due(app, schedule, at) is None
    discard_draft(app, bob.id, schedule, number)
    assert ask_if_due(app, schedule, at.replace(hour=13)) is None
    assert ask_if_due(app, schedule, at) == number + 1
    off = keep_schedule(app, bob, [carol := person(app, "Carol")], name="Off")
    publish_by_hand(app, bob, off, [participant_of(app, off, carol)])
    assert ask_if_due(app, off, at) is None and ask_if_due(app, 999, at) is None


def test_what_a_manager_changed_is_theirs(app: App, bob: Person, mallory: Person) -> None:
    automatic(app, bob, mallory)
    at = a_morning()
    run_automatic(app, at)
    with app.db.write() as session:
        row = session.exec(select(SchedulePlan).where(SchedulePlan.number == 2)).one()
        row.status, row.revision = PlanStatus.DRAFT, 3
    run_automatic(app, at)
    assert "automatic" not in plans(app)[1].result
    with app.db.write() as session:
        row = session.exec(select(SchedulePlan).where(SchedulePlan.number == 2)).one()
        row.status, row.note = PlanStatus.FAILED, "Planning was interrupted."
    run_automatic(app, at)
    assert plans(app)[1].result["automatic"] == "held back"
