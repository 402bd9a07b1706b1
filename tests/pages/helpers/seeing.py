"""What a person finds on a page, by role and name, and presses there."""

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.models import LoginSession
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import says, until


def elements(user: User) -> list[ui.element]:
    assert user.client is not None
    return list(user.client.elements.values())


TAG = re.compile(r"<[^>]*>")


def words(element: ui.element) -> str:
    """What is written in `element`, as it is read out."""
    if not element.visible:
        return ""
    own = str(element._text or "") + unescape(TAG.sub("", str(element.props.get("innerHTML", ""))))
    inner = "".join(words(child) for child in element.default_slot.children)
    return (own + inner).replace("\u00a0", " ")


def of_class(user: User, name: str, inside: ui.element | None = None) -> list[ui.element]:
    return [each for each in (list(inside.descendants()) if inside else elements(user)) if name in each.classes]


def named(user: User, name: str) -> Any:
    """The visible field or button of this name, of whatever kind."""
    (found,) = (
        each
        for each in elements(user)
        if each.visible and name in {each.props.get("aria-label"), each.props.get("label")}
    )
    return found


def shown(user: User, *keys: str) -> dict[str, Any]:
    """The row of the one element that shows values of these names."""
    (found,) = (
        row for each in elements(user) if isinstance(each, ui.table) for row in each.rows if set(keys) <= set(row)
    )
    return found


def items(user: User, *keys: str) -> list[dict[str, Any]]:
    """The lines of the one list whose lines have these values."""
    return next(
        row["items"]
        for each in elements(user)
        if isinstance(each, ui.table)
        for row in each.rows
        if row.get("items") and set(keys) <= set(row["items"][0])
    )


def emit(user: User, name: str, value: object) -> None:
    """What the template of the one element that listens to it sends when it is pressed."""
    for element in elements(user):
        for listener in element._event_listeners.values():
            if listener.type == name:
                with user:
                    element._handle_event({"listener_id": listener.id, "args": value})
                return
    raise AssertionError(f"nothing listens to {name}")


def statuses(user: User) -> list[str]:
    return [words(each) for each in elements(user) if each.props.get("role") == "status"]


def row(user: User, calendar: str) -> ui.element:
    """The row of the calendar of this name."""
    (found,) = (each for each in of_class(user, "oc-cal") if words(of_class(user, "name", each)[0]) == calendar)
    return found


def card(user: User, nickname: str) -> ui.element:
    (found,) = (each for each in of_class(user, "oc-conn") if nickname in headings(each))
    return found


def headings(inside: ui.element) -> list[str]:
    return [words(each) for each in inside.descendants() if each.tag in {"h1", "h2"}]


def buttons(inside: ui.element) -> dict[str, ui.button]:
    return {each.text: each for each in inside.descendants() if isinstance(each, ui.button)}


def links(inside: ui.element) -> list[tuple[str, str]]:
    return [(words(each), str(each.props["href"])) for each in inside.descendants() if isinstance(each, ui.link)]


def click(user: User, element: ui.element) -> None:
    found: set[ui.element] = {element}
    UserInteraction(user, found, None).click()


def identities(within: Sequence[ui.element]) -> list[int]:
    return [each.id for outer in within for each in outer.descendants(include_self=True)]


def end_logins(app: App, person: Person) -> None:
    """Every login of the member, silently, as when they run out: the pages stay open."""
    with app.db.write() as session:
        for login in session.exec(select(LoginSession).where(LoginSession.member_id == person.id)):
            session.delete(login)


async def at_calendars(browser: Browser, person: Person) -> User:
    """The Calendars page with its content: on a busy machine the page is sent before the calendars are read."""
    user = await browser(person)
    await user.open("/calendars")
    await until(lambda: not says(user, "Loading your calendars"))
    return user


def nicknames(user: User) -> list[str]:
    """In the order in which they appear."""
    (places,) = of_class(user, "oc-stack")
    return [name for each in places.descendants() if "oc-conn" in each.classes for name in headings(each)]


def own_buttons(inside: ui.element) -> dict[str, ui.button]:
    """The buttons of a calendar's row, without those of its connection, which a row of one calendar has as well."""
    return {word: each for word, each in buttons(inside).items() if word not in {"Sync now", "Edit", "Disconnect"}}
