"""The table of /members, as a simulated browser sees it."""

from typing import Any

from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.services.accounts.links.invitations import InvitationLink
from oncall_ui.services.accounts.logging_in.log_in import log_in
from oncall_ui.services.accounts.logging_in.sessions import session_for
from tests.conftest import PASSWORD, Person
from tests.pages.helpers.forms import until

GRACE = "grace@example.org"


def table(user: User) -> ui.table:
    assert user.client is not None
    (found,) = (each for each in user.client.elements.values() if isinstance(each, ui.table))
    return found


def row(user: User, name: str) -> dict[str, Any]:
    """The one row of this name, which is the email address of an invitation."""
    (found,) = (each for each in table(user).rows if each["name"] == name)
    return dict(found)


def status(user: User, name: str) -> tuple[str, str]:
    found = row(user, name) if name in names(user) else {"word": "", "facts": ""}
    return found["word"], found["facts"]


def names(user: User) -> list[str]:
    return [each["name"] for each in table(user).rows]


async def more(user: User, name: str, entry_: str = "") -> list[str]:
    """Opens the menu of a row, presses an entry, and returns all that were offered."""
    user.find(kind=ui.table).trigger("more", row(user, name)["key"])
    (menu,) = (each for each in user.find(kind=ui.menu).elements if "members-menu" in each.classes)
    await until(lambda: menu.value and menu.props["aria-label"] == name)
    items = [each for each in menu.default_slot.children if each.visible]
    if entry_:
        (item,) = (each for each in items if _words(each) == entry_)
        item._handle_event({"listener_id": _listener(item, "click"), "args": {}})
        menu.close()
    return [_words(each) for each in items]


def _words(item: ui.element) -> str:
    return str(item._text)


def _listener(item: ui.element, kind: str) -> str:
    return next(key for key, each in item._event_listeners.items() if each.type == kind and each.handler)


def links(user: User) -> list[str]:
    """The links that are shown."""
    assert user.client is not None
    return [str(each.props["value"]) for each in user.client.elements.values() if "members-link" in each.classes]


def token_of(link: InvitationLink | str) -> str:
    return (link if isinstance(link, str) else link.url).rpartition("/")[2]


def somebody(app: App, member_id: int) -> Person:
    """As the helpers want them; the session is of no use."""
    outcome = log_in(app, GRACE, PASSWORD)
    assert outcome is not None
    return Person(member_id, GRACE, outcome.session, session_for(app, outcome.session))
