"""The page of a draft: planned, reviewed, changed, published, and only by who manages the schedule."""

from datetime import timedelta

import pytest
from nicegui import ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.problem import Row, Slot
from oncall_ui.domain.schedules.what_if.changes import Tried
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import now
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.drafts.drafts import create_draft
from oncall_ui.services.schedules.drafts.views import read_draft
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.schedules.published.read import read_shifts
from oncall_ui.services.schedules.what_if.tries import save_try
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import press, says, until
from tests.pages.helpers.seeing import elements, emit, items, shown
from tests.pages.schedules.drafts import (
    NAME,
    at_draft,
    block_slots,
    candidates,
    change_plan,
    confirm,
    heading,
    status,
    titles,
    weeks,
)
from tests.services.helpers.schedules import (
    count_draft,
    draft_by_hand,
    in_plan,
    keep_schedule,
    next_monday,
    participant_of,
    publish_by_hand,
)


async def test_a_review_says_what_the_draft_is_worth_and_publishes_it(
    app: App, browser: Browser, bob: Person, schedule: int, people: tuple[int, int]
) -> None:
    b, m = people
    publish_by_hand(app, bob, schedule, [b, b, m])
    number = draft_by_hand(app, schedule, [b, m, m, b])
    count_draft(app, schedule, number)
    user = await at_draft(browser, bob, schedule, number)
    assert heading(user) == [f"Draft for {NAME}"]
    assert status(user).startswith("Proven best · ")
    assert len(elements(user)) < 200
    blocked, fairness, _, published = items(user, "cap")
    assert (blocked["b"], fairness["b"]) == ("0", "0.0")
    assert (published["b"], published["of"], published["p"]) == ("2", "of 3 stay", "1 change, 1 are new")
    (change,) = items(user, "from", "to")
    assert (change["from"]["n"], change["to"]["n"]) == ("Bob", "Mallory")
    assert [(line["who"]["n"], line["after"]) for line in shown(user, "people")["people"]] == [
        ("Bob", "0.0"), ("Mallory", "0.0"),
    ]  # fmt: skip
    await confirm(user, "Publish")
    assert says(user, "Publishing tells Bob and Mallory what changed for them.")
    await until(lambda: read_draft(app, bob.id, schedule, number).line.status is PlanStatus.PUBLISHED)
    assert len(read_shifts(app, bob.id, schedule, in_plan(0), in_plan(9))) == 4


async def test_the_plan_is_drawn_by_weeks_by_people_or_in_words(
    app: App, browser: Browser, bob: Person, schedule: int, people: tuple[int, int]
) -> None:
    b, m = people
    number = draft_by_hand(app, schedule, [b, m, b])
    count_draft(app, schedule, number)
    user = await at_draft(browser, bob, schedule, number)
    assert len(weeks(user)) == 3
    (views,) = (each for each in elements(user) if isinstance(each, ui.toggle))
    views.set_value("people")
    lanes = [row for each in elements(user) if isinstance(each, ui.table) for row in each.rows if "said" in row]
    assert [(row["n"], len(row["s"])) for row in lanes] == [("Bob", 2), ("Mallory", 1)]
    views.set_value("list")
    assert not any("said" in row for each in elements(user) if isinstance(each, ui.table) for row in each.rows)
    assert len(shown(user, "days", "shifts")["shifts"]) == 3
    assert len(elements(user)) < 200


@pytest.mark.parametrize(
    ("bound", "proved", "took", "verdict", "proof", "how"),
    [
        ("8", True, 2.46, "Proven best", "proven best", "found in 2.5 s"),
        ("7", False, 10.3, "Good, but not proven best · fairness is within 12.5 % of the best possible",
         "within 12.5 % of the best possible", "stopped after 10 s"),
        ("-1000000000000", False, 1.02, "Good, but not proven best · nothing is proven about fairness",
         "nothing proven", "stopped after 1.0 s"),
    ],
    ids=["proven", "capped", "nothing proven"],
)  # fmt: skip
async def test_a_plan_says_what_is_proved_and_how_long_it_took_by_the_clock(
    app: App, browser: Browser, bob: Person, schedule: int, people: tuple[int, int],
    bound: str, proved: bool, took: float, verdict: str, proof: str, how: str,
) -> None:  # fmt: skip
    number = draft_by_hand(app, schedule, list(people) * 2)
    stage = {"name": "fairness", "value": "8", "bound": bound, "proved": proved, "cpu_seconds": 0.5, "bent": None}
    change_plan(app, number, result={"stages": [stage], "took_seconds": took})
    user = await at_draft(browser, bob, schedule, number)
    said = status(user).replace("\u00a0", " ")
    assert said.startswith(verdict) and how in said
    (line,) = items(user, "css", "b", "cost")
    assert line["small"].replace("\u00a0", " ").endswith(proof)
    assert line["cost"].replace("\u00a0", " ") == "0.5 s"


async def test_a_shift_that_breaks_a_limit_is_not_fine(
    app: App, browser: Browser, bob: Person, mallory: Person, people: tuple[int, int]
) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory], limits=[Row(1)])
    b, m = (participant_of(app, schedule, each) for each in (bob, mallory))
    number = draft_by_hand(app, schedule, [b, b, b, m])
    count_draft(app, schedule, number)
    user = await at_draft(browser, bob, schedule, number)
    assert status(user).replace("\u00a0", " ").startswith("No plan meets every limit · 2 of 4 shifts are fine, ")


async def test_preview_shows_everyones_email_as_it_will_be_sent(
    app: App, browser: Browser, bob: Person, schedule: int, people: tuple[int, int]
) -> None:
    b, m = people
    user = await at_draft(browser, bob, schedule, draft_by_hand(app, schedule, [b, m, m]))
    press(user, "Preview")
    await until(lambda: "Preview" in titles(user))
    assert says(user, "This server doesn’t send email")
    first, second = items(user, "subject", "text")
    assert [(each["who"]["n"], each["subject"]) for each in (first, second)] == [
        ("Bob", f"{NAME}: 1 shift new"), ("Mallory", f"{NAME}: 2 shifts new"),
    ]  # fmt: skip
    assert f"Bob published a plan for {NAME} that changes your shifts." in second["text"]
    press(user, "Close")
    await until(lambda: "Preview" not in titles(user))


async def test_another_manager_who_publishes_first_is_named_and_nothing_is_lost(
    app: App, browser: Browser, alice: Person, bob: Person, schedule: int, people: tuple[int, int]
) -> None:
    b, m = people
    one, two = draft_by_hand(app, schedule, [b, b]), draft_by_hand(app, schedule, [m, m])
    user = await at_draft(browser, bob, schedule, two)
    app.hub.stop()  # the page isn't told in time
    publish(app, alice.id, schedule, one, 1)
    await confirm(user, "Publish")
    await until(lambda: says(user, "Alice changed the published schedule at "))
    assert read_draft(app, bob.id, schedule, two).line.status is PlanStatus.DRAFT


async def test_while_it_is_planned_the_page_says_how_close_it_is_and_stops_it(
    app: App, browser: Browser, bob: Person, schedule: int
) -> None:
    number = create_draft(app, bob.id, schedule, next_monday(), next_monday() + timedelta(days=3))
    user = await at_draft(browser, bob, schedule, number)
    assert status(user).startswith("Looking for the best plan · ")
    progress = {"stage": "fairness", "best": 12.0, "bound": 11.7, "since": now().isoformat()}
    change_plan(app, number, progress=progress)
    app.hub.publish(ScheduleChanged(schedule))
    await until(lambda: says(user, "Shares are fair: within 2.5\u00a0% of the best possible"))
    (drawing,) = (each.content for each in elements(user) if isinstance(each, ui.html) and "<svg" in each.content)
    assert "none can cost less than 12" in drawing
    change_plan(app, number, progress=progress | {"best": None, "bound": 11.9})
    app.hub.publish(ScheduleChanged(schedule))
    await until(lambda: says(user, "Shares are fair: within 0.8\u00a0% of the best possible"))
    press(user, "Stop and use the best so far")
    await until(lambda: read_draft(app, bob.id, schedule, number).is_stopping)
    change_plan(app, number, status=PlanStatus.FAILED, note="This plan takes more time than this server allows.")
    app.hub.publish(ScheduleChanged(schedule))
    await until(lambda: says(user, "This plan takes more time than this server allows."))
    press(user, "Plan again")
    await until(lambda: read_draft(app, bob.id, schedule, number).line.status is PlanStatus.PLANNING)


async def test_it_is_for_managers_only(
    app: App, browser: Browser, mallory: Person, schedule: int, people: tuple[int, int]
) -> None:
    number = draft_by_hand(app, schedule, list(people))
    user = await browser(mallory)
    answer = await user.http_client.get(f"/schedules/{schedule}/drafts/{number}")
    assert (answer.status_code, "Page not found" in answer.text) == (404, True)


@pytest.mark.parametrize("number", ["99", "0", str(2**40), "try"])
async def test_an_address_of_no_draft_leads_nowhere(
    browser: Browser, app: App, alice: Person, bob: Person, number: str
) -> None:
    """The number of a try neither, which has an address of its own."""
    schedule = keep_schedule(app, alice, [alice, bob])
    publish_by_hand(app, alice, schedule, [participant_of(app, schedule, bob)])
    tried = save_try(app, alice.id, schedule, Tried())
    user = await browser(alice)
    answer = await user.http_client.get(f"/schedules/{schedule}/drafts/{tried if number == 'try' else number}")
    assert (answer.status_code, "Page not found" in answer.text) == (404, True)


async def test_who_no_longer_manages_it_changes_nothing(
    app: App, browser: Browser, alice: Person, bob: Person, mallory: Person, schedule: int, people: tuple[int, int]
) -> None:
    number = draft_by_hand(app, schedule, list(people))
    set_access(app, bob.id, schedule, mallory.id, Access.MANAGER)
    user = await at_draft(browser, bob, schedule, number)
    set_access(app, mallory.id, schedule, bob.id, Access.MEMBER)
    press(user, "Plan again")
    await confirm(user, "Publish")
    await user.should_see("This no longer exists")
    assert read_draft(app, alice.id, schedule, number).line.status is PlanStatus.DRAFT


async def test_discarding_asks_once(
    app: App, browser: Browser, bob: Person, schedule: int, people: tuple[int, int]
) -> None:
    number = draft_by_hand(app, schedule, list(people))
    user = await at_draft(browser, bob, schedule, number)
    await confirm(user, "Discard")
    assert says(user, "Discard this draft?")
    await until(lambda: read_draft(app, bob.id, schedule, number).line.status is PlanStatus.DROPPED)


async def test_a_slot_is_handed_over_pinned_and_excluded_in_its_dialog(
    app: App, browser: Browser, bob: Person, schedule: int, people: tuple[int, int]
) -> None:
    b, m = people
    number = draft_by_hand(app, schedule, [b, m])
    count_draft(app, schedule, number)
    user = await at_draft(browser, bob, schedule, number)
    key = weeks(user)[0]["id"]
    emit(user, "shift", key)
    await until(lambda: any(each.startswith("Why you, Mon ") for each in titles(user)))
    assert [(each["n"], each["cost"]) for each in candidates(user)] == [
        ("Bob", "has it"), ("Mallory", "1 point further from even"),
    ]  # fmt: skip
    press(user, "Hand over")
    await until(lambda: read_draft(app, bob.id, schedule, number).slots[0].participant_id == m)
    await until(lambda: weeks(user)[0]["n"] == "Mallory" and "pin" in weeks(user)[0]["m"])
    emit(user, "shift", key)
    await until(lambda: any(each.startswith("Why Mallory, Mon ") for each in titles(user)))
    press(user, "Exclude")
    await until(lambda: read_draft(app, bob.id, schedule, number).choices.barred == {(Slot(in_plan(0), "primary"), m)})


async def test_each_blocked_shift_is_ticked_before_publishing(
    app: App, browser: Browser, bob: Person, schedule: int, people: tuple[int, int]
) -> None:
    number = draft_by_hand(app, schedule, list(people))
    block_slots(app)
    user = await at_draft(browser, bob, schedule, number)
    await until(lambda: says(user, "Tick the 2\u00a0blocked shifts to publish."))
    press(user, "Publish")
    assert "Publish this plan?" not in titles(user)
    for line in items(user, "ticked"):
        emit(user, "tick", [line["key"], True])
    await confirm(user, "Publish")
    await until(lambda: read_draft(app, bob.id, schedule, number).line.status is PlanStatus.PUBLISHED)
