"""A schedule's history: plans with what was proved, every change, and how it was at a time."""

from datetime import timedelta

from nicegui import ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.published.assign import assign
from oncall_ui.services.schedules.published.history import read_history, read_state
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import entry, says, until
from tests.pages.helpers.seeing import elements, of_class
from tests.pages.simulation import settled
from tests.services.helpers.schedules import in_plan, keep_schedule, participant_of, publish_by_hand


async def test_it_says_what_was_planned_what_changed_and_how_it_was(
    app: App, browser: Browser, alice: Person, bob: Person, mallory: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [b, b])
    user = await browser(mallory)
    await user.open(f"/schedules/{schedule}/history")
    assert len(elements(user)) < 200
    plans, moments = of_class(user, "history-list")
    assert isinstance(plans, ui.table) and isinstance(moments, ui.table)
    (plan,) = plans.rows
    assert (plan["name"], plan["status"], plan["href"]) == ("Plan 1", "published", f"/schedules/{schedule}/drafts/1")
    assert [(row["what"], [line["t"] for line in row["lines"]]) for row in moments.rows] == [
        ("Published with plan 1 by Bob", ["2\u00a0new shifts"])
    ]
    assign(app, bob.id, schedule, in_plan(0), "primary", m, before=b)
    await until(lambda: len(moments.rows) == 2)
    (line,) = moments.rows[0]["lines"]
    assert (moments.rows[0]["what"], line["a"], line["b"]) == ("Handed over by Bob", "Bob", "Mallory")

    assert says(user, "1\u00a0published plan, changed 2\u00a0times")
    (state,) = of_class(user, "oc-duty")
    assert isinstance(state, ui.table) and len(state.rows) == 1
    set_access(app, alice.id, schedule, mallory.id, Access.VIEWER)
    entry(user, "At").set_value("2025-01-01T00:00")
    await settled(app.hub)
    assert len(state.rows) == 1  # nothing happens for who may not see it any more


def test_the_state_at_a_time_is_what_was_true_then(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [b, b])
    assign(app, bob.id, schedule, in_plan(0), "primary", m, before=b)
    newest, first = read_history(app, bob.id, schedule).moments
    span = in_plan(0), in_plan(9)
    assert [each.name for each in read_state(app, bob.id, schedule, first.at, *span)] == ["Bob", "Bob"]
    assert [each.name for each in read_state(app, bob.id, schedule, newest.at, *span)] == ["Mallory", "Bob"]
    assert read_state(app, bob.id, schedule, first.at - timedelta(seconds=1), *span) == ()
