"""A draft's page, as a simulated browser sees it."""

from typing import Any

from nicegui import ui
from nicegui.testing import User
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.models import PlanSlot, SchedulePlan
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import press, says, until
from tests.pages.helpers.seeing import click, elements, shown, statuses, words

NAME = "Platform <b>on-call</b>"


async def at_draft(browser: Browser, person: Person, schedule: int, number: int) -> User:
    user = await browser(person)
    await user.open(f"/schedules/{schedule}/drafts/{number}")
    await until(lambda: not says(user, "Reading the draft"))
    return user


async def confirm(user: User, word: str) -> None:
    """Presses the button of the dialog that opens, which repeats the word of the one that opens it."""

    def buttons() -> list[ui.button]:
        return [each for each in elements(user) if isinstance(each, ui.button) and each.text == word]

    before = len(buttons())
    press(user, word)
    await until(lambda: len(buttons()) > before)
    click(user, max(buttons(), key=lambda each: each.id))


def weeks(user: User) -> list[dict[str, Any]]:
    """The bars of the first week of the plan."""
    bars: list[dict[str, Any]] = shown(user, "week", "hol")["s"]
    return bars


def candidates(user: User) -> list[dict[str, Any]]:
    return next(each.rows for each in elements(user) if isinstance(each, ui.table) and "why-list" in each.classes)


def titles(user: User) -> list[str]:
    return [words(each) for each in elements(user) if each.tag == "h2"]


def block_slots(app: App) -> None:
    with app.db.write() as session:
        for row in session.exec(select(PlanSlot)):
            row.blocked = 400


def heading(user: User) -> list[str]:
    return [words(each) for each in elements(user) if each.tag == "h1"]


def status(user: User) -> str:
    return next(each for each in statuses(user) if " · " in each)


def change_plan(app: App, number: int, **values: Any) -> None:
    with app.db.write() as session:
        plan = session.exec(select(SchedulePlan).where(SchedulePlan.number == number)).one()
        for name, value in values.items():
            setattr(plan, name, value)
