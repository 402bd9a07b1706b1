"""The notice in place of a preview that can't be read: what happened, and the buttons that help."""

import pytest
from nicegui import ui
from nicegui.testing import User
from sqlmodel import select as select_rows

from oncall_ui.app import App
from oncall_ui.models import Calendar
from pages.connections.choose.preview_failed import STILL
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import press, until
from tests.pages.helpers.home import add_calendar
from tests.pages.helpers.preview import answers, at, panel, select
from tests.pages.helpers.seeing import buttons, of_class, words
from tests.pages.simulation import settled

pytestmark = pytest.mark.usefixtures("asks_nothing")


def notices(user: User) -> list[ui.element]:
    return of_class(user, "oc-alert", panel(user))


def notice(user: User) -> ui.element:
    (found,) = notices(user)
    return found


def is_announced(user: User) -> bool:
    """Whether the answer in the page's head is read out when it changes."""
    return "aria-live" not in of_class(user, "oc-answer")[0].props


async def test_what_the_job_can_fix_offers_another_try(
    browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    feeds.refuse("/work.ics", status=503)
    user = await at(browser, bob, work)
    await answers(user, "Work can’t be previewed.")
    assert words(notice(user)).startswith("Work couldn’t be read127.0.0.1 ") and "503" in words(notice(user))
    assert STILL in words(notice(user))
    assert "is-warn" in notice(user).classes
    assert list(buttons(notice(user))) == ["Try again"]
    feeds.accept("/work.ics")
    press(user, "Try again")
    await answers(user, "1 of 4 events of Work would count.")
    assert notices(user) == []


async def test_what_only_the_member_can_fix_offers_to_reconnect(
    browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    feeds.remove("/work.ics")
    user = await at(browser, bob, work)
    await answers(user, "Work can’t be previewed.")
    assert "is-warn" not in notice(user).classes
    assert list(buttons(notice(user))) == ["Reconnect", "Try again"]
    press(user, "Reconnect")
    await until(lambda: user.back_history[-1] == f"/calendar_connections/new/ics?again={work}")


async def test_each_failure_is_read_out_once(browser: Browser, bob: Person, work: int, feeds: FeedServer) -> None:
    feeds.refuse("/work.ics", status=503)
    user = await at(browser, bob, work)
    await answers(user, "Work can’t be previewed.")
    first = notice(user)
    assert first.props["role"] == "alert" and not is_announced(user)
    assert [words(each) for each in first.descendants() if each.html_id == first.props["aria-labelledby"]] == [
        "Work couldn’t be read"
    ]
    press(user, "Try again")
    # A new element, or the same sentence would be silent.
    await until(lambda: notices(user) not in ([], [first]))
    feeds.accept("/work.ics")
    press(user, "Try again")
    await answers(user, "1 of 4 events of Work would count.")
    assert is_announced(user)


async def test_the_other_calendars_of_the_page_are_not_affected(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    add_calendar(app, bob, "Family", connection=work)
    feeds.refuse("/work.ics", status=503)
    user = await at(browser, bob, work)
    await answers(user, "Family can’t be previewed.")
    feeds.accept("/work.ics")
    select(user, "Work")
    await answers(user, "1 of 4 events of Work would count.")
    assert notices(user) == []
    select(user, "Family")
    await answers(user, "Family can’t be previewed.")
    assert words(notice(user)).startswith("Family couldn’t be read")


async def test_a_calendar_that_no_longer_exists_offers_nothing(
    app: App, browser: Browser, bob: Person, work: int
) -> None:
    family = add_calendar(app, bob, "Family", connection=work)
    user = await at(browser, bob, work)
    await answers(user, "1 of 4 events of Family would count.")
    # The page would notice by itself that Work is gone, and show Family again.
    await settled(app.hub)
    with app.db.write() as session:
        other = next(each.id for each in session.exec(select_rows(Calendar)) if each.id != family.id)
        session.delete(session.get(Calendar, other))
    select(user, "Work")
    await answers(user, "Work can’t be previewed.")
    assert "no longer exists" in words(notice(user))
    assert buttons(notice(user)) == {} and STILL not in words(notice(user))
