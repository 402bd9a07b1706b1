"""What a member learns after pressing `Sync now` on Calendars, where an import starts and where it can't."""

import re
from datetime import UTC, datetime, timedelta

from nicegui.testing import User
from sqlmodel import col, delete

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar, Connection
from pages.widgets.dates import clock, day_words
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.home import BERLIN, add_calendar, change, open_home, tell
from tests.pages.helpers.seeing import at_calendars, buttons, card, click, nicknames, of_class, own_buttons, row, words
from tests.pages.simulation import settled

WAITING = "Waiting · starts again in a moment"
RESET = "Its address was reset."


def press(user: User, nickname: str) -> None:
    with user:
        click(user, buttons(card(user, nickname))["Sync now"])


def said(user: User, calendar: str) -> str:
    """The status of that calendar, as a screen reader announces it."""
    return words(of_class(user, "oc-status", row(user, calendar))[0])


def told_to_wait(app: App, person: Person, **to: object) -> tuple[Calendar, str]:
    """A calendar whose server asked for three days, and that moment as pages write it."""
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    calendar = add_calendar(
        app, person, "Work", state=State.RETRYING, attempts=1, next_import_at=moment, asked_to_wait_until=moment, **to
    )
    here = moment.astimezone(BERLIN)
    return calendar, f"{day_words(here.date(), datetime.now(BERLIN).date())}, {clock(moment, BERLIN)}"


async def test_a_calendar_that_is_well_says_so_in_its_row_and_nothing_else(
    app: App, browser: Browser, bob: Person
) -> None:
    add_calendar(app, bob, "Work")
    user = await at_calendars(browser, bob)
    press(user, "Work")
    await until(lambda: said(user, "Work") == WAITING)
    assert user.notify.messages == []


async def test_a_server_that_asked_us_to_wait_is_named_with_the_time(app: App, browser: Browser, bob: Person) -> None:
    calendar, moment = told_to_wait(app, bob)
    add_calendar(app, bob, "Family", connection=calendar.connection_id)
    user = await at_calendars(browser, bob)
    press(user, "Work")
    sentence = f"Work isn’t synced yet: its server asked us to wait until {moment}. We’ll sync it then."
    await until(lambda: user.notify.messages == [sentence])
    await until(lambda: said(user, "Family") == WAITING)
    assert said(user, "Work").startswith("Retrying")
    change(app, calendar, asked_to_wait_until=None)
    press(user, "Work")
    await until(lambda: said(user, "Work") == WAITING)
    assert user.notify.messages == [sentence], "once the wait is over it is tried"


async def test_home_says_the_same_of_a_stale_calendar(app: App, browser: Browser, bob: Person) -> None:
    _, moment = told_to_wait(app, bob, last_read_at=datetime.now(UTC) - timedelta(days=4))
    user = await open_home(browser, bob)
    with user:
        click(user, buttons(of_class(user, "oc-alert")[0])["Sync now"])
    await until(
        lambda: any(re.match(rf"Work isn’t synced yet: .* until {moment}\.", each) for each in user.notify.messages)
    )


async def test_a_broken_connection_is_tried_and_says_again_what_it_needs(
    app: App, browser: Browser, bob: Person
) -> None:
    broken = {"state": State.NEEDS_YOU, "why": RESET, "cause": Cause.NOT_FOUND, "next_import_at": None}
    calendar = add_calendar(app, bob, "Work", attempts=1, **broken)
    user = await at_calendars(browser, bob)
    assert list(own_buttons(row(user, "Work"))) == ["Reconnect"]
    press(user, "Work")
    await until(lambda: said(user, "Work") == WAITING)
    assert own_buttons(row(user, "Work")) == {}
    change(app, calendar, **broken)
    tell(app, bob, calendar)
    await until(lambda: said(user, "Work").startswith("Needs you"))
    assert RESET in said(user, "Work")
    assert list(own_buttons(row(user, "Work"))) == ["Reconnect"]
    assert not buttons(card(user, "Work"))["Sync now"].props.get("loading")


async def test_one_that_is_off_says_why_nothing_happens(app: App, browser: Browser, bob: Person) -> None:
    add_calendar(app, bob, "Work", state=State.OFF, is_on=False)
    user = await at_calendars(browser, bob)
    press(user, "Work")
    await until(lambda: user.notify.messages == ["Work is off, so there is nothing to sync. Edit turns it on."])
    await settled(app.hub)
    assert said(user, "Work").startswith("Off")
    assert not buttons(card(user, "Work"))["Sync now"].props.get("loading")


async def test_one_that_is_gone_says_so(app: App, browser: Browser, bob: Person) -> None:
    """Disconnected in another browser, of which this page hasn't heard yet."""
    calendar = add_calendar(app, bob, "Work")
    user = await at_calendars(browser, bob)
    with app.db.write() as session:
        session.exec(delete(Calendar).where(col(Calendar.id) == calendar.id))
        session.exec(delete(Connection).where(col(Connection.id) == calendar.connection_id))
    press(user, "Work")
    await until(lambda: "This connection has already been disconnected" in user.notify.messages)
    await until(lambda: nicknames(user) == [])
