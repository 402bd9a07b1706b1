"""A team with 40 calendars each, connected as members do it: the services the pages call, against real servers."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn, open_session, session_for
from oncall_ui.services.accounts.members import add_member
from oncall_ui.services.connections.choose import Choice, choose
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.oauth_flow import begin, finish
from oncall_ui.services.connections.views import get_connection
from tests.calendars import in_days
from tests.fakes.google import Google
from tests.fakes.google_calendars import timed
from tests.fakes.graph import Calendar, Microsoft
from tests.fakes.graph_events import event
from tests.vendors import visit

FEEDS = 10
"""Of each member; each is a connection."""
ACCOUNTS = 2
"""Of each member at each of the others."""
CALENDARS = 5
"""In each account."""
EVENTS = 20
"""In each calendar."""
PASSWORD = "correct horse battery"  # noqa: S105 - a sample, not an account
_WORDS = ("noc", "prefer oncall", "Meeting", "Lunch")


@dataclass(frozen=True, slots=True)
class Everybody:
    google: Google
    microsoft: Microsoft
    feed: Callable[[str], str]
    """Path → the address of a feed that is now there."""
    dav: Callable[[str, int], str]
    """Name of an account and how many calendars it has → its address."""


async def seed(app: App, world: Everybody, members: int) -> None:
    """Every calendar is switched on and due; nothing has been read."""
    for number in range(members):
        me = _member(app, number)
        own = [await connect(app, me.member.id, "ics", "Feed", {"url": url}) for url in _feeds(world, number)]
        for account in range(ACCOUNTS):
            name = f"m{number}a{account}"
            values = {"url": world.dav(name, CALENDARS), "user": name, "password": "secret"}
            own.append(await connect(app, me.member.id, "caldav", "", values))
            _at_google(world.google, f"{name}@gmail.example")
            own.append(await _signed_in(app, me, "google"))
            _at_microsoft(world.microsoft, f"{name}@contoso.example")
            own.append(await _signed_in(app, me, "outlook"))
        for connection in own:
            await asyncio.to_thread(_switch_on, app, me.member.id, connection)


def email_of(number: int) -> str:
    return f"member{number}@example.org"


def _member(app: App, number: int) -> LoggedIn:
    email = email_of(number)
    member_id = add_member(
        app, name=f"Member {number}", email=email, password=PASSWORD, zone="Europe/Berlin", is_admin=not number
    )
    return session_for(app, open_session(app, member_id, LoginMethod.PASSWORD))


def _feeds(world: Everybody, member: int) -> list[str]:
    return [world.feed(f"/{member}/{feed}.ics") for feed in range(FEEDS)]


def _at_google(google: Google, address: str) -> None:
    account = google.account(address)
    for number in range(1, CALENDARS):
        account.add(f"{number}-{address}", f"Calendar {number}")
    for calendar in account.calendars.values():
        calendar.events = [
            timed(_WORDS[at % 4], in_days(1 + at * 4, 9), in_days(1 + at * 4, 11)) for at in range(EVENTS)
        ]
    google.signed_in = address


def _at_microsoft(microsoft: Microsoft, address: str) -> None:
    mailbox = microsoft.mailbox(address)
    for number in range(1, CALENDARS):
        mailbox.calendars[f"c{number}"] = Calendar(f"Calendar {number}", owner=address)
    for calendar in mailbox.calendars.values():
        calendar.events = [
            event(_WORDS[at % 4], in_days(1 + at * 4, 9), in_days(1 + at * 4, 11)) for at in range(EVENTS)
        ]
    microsoft.signed_in = address


async def _signed_in(app: App, me: LoggedIn, key: str) -> int:
    product = app.product(key)
    assert product is not None and product.sign_in is not None  # one of the two that are signed in to
    answer = await visit(begin(app, me, product))
    return (await finish(app, me, product.sign_in.authority, answer)).connection_id


def _switch_on(app: App, member_id: int, connection_id: int) -> None:
    found = get_connection(app, member_id, connection_id).calendars
    choose(app, member_id, connection_id, {each.id: Choice(True, Mode.MATCHING) for each in found})
