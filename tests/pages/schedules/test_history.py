"""A schedule's history: plans with what was proved, every change, and how it was at a time."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from nicegui import ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.domain.schedules.replay.compare import Replayed
from oncall_ui.services.privacy.erase import erase
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.people import end_membership
from oncall_ui.services.schedules.published.assign import assign
from oncall_ui.services.schedules.published.history import read_history, read_state
from oncall_ui.services.schedules.rules import save_limits
from oncall_ui.services.schedules.settings import read_settings, save_settings
from pages.schedules.history.replayed import replayed_words
from pages.schedules.history.words import moment_rows, summary_words
from tests.conftest import PASSWORD, Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import entry, says, until
from tests.pages.helpers.seeing import elements, emit, of_class
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
        ("Published with plan 1 by Bob", ["2\u00a0new shifts"]),
        ("Created by Bob", ["2\u00a0people"]),
    ]
    assign(app, bob.id, schedule, in_plan(0), "primary", m, before=b)
    await until(lambda: len(moments.rows) == 3)
    (line,) = moments.rows[0]["lines"]
    assert (moments.rows[0]["what"], line["a"], line["b"]) == ("Handed over by Bob", "Bob", "Mallory")

    for nonsense in ("1", None, 1):
        emit(user, "replay", nonsense)
    await until(
        lambda: plans.rows[0]["replayed"] == "What this plan was computed from isn’t stored, so it can’t be replayed."
    )
    assert says(user, "1\u00a0published plan, changed 2\u00a0times")
    (state,) = of_class(user, "oc-duty")
    assert isinstance(state, ui.table) and len(state.rows) == 1
    set_access(app, alice.id, schedule, mallory.id, Access.VIEWER)
    entry(user, "At").set_value("2025-01-01T00:00")
    await settled(app.hub)
    assert len(state.rows) == 1  # nothing happens for who may not see it any more


PRIORITIES = "keep what is published, fair shares, preferences, shifts spread out"


def test_it_says_what_managers_changed_and_names_no_erased_account(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    keep_schedule(app, bob, [bob], name="Another")
    assert summary_words(read_history(app, bob.id, schedule), True) == "Nothing published yet"
    settings = read_settings(app, bob.id, schedule).settings
    later = replace(settings, notice_days=21, bend=False, country="DE", priorities=settings.priorities[:1])
    save_settings(app, bob.id, schedule, later)
    save_settings(app, bob.id, schedule, replace(later, roles={"primary": 100, "second": 50}))
    save_limits(app, bob.id, schedule, [])
    set_access(app, bob.id, schedule, mallory.id, Access.MANAGER)
    end_membership(app, mallory.id, schedule, participant_of(app, schedule, bob), date(2027, 1, 4))

    def told() -> list[tuple[str, list[tuple[str, ...]]]]:
        found = moment_rows(read_history(app, bob.id, schedule), ZoneInfo("UTC"))
        return [(row["what"], [tuple(line.values()) for line in row["lines"]]) for row in found]

    assert told() == [
        ("People changed by Mallory", [("Bob leaves on Mon 4 Jan",)]),
        ("Access changed by Bob", [("Mallory: manager",)]),
        ("Rules changed by Bob", [("0\u00a0limits now",)]),
        ("Rules changed by Bob", [("Roles", "primary 100", "primary 100, second 50")]),
        (
            "Rules changed by Bob",
            [
                ("Country of public holidays", "none", "DE"),
                ("Priorities", PRIORITIES, "keep what is published"),
                ("Bend limits for fairer shares", "on", "off"),
                ("Notice", "14\u00a0days", "21\u00a0days"),
            ],
        ),
        ("Created by Bob", [("2\u00a0people",)]),
    ]
    asyncio.run(erase(app, mallory.id, PASSWORD))
    assert told()[:2] == [
        ("People changed", [("Bob leaves on Mon 4 Jan",)]),
        ("Access changed by Bob", [("A former member: manager",)]),
    ]


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


def test_a_replay_says_what_differs_and_what_that_can_come_from() -> None:
    same = Replayed(True, True, None, None, 0, 72, False, True)
    said = {
        same: "Same result: the same input, values and people on all 72\u00a0shifts.",
        replace(same, is_by_hand=True): "Same result: the same input, values and people on all 72\u00a0shifts."
        " Shifts that were changed manually aren’t compared.",
        replace(same, is_same_input=False): "The stored input isn’t the one this plan was computed from. It was "
        "changed afterwards.",
        replace(same, moved=1, is_same_solver=False): "An equally good plan: 1 of 72\u00a0shifts has someone else. "
        "The solver has another version now.",
        replace(same, moved=3, better=Stage.WISHES, is_proved=False): "Different: preferences came out better this "
        "time, 3 of 72\u00a0shifts have someone else. The plan was stopped before everything was proven, so each run "
        "may end elsewhere.",
        replace(same, worse=Stage.FAIRNESS): "Different: fairness came out worse this time, 0 of 72\u00a0shifts "
        "have someone else.",
    }
    for found, sentence in said.items():
        assert replayed_words(found) == sentence
