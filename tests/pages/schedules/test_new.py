"""New schedule: three steps, with a picture of the shifts while their rules are chosen, and a draft at the end."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.schedules.planning.problem import FillKind, LaterStage, Row, Spread, Strength
from oncall_ui.models import now
from oncall_ui.services.schedules.people import read_people
from oncall_ui.services.schedules.published.read import list_schedules
from oncall_ui.services.schedules.settings import ScheduleSettings, read_settings
from tests.conftest import Person, person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import says, until
from tests.pages.helpers.seeing import buttons, click, elements, named, of_class, words
from tests.pages.schedules.entries import entries, press_in, rows, type_in
from tests.services.helpers.schedules import next_monday

BUDGET = 200
Open = Callable[..., Awaitable[User]]


@pytest.fixture
def at_new(browser: Browser) -> Open:
    """Opens the page in a browser of its own."""

    async def open_page(person: Person | None = None) -> User:
        user = await browser(person)
        await user.open("/schedules/new")
        return user

    return open_page


def fill(user: User, name: str, value: object) -> None:
    with user:
        named(user, name).set_value(value)


def step(user: User) -> str:
    """The words of the step that is open."""
    (here,) = (each for each in elements(user) if each.props.get("aria-current") == "step")
    return words(here)[1:]


async def press(user: User, name: str, then: str = "") -> None:
    """Presses the button in the bar; `then` is the step that opens."""
    (bar,) = of_class(user, "oc-save")
    click(user, buttons(bar)[name])
    if then:
        await until(lambda: step(user) == then)


async def to_shifts(user: User) -> None:
    fill(user, "Name", "Platform on-call")
    await press(user, "Next: Shifts", "Shifts")


async def to_priorities(user: User) -> None:
    await to_shifts(user)
    await press(user, "Next: Priorities", "Priorities")


def choose(user: User, ready_made: str) -> None:
    (sets,) = of_class(user, "oc-chips")
    click(user, buttons(sets)[ready_made])


def said(user: User, css: str) -> list[str]:
    return [words(each) for each in of_class(user, css) if words(each)]


def pictured(user: User) -> str:
    """What the preview says of the next weeks."""
    return next(each for each in said(user, "oc-sub") if "with 2 roles" in each or "No shifts" in each)


async def created(app: App, user: User, who: Person) -> ScheduleSettings:
    await press(user, "Create draft")
    await until(lambda: any(card.drafts for card in list_schedules(app, who.id, now())))  # it comes after the schedule
    (card,) = list_schedules(app, who.id, now())
    return read_settings(app, who.id, card.id)


async def test_three_steps_give_a_schedule_and_a_draft(app: App, at_new: Open, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    type_in(user, "ed-people", 1, "share", "50")
    await to_priorities(user)
    found = await created(app, user, alice)
    assert (found.settings.name, found.settings.zone) == ("Platform on-call", "Europe/Berlin")
    assert found.settings.blocks is Strength.AVOID
    assert found.settings.priorities == tuple(LaterStage)
    assert [type(limit) for limit in found.limits] == [Row, Spread]
    (card,) = list_schedules(app, alice.id, now())
    assert card.drafts == 1
    shares = {each.name: each.periods[0].terms.share for each in read_people(app, alice.id, card.id, now().date())}
    assert shares == {"Alice": 100, "Bob": 50}


async def test_a_schedule_needs_a_name_and_two_people(at_new: Open, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    type_in(user, "ed-people", 1, "on", False)
    await press(user, "Next: Shifts")
    await until(lambda: "Add at least two people." in said(user, "new-wrong"))
    assert named(user, "Name").props["aria-invalid"] == "true"
    assert step(user) == "People"
    assert any(words(each) == "Invite people" for each in elements(user))


async def test_who_is_alone_and_no_administrator_is_told_whom_to_ask(at_new: Open, bob: Person) -> None:
    user = await at_new(bob)
    assert says(user, "You are the only member so far. Ask your administrator to invite others.")
    assert not any(words(each) == "Invite people" for each in elements(user))


async def test_dates_roles_and_days_are_agreed_with_one_person(
    app: App, at_new: Open, alice: Person, bob: Person
) -> None:
    user = await at_new(alice)
    press_in(user, "ed-people", 1, "more")
    await until(lambda: of_class(user, "oc-ask"))
    first, last = next_monday() + timedelta(days=60), next_monday() + timedelta(days=200)
    too_early = first - timedelta(days=31)
    for label, value in (("First day", str(first)), ("Last day", str(too_early)), ("Roles", ["primary"])):
        fill(user, label, value)
    (dialog,) = of_class(user, "oc-ask")
    click(user, buttons(dialog)["Done"])
    await until(lambda: named(user, "Last day").error == "This is before the first day. Choose a later one.")
    fill(user, "Last day", str(last))
    click(user, buttons(dialog)["Done"])
    await until(lambda: "only primary" in rows(user, "ed-people")[1]["more"])
    await to_priorities(user)
    await created(app, user, alice)
    (card,) = list_schedules(app, alice.id, now())
    _, agreed = read_people(app, alice.id, card.id, now().date())
    ((period),) = agreed.periods
    assert (period.from_day, period.to_day, set(period.terms.roles)) == (first, last + timedelta(days=1), {"primary"})


async def test_the_picture_follows_the_rules(at_new: Open, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    assert "4\u00a0shifts" in pictured(user).replace(" shifts", "\u00a0shifts")
    choose(user, "Weekdays and one weekend shift")
    await until(lambda: "24 shifts" in pictured(user))
    assert "20 weekday, 4 weekend" in said(user, "new-types")
    choose(user, "Two days each")
    await until(lambda: "14 shifts" in pictured(user))


async def test_a_refused_shift_is_named_and_the_step_stays(at_new: Open, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    type_in(user, "ed-rules", 0, "every", "2")
    await until(lambda: any("more than 7 days" in each for each in said(user, "new-wrong")))
    await press(user, "Next: Priorities")
    assert step(user) == "Shifts"


async def test_what_is_half_typed_stays_and_says_what_is_missing(at_new: Open, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    type_in(user, "ed-rules", 0, "at", "")
    type_in(user, "ed-rules", 0, "points", "lots")
    await press(user, "Next: Priorities")
    await until(lambda: rows(user, "ed-rules")[0]["wrong"] == "Enter the time at which this shift starts.")
    (row,) = rows(user, "ed-rules")
    assert row["v"]["points"] == "lots"
    assert step(user) == "Shifts"


async def test_fillers_types_and_points_of_a_rule(app: App, at_new: Open, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    click(user, next(each for each in user.find(ui.button).elements if each.text == "Add a shift"))
    for name, value in (
        *(("days", "some"), ("day0", False), ("day3", True), ("day4", True), ("at", "17:00")),
        *(("fill0", f"person:{bob.id}"), ("fill1", "last:primary"), ("type", "release"), ("points", "7")),
    ):
        type_in(user, "ed-rules", 1, name, value)
    assert "12 shifts" in pictured(user)
    await press(user, "Next: Priorities", "Priorities")
    assert rows(user, "ed-points")[-1]["key"] == "release"
    rule = (await created(app, user, alice)).rules[1]
    assert (set(rule.days), rule.type, rule.points) == ({3, 4}, "release", 7)
    assert [rule.fills[role].kind for role in ("primary", "secondary")] == [FillKind.PERSON, FillKind.LAST]


async def test_a_one_off_shift_cuts_what_it_covers(app: App, at_new: Open, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    click(user, next(each for each in user.find(ui.button).elements if each.text == "Add a one-off shift"))
    assert len(rows(user, "ed-one-offs")) == 1
    assert "5 shifts" in pictured(user)
    await press(user, "Next: Priorities", "Priorities")
    assert len((await created(app, user, alice)).one_offs) == 1


async def test_follow_the_sun_names_both_ends_of_the_next_clock_changes(
    at_new: Open, alice: Person, bob: Person
) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    assert not entries(user, "ed-offices").rows
    choose(user, "Follow the sun")
    berlin, new_york = rows(user, "ed-offices")
    assert [len(each["drifts"]) for each in (berlin, new_york)] == [0, 4]
    assert all(" to " in line and line.endswith("in New York") for line in new_york["drifts"])
    click(user, next(each for each in user.find(ui.button).elements if each.text == "Add an office"))
    assert len(rows(user, "ed-offices")) == 3
    type_in(user, "ed-offices", 2, "zone", "Atlantis")
    await press(user, "Next: Priorities")
    await until(lambda: rows(user, "ed-offices")[2]["wrong"] == "Choose a time zone from the list.")


async def test_a_role_that_is_renamed_keeps_its_fillers(app: App, at_new: Open, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    type_in(user, "ed-rules", 0, "fill1", "last:primary")
    type_in(user, "ed-roles", 0, "name", "first line")
    click(user, next(each for each in user.find(ui.button).elements if each.text == "Add a role"))
    await press(user, "Next: Priorities", "Priorities")
    found = await created(app, user, alice)
    assert found.settings.roles == {"first line": 100, "secondary": 100, "primary": 100}
    assert found.rules[0].fills["secondary"].name == "first line"


async def test_public_holidays_of_a_country_change_the_types(at_new: Open, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    choose(user, "Daily")
    christmas = next(each for year in (0, 1) if (each := date(now().year + year, 12, 21)) > now().date())
    fill(user, "First day", str(christmas))
    fill(user, "Country", "DE")
    await until(lambda: any("holiday" in each for each in said(user, "new-types")))
    assert any("Next: Christmas Day" in each for each in said(user, "oc-sub"))
    fill(user, "First day", str(christmas.replace(day=28)))
    await until(lambda: any("Next: New Year" in each for each in said(user, "oc-sub")))


async def test_limits_and_priorities_are_chosen(app: App, at_new: Open, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_priorities(user)
    click(user, named(user, "Move up: Preferences"))
    fill(user, "Spread", False)
    fill(user, "Blocks", Strength.NEVER)
    fill(user, "Only publish with fresh calendars", True)
    type_in(user, "ed-limits", 0, "strength", "never")
    type_in(user, "ed-limits", 0, f"p{bob.id}", True)
    type_in(user, "ed-limits", 1, "number", "0")
    await press(user, "Create draft")
    await until(lambda: rows(user, "ed-limits")[1]["wrong"] == "Enter a whole number from 1 to 720.")
    press_in(user, "ed-limits", 1, "remove")
    found = await created(app, user, alice)
    assert found.settings.priorities == (LaterStage.CHANGES, LaterStage.WISHES, LaterStage.FAIRNESS)
    assert (found.settings.blocks, found.settings.needs_fresh) == (Strength.NEVER, True)
    (limit,) = found.limits
    assert isinstance(limit, Row)
    assert (limit.strength, len(limit.people)) == (Strength.NEVER, 1)


async def test_a_limit_that_cannot_be_kept_is_named_at_once(at_new: Open, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_priorities(user)
    assert said(user, "oc-i-alert")[-1].replace("\u00a0", " ") == (
        "At most 1 shift in a row can’t be kept with 2 people and 2 roles. The draft would break it. Add people."
    )
    press_in(user, "ed-limits", 0, "remove")
    assert not any("can’t be kept" in each for each in said(user, "oc-i-alert") if each)


async def test_going_back_keeps_what_was_chosen(at_new: Open, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    await press(user, "Back", "People")
    assert named(user, "Name").value == "Platform on-call"


async def test_every_step_stays_small_with_20_people(app: App, at_new: Open, alice: Person) -> None:
    for number in range(19):
        person(app, f"Member{number}")
    user = await at_new(alice)
    sizes = [len(elements(user))]
    await to_shifts(user)
    choose(user, "Follow the sun")
    sizes.append(len(elements(user)))
    await press(user, "Next: Priorities", "Priorities")
    sizes.append(len(elements(user)))
    assert max(sizes) < BUDGET, sizes


async def test_it_needs_a_login(at_new: Open) -> None:
    user = await at_new()
    await user.should_see("Log in")
