"""Reads the preview on the choose page in tests, and presses there."""

from typing import Any

from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.state import State
from pages.connections.choose.preview_panel import PreviewReasons
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.seeing import click, elements, of_class, words

OTHER = "a.moreno@example.org"
OFF: dict[str, Any] = {"is_on": False, "state": State.OFF}
GUEST = ["ORGANIZER:mailto:boss@example.org", f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{OTHER}"]
WORK = calendar(
    event("Dentist\\, noc", days=2),
    event("Standup", days=1, more=["RRULE:FREQ=DAILY;COUNT=10"]),
    event("Lunch", days=3, more=["TRANSP:TRANSPARENT"]),
    event("Retreat\\, noc", days=4, more=GUEST),
)


async def at(browser: Browser, person: Person, connection_id: int) -> User:
    user = await browser(person)
    await user.open(f"/calendar_connections/{connection_id}")
    return user


def panel(user: User) -> ui.element:
    (found,) = of_class(user, "oc-preview")
    return found


def answer(user: User) -> str:
    (found,) = of_class(user, "oc-answer")
    return words(found).removesuffix("Saving starts the import.").strip()


async def answers(user: User, expected: str) -> None:
    await until(lambda: answer(user) == expected)


def counting(user: User) -> list[str]:
    (table,) = (each for each in panel(user).descendants() if isinstance(each, ui.table) and "role" in each.props)
    return [f"{row['kind']} {row['title']}: {row['why']}" for row in table.rows]


def reasons(user: User) -> PreviewReasons:
    (found,) = (each for each in panel(user).descendants() if isinstance(each, PreviewReasons))
    return found


def bands(user: User) -> list[str]:
    return [words(each) for each in panel(user).descendants() if each.tag == "h3"]


def numbers(user: User) -> list[str]:
    """What each mode says that it would count."""
    (found,) = (each for each in elements(user) if isinstance(each, ui.radio))
    return [each["label"].split("\n")[1] for each in found.props["options"]]


def strip(user: User) -> ui.element:
    (found,) = of_class(user, "oc-preview-strip")
    return found


def emit(user: User, name: str, value: str) -> None:
    with user:
        UserInteraction(user, {reasons(user)}, None).trigger(name, value)


def choose_mode(user: User, mode: Mode) -> None:
    with user:
        next(each for each in elements(user) if isinstance(each, ui.radio)).set_value(mode)


def check(user: User, name: str, value: bool) -> None:
    with user:
        next(each for each in elements(user) if isinstance(each, ui.checkbox) and each.text == name).set_value(value)


def select(user: User, name: str) -> None:
    with user:
        click(user, summary(user, name))


def summary(user: User, name: str) -> ui.button:
    ending = f": how events in {name} count"
    all_buttons = (each for each in elements(user) if isinstance(each, ui.button))
    (found,) = (each for each in all_buttons if str(each.props.get("aria-label", "")).endswith(ending))
    return found
