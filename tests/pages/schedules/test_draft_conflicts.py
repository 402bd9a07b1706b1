"""/schedules/{id}/drafts/{n}: what could not be done, and what changed meanwhile."""

from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.result import Conflict, Fix, FixKind, Pin
from oncall_ui.domain.schedules.planning.sentences import Who, sentence
from oncall_ui.models import SchedulePlan
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.drafts.results import conflict_as_row
from oncall_ui.services.schedules.drafts.views import read_draft
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import press, says, until
from tests.pages.helpers.seeing import emit, items
from tests.pages.schedules.drafts import at_draft, change_plan, titles
from tests.services.helpers.schedules import (
    count_draft,
    draft_by_hand,
    in_plan,
    next_monday,
)


def store_conflict(app: App, number: int, conflict: Conflict) -> None:
    with app.db.write() as session:
        plan = session.exec(select(SchedulePlan).where(SchedulePlan.number == number)).one()
        plan.result = plan.result | {"conflicts": [conflict_as_row(conflict)]}


async def test_a_draft_whose_pins_clash_names_them_and_takes_them_back(
    app: App, browser: Browser, bob: Person, schedule: int, people: tuple[int, int]
) -> None:
    number = draft_by_hand(app, schedule, list(people))
    at = f"{in_plan(0):%Y-%m-%dT%H:%M:%SZ}"
    pinned = {"pinned": [[at, role, people[1]] for role in ("primary", "secondary")]}
    change_plan(app, number, status=PlanStatus.FAILED, note="Two pins clash.", choices=pinned)
    user = await at_draft(browser, bob, schedule, number)
    assert [(line["n"], line["small"]) for line in items(user, "when", "small")] == [
        ("Mallory", "primary. Pinned twice at this time"), ("Mallory", "secondary. Pinned twice at this time"),
    ]  # fmt: skip
    emit(user, "unpin", items(user, "when", "small")[1]["key"])
    await until(lambda: [line["small"] for line in items(user, "when", "small")] == ["primary"])
    press(user, "Plan again")
    await until(lambda: read_draft(app, bob.id, schedule, number).line.status is PlanStatus.PLANNING)


async def test_a_draft_whose_calendars_changed_waits_and_is_updated(
    app: App, browser: Browser, bob: Person, mallory: Person, schedule: int, people: tuple[int, int]
) -> None:
    number = draft_by_hand(app, schedule, list(people))
    count_draft(app, schedule, number)
    user = await at_draft(browser, bob, schedule, number)
    day = next_monday()
    add_manual_days(app, mallory.id, ManualDays(day, day, Action.BLOCK))
    await until(lambda: says(user, "Calendars have changed since this draft"))
    assert says(user, "The availability of Mallory has changed. Publishing waits.")
    press(user, "Publish")
    assert "Publish this plan?" not in titles(user)
    press(user, "Update the draft to publish it")
    await until(lambda: read_draft(app, bob.id, schedule, number).line.status is PlanStatus.PLANNING)


async def test_what_could_not_be_done_comes_with_fixes_as_buttons(
    app: App, browser: Browser, bob: Person, schedule: int, people: tuple[int, int]
) -> None:
    number = draft_by_hand(app, schedule, [None, people[1]])
    first, mallory = Slot(in_plan(0), "primary"), str(people[1])
    ask = Fix(FixKind.ASK, sentence("Ask ", Who(mallory), " to lift 1 h"), mallory, (first,), (Pin(first, mallory),))
    accept = Fix(FixKind.ACCEPT, sentence("Bend the rest of ", Who(mallory)), mallory, (first,), (Pin(first, mallory),))
    twice = (sentence(Who(mallory), " is blocked"),) * 2
    conflict = Conflict((first,), twice, (ask, accept))
    store_conflict(app, number, conflict)
    user = await at_draft(browser, bob, schedule, number)
    (row,) = items(user, "facts", "fixes")
    (fact,) = row["facts"]
    assert (fact["says"], fact["who"]["i"]) == ("Mallory is blocked", "M")
    assert row["lead"] == "One fact rules it out. Without it, it could be planned."
    assert [(fix["says"], fix["word"]) for fix in row["fixes"]] == [
        ("Ask Mallory to lift 1 h.", "Ask Mallory"), ("Bend the rest of Mallory.", "Accept once"),
    ]  # fmt: skip
    emit(user, "fix", [0, 0])
    await until(lambda: says(user, "This server sends no email. Ask them yourself."))
    emit(user, "fix", [0, 1])
    await until(lambda: read_draft(app, bob.id, schedule, number).line.status is PlanStatus.PLANNING)
    choices = read_draft(app, bob.id, schedule, number).choices
    assert choices.pinned == {first: people[1]} and choices.accepted == {(first, people[1])}
