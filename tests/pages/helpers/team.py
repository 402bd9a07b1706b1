"""Reads the team page in tests."""

from typing import Any

from nicegui import ui
from nicegui.testing import User

from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.home import NOW, table
from tests.pages.helpers.seeing import click, elements, of_class, words

__all__ = [
    "NOW",
    "at_team",
    "cells",
    "choose",
    "fold",
    "foot",
    "go_to",
    "lead",
    "names",
    "row",
    "span",
    "title",
    "unfold",
]


async def at_team(browser: Browser, person: Person, address: str = "/team") -> User:
    """The team page with its content: on a busy machine the page is sent before the team is read."""
    user = await browser(person)
    await user.open(address)
    await until(lambda: names(user))
    return user


def names(user: User) -> list[str]:
    return [str(each["name"]) for each in table(user, "oc-team").rows]


def row(user: User, name: str) -> dict[str, Any]:
    (found,) = (each for each in table(user, "oc-team").rows if each["name"] == name)
    return dict(found)


def fold(user: User) -> tuple[str, ui.button] | None:
    """The line of members with nothing connected, if there is one: its words and its button."""
    (line,) = of_class(user, "team-fold")
    (button,) = (each for each in line.descendants() if isinstance(each, ui.button))
    return (button.text, button) if line.visible else None


def unfold(user: User) -> None:
    line = fold(user)
    assert line is not None
    click(user, line[1])


def cells(user: User, name: str) -> list[str]:
    """A member's weeks, as a screen reader reads them."""
    return [str(week["t"]) for week in row(user, name)["weeks"]]


def foot(user: User) -> list[str]:
    return [str(column["sums"]) for column in table(user, "oc-team").columns[1:]]


def title(user: User, name: str, week: int, day: int) -> str:
    """The tooltip of a day."""
    return str(row(user, name)["weeks"][week]["d"][day].get("t", ""))


def lead(user: User) -> str:
    return words(of_class(user, "oc-head")[0].default_slot.children[0].default_slot.children[1])


def span(user: User) -> str:
    (found,) = (each for each in elements(user) if each.props.get("aria-live") == "polite" and each.tag == "span")
    return words(found)


def choose(user: User, what: str) -> None:
    (toggle,) = (each for each in elements(user) if isinstance(each, ui.toggle))
    with user:
        toggle.set_value(what)


def go_to(user: User, day: str) -> None:
    with user:
        (field,) = (each for each in elements(user) if isinstance(each, ui.input) and each.label == "Go to")
        field.set_value(day)
