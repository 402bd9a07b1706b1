"""New schedule: three steps, with a picture of the shifts while their rules are chosen."""

from collections.abc import Callable

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.schedules.problem import LaterStage, Row, Spread, Strength
from pages.schedules.new import page as new_schedule
from pages.schedules.new.choices import Choices
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.seeing import buttons, click, elements, of_class, words

Created = list[tuple[int, Choices]]
Open = Callable[[Person], "object"]


@pytest.fixture
def created() -> Created:
    return []


@pytest.fixture
async def at_new(app: App, browser: Browser, created: Created) -> Browser:
    """Opens the page in a browser of its own."""

    def create(_: App, member_id: int, choices: Choices) -> str:
        created.append((member_id, choices))
        return "/help"

    new_schedule.register(app, create)

    async def open_page(person: Person | None = None) -> User:
        user = await browser(person)
        await user.open("/schedules/new")
        return user

    return open_page


def named(user: User, name: str) -> ui.element:
    (found,) = (each for each in elements(user) if each.visible and name in _names(each))
    return found


def _names(element: ui.element) -> set[str]:
    return {str(element.props.get("aria-label", "")), str(element.props.get("label", ""))}


def step(user: User) -> str:
    """The words of the step that is open."""
    (here,) = (each for each in elements(user) if each.props.get("aria-current") == "step")
    return str(here.props["innerHTML"]).split("<span>")[1].removesuffix("</span>")


async def press(user: User, name: str, then: str = "") -> None:
    """Presses the button in the bar; `then` is the step that opens."""
    (bar,) = of_class(user, "oc-save")
    click(user, buttons(bar)[name])
    if then:
        await until(lambda: step(user) == then)


async def to_shifts(user: User) -> None:
    named(user, "Name").set_value("Platform on-call")  # type: ignore[attr-defined]
    await press(user, "Next: Shifts", "Shifts")


def said(user: User, css: str) -> list[str]:
    return [words(each) for each in of_class(user, css) if words(each)]


async def test_three_steps_give_a_draft(at_new: Browser, created: Created, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    named(user, "Share of Bob").set_value(50)  # type: ignore[attr-defined]
    await to_shifts(user)
    await press(user, "Next: Priorities", "Priorities")
    await press(user, "Create draft")
    await until(lambda: bool(created))
    ((member_id, choices),) = created
    assert member_id == alice.id
    assert (choices.name, choices.zone.key, choices.weeks) == ("Platform on-call", "Europe/Berlin", 12)
    assert choices.shares == {alice.id: 100, bob.id: 50}
    assert [type(limit) for limit in choices.limits] == [Row, Spread]
    assert choices.blocks is Strength.AVOID
    assert choices.stages == tuple(LaterStage)


async def test_a_schedule_needs_a_name_and_two_people(at_new: Browser, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    named(user, "Bob").set_value(False)  # type: ignore[attr-defined]
    await press(user, "Next: Shifts")
    await until(lambda: "Add at least two people." in said(user, "new-wrong"))
    assert named(user, "Name").props["aria-invalid"] == "true"
    assert step(user) == "People"


async def test_the_picture_follows_the_rules(at_new: Browser, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    assert any("4 shifts" in each for each in said(user, "oc-sub"))
    (sets,) = of_class(user, "oc-chips")
    click(user, buttons(sets)["Weekdays and one weekend shift"])
    await until(lambda: any("24 shifts" in each for each in said(user, "oc-sub")))
    assert "20 weekday, 4 weekend" in said(user, "new-types")
    assert buttons(sets)["Weekdays and one weekend shift"].props["aria-pressed"] == "true"


async def test_a_refused_shift_is_named_and_the_step_stays(at_new: Browser, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    named(user, "Shift 1 repeats").set_value(2)  # type: ignore[attr-defined]
    await until(lambda: any("more than 7 days" in each for each in said(user, "new-wrong")))
    await press(user, "Next: Priorities")
    assert step(user) == "Shifts"


async def test_shifts_are_added_changed_and_removed(at_new: Browser, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    click(user, next(each for each in user.find(ui.button).elements if each.text == "Add a shift"))
    named(user, "Shift 2 starts on").set_value("Fri")  # type: ignore[attr-defined]
    named(user, "Shift 2 starts at").set_value("17:00")  # type: ignore[attr-defined]
    assert any("8 shifts" in each for each in said(user, "oc-sub"))
    named(user, "Who has shift 2").set_value("Nobody (off)")  # type: ignore[attr-defined]
    assert any("4 shifts" in each for each in said(user, "oc-sub"))
    click(user, named(user, "Remove shift 2"))
    assert len(of_class(user, "new-rules")[0].default_slot.children) == 1


async def test_priorities_are_reordered_and_switched_off(
    at_new: Browser, created: Created, alice: Person, bob: Person
) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    await press(user, "Next: Priorities", "Priorities")
    click(user, named(user, "Move up: Preferences"))
    named(user, "Spread").set_value(False)  # type: ignore[attr-defined]
    named(user, "Blocks").set_value(Strength.NEVER)  # type: ignore[attr-defined]
    named(user, "Rest between two shifts").set_value(True)  # type: ignore[attr-defined]
    await press(user, "Create draft")
    await until(lambda: bool(created))
    choices = created[0][1]
    assert choices.stages == (LaterStage.CHANGES, LaterStage.WISHES, LaterStage.FAIRNESS)
    assert choices.blocks is Strength.NEVER
    assert len(choices.limits) == 3


async def test_going_back_keeps_what_was_chosen(at_new: Browser, alice: Person, bob: Person) -> None:
    user = await at_new(alice)
    await to_shifts(user)
    await press(user, "Back", "People")
    assert named(user, "Name").value == "Platform on-call"  # type: ignore[attr-defined]


async def test_it_needs_a_login(at_new: Browser) -> None:
    user = await at_new()
    await user.should_see("Log in")
