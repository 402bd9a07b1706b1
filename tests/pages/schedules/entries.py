"""What a person does in rows of native fields, which are one element."""

from nicegui import ui
from nicegui.testing import User

from pages.schedules.editors.entries import Row
from tests.pages.helpers.seeing import elements


def entries(user: User, css: str) -> ui.table:
    """The rows of this class, or with this name."""
    (found,) = (
        each
        for each in elements(user)
        if isinstance(each, ui.table) and css in {*each.classes, each.props.get("aria-label")}
    )
    return found


def rows(user: User, css: str) -> list[Row]:
    return list(entries(user, css).rows)


def type_in(user: User, css: str, place: int, name: str, value: object) -> None:
    """As the browser tells it after a change of that field."""
    _send(user, css, "field", {"key": rows(user, css)[place]["key"], "name": name, "value": value})


def press_in(user: User, css: str, place: int, name: str) -> None:
    _send(user, css, "press", {"key": rows(user, css)[place]["key"], "name": name})


def _send(user: User, css: str, event: str, args: object) -> None:
    table = entries(user, css)
    (listener,) = (each for each in table._event_listeners.values() if each.type == event)
    with user:
        table._handle_event({"listener_id": listener.id, "args": args})
