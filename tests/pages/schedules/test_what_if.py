"""The page where changes are tried: their effect beside today, by a link that managers can open."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.what_if.changes import Away, Entry, Joins, RoleAdded, Tried
from oncall_ui.domain.schedules.what_if.stored import from_row
from oncall_ui.models import SchedulePlan
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.drafts.planning import run_due_plans
from oncall_ui.services.schedules.settings import read_settings
from oncall_ui.services.schedules.what_if.tries import save_try
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import entry, press, says, until
from tests.pages.helpers.seeing import click, elements, emit, items, statuses
from tests.services.helpers.schedules import keep_schedule, next_monday, participant_of, publish_by_hand


@pytest.fixture
def schedule(app: App, bob: Person, mallory: Person) -> int:
    """Bob manages it; he and Mallory take turns for a week."""
    found = keep_schedule(app, bob, [bob, mallory], name="Platform <b>on-call</b>")
    people = [participant_of(app, found, each) for each in (bob, mallory)]
    publish_by_hand(app, bob, found, [*people, *people])
    return found


async def at_try(browser: Browser, person: Person, schedule: int, number: int | None = None) -> User:
    user = await browser(person)
    await user.open(f"/schedules/{schedule}/what-if" + (f"/{number}" if number else ""))
    await until(lambda: not says(user, "Loading"))
    return user


def stored(app: App) -> tuple[Tried, PlanStatus]:
    """The newest try."""
    with app.db.read() as session:
        row = session.exec(select(SchedulePlan).order_by(col(SchedulePlan.id).desc())).first()
        assert row is not None
        return from_row(row.tried), row.status


def menu(user: User) -> ui.table:
    return next(each for each in elements(user) if isinstance(each, ui.table) and "oc-entries" in each.classes)


def has_form(user: User) -> bool:
    return any(isinstance(each, ui.button) and each.text == "Try it" for each in elements(user))


def entries(user: User) -> list[dict[str, Any]]:
    tables = (each for each in elements(user) if isinstance(each, ui.table))
    return next(row["items"] for each in tables for row in each.rows if "may" in row)


async def test_a_manager_tries_leave_looks_at_its_effect_and_makes_it_a_draft(
    app: App, browser: Browser, bob: Person, mallory: Person, schedule: int
) -> None:
    m = participant_of(app, schedule, mallory)
    user = await at_try(browser, bob, schedule)
    assert says(user, "Add a change, and this page shows what it does")
    emit(user, "add", "away")
    await until(lambda: entry(user, "Until"))
    with user:
        next(each for each in elements(user) if isinstance(each, ui.select) and each.label == "Who").set_value(m)
        entry(user, "From").set_value((next_monday() + timedelta(days=1)).isoformat())
        entry(user, "Until").set_value(next_monday().isoformat())
    press(user, "Try it")
    await until(lambda: entry(user, "Until").error == "This is before the first day. Choose a later day.")
    with user:
        entry(user, "Until").set_value((next_monday() + timedelta(days=2)).isoformat())
    press(user, "Try it")
    await until(lambda: entries(user))
    assert [each["t"] for each in entries(user)] == ["Mallory is away"]
    assert stored(app)[1] is PlanStatus.PLANNING
    await asyncio.wait_for(run_due_plans(app), 30)
    await until(lambda: says(user, "It works, and nothing is published"))
    assert len(elements(user)) < 200
    effect = {row["b"]: (row["today"], row["then"], row["by"]) for row in items(user, "b", "today")}
    assert effect["With nobody"] == ("0", "0", "as today") and effect["Shifts that change"] == ("–", "1", "of 4")
    shares = {row["who"]["n"]: row["shifts"] for row in items(user, "was", "now")}
    assert shares == {"Bob": [2, 3], "Mallory": [2, 1]}
    emit(user, "switch", [0, False])
    await until(lambda: not stored(app)[0].entries[0].is_on)
    await until(lambda: not says(user, "It works, and nothing is published"))
    emit(user, "switch", [0, True])
    await until(lambda: stored(app)[0].entries[0].is_on)
    await asyncio.wait_for(run_due_plans(app), 30)
    await until(lambda: says(user, "It works, and nothing is published"))
    press(user, "Make it a draft")
    await until(lambda: says(user, "Nothing is blocked for Mallory"))
    buttons = [e for e in elements(user) if isinstance(e, ui.button) and e.text == "Make it a draft"]
    click(user, max(buttons, key=lambda each: each.id))
    await until(lambda: stored(app)[1] is PlanStatus.PLANNING and stored(app)[0].seed == 2)


async def test_what_would_be_set_is_said_before_and_a_try_can_be_dropped(
    app: App, browser: Browser, alice: Person, bob: Person, schedule: int
) -> None:
    tried = Tried((Entry(Joins(0, alice.id, next_monday(), 50)), Entry(RoleAdded("secondary"))))
    number = save_try(app, bob.id, schedule, tried)
    user = await at_try(browser, bob, schedule, number)
    assert [each["t"] for each in entries(user)] == ["Alice joins", "One role more"]
    assert [each for each in statuses(user) if each.startswith("Looking for the best plan")]
    emit(user, "remove", 1)
    await until(lambda: len(stored(app)[0].entries) == 1)
    for kind in ("joins", "leaves", "share", "points", "limits", "more", "less"):
        emit(user, "add", kind)
        await until(lambda: has_form(user))
    press(user, "Try it")  # the only role there is can't go
    await until(lambda: says(user, "A schedule has 1 to 5 roles."))
    assert list(read_settings(app, bob.id, schedule).settings.roles) == ["primary"]
    for nonsense in (None, "0", [9, True], [True], {"key": 1}):
        emit(user, "switch", nonsense)
        emit(user, "remove", nonsense)
        emit(user, "add", nonsense)
    press(user, "Start over")
    await until(lambda: stored(app)[1] is PlanStatus.DROPPED)


async def test_members_see_only_their_own_and_viewers_none(
    app: App, browser: Browser, alice: Person, bob: Person, mallory: Person, schedule: int
) -> None:
    m = participant_of(app, schedule, mallory)
    first = Away(m, next_monday(), next_monday() + timedelta(days=2))
    theirs = save_try(app, bob.id, schedule, Tried())
    own = save_try(app, mallory.id, schedule, Tried((Entry(first),)))
    user = await at_try(browser, mallory, schedule, own)
    assert says(user, "that the managers of this schedule can open")
    assert not [each for each in elements(user) if isinstance(each, ui.switch)]
    manager = await at_try(browser, bob, schedule, own)
    assert entries(manager)[0]["t"] == "Mallory is away"
    for path in (f"what-if/{theirs}", "what-if/999", "what-if/99999999999"):
        assert (await user.http_client.get(f"/schedules/{schedule}/{path}")).status_code == 404, path
    set_access(app, bob.id, schedule, mallory.id, Access.VIEWER)
    assert (await user.http_client.get(f"/schedules/{schedule}/what-if")).status_code == 404
    stranger = await browser()
    answer = await stranger.http_client.get(f"/schedules/{schedule}/what-if", follow_redirects=False)
    assert answer.headers["location"].startswith("/login")
