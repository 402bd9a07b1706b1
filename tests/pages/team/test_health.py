"""Broken and stale calendars: a live page for administrators only."""

from datetime import timedelta

from sqlmodel import col, update

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Connection
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import said, until
from tests.pages.helpers.home import NOW, add_calendar, change, table, tell
from tests.pages.helpers.seeing import elements


async def test_each_calendar_shows_owner_since_when_and_why(
    app: App, browser: Browser, alice: Person, bob: Person
) -> None:
    lost = add_calendar(
        app, bob, "Lost", state=State.NEEDS_YOU, cause=Cause.NOT_FOUND.value, why="secret.example.org is gone"
    )
    with app.db.write() as session:
        session.exec(update(Connection).where(col(Connection.id) == lost.connection_id).values(nickname="My feed"))
    add_calendar(app, alice, "Old", last_read_at=NOW - timedelta(days=4))
    user = await browser(alice)
    await user.open("/team/calendars")
    await until(lambda: table(user, "team-brokens").rows)
    rows = [
        [row[key] for key in ("member", "what", "word", "since", "why")] for row in table(user, "team-brokens").rows
    ]
    assert rows == [
        ["Bob", "ICS URL · My feed", "Needs Bob", "not read since 09:58", "The address no longer works."],
        [
            "Alice",
            "ICS URL",
            "Stale",
            "not read since Fri 20 Nov, 10:00",
            "Not read for more than a day.",
        ],
    ]
    said(user, "2 calendars need attention".replace("2 ", "2\u00a0"))
    sent = repr([(each.props, each._text) for each in elements(user)])
    assert "secret.example.org" not in sent


async def test_the_page_says_when_all_are_up_to_date_and_follows_changes(
    app: App, browser: Browser, alice: Person, bob: Person
) -> None:
    calendar = add_calendar(app, bob, "Work")
    user = await browser(alice)
    await user.open("/team/calendars")
    calm = said(user, "All of the team’s calendars are up to date").parent_slot
    assert calm is not None
    await until(lambda: calm.parent.visible)
    change(app, calendar, state=State.NEEDS_YOU, cause=Cause.REFUSED.value)
    tell(app, bob, calendar)
    await until(lambda: len(table(user, "team-brokens").rows) == 1)
    assert not calm.parent.visible


async def test_members_who_are_not_administrators_get_page_not_found(
    browser: Browser, alice: Person, bob: Person
) -> None:
    user = await browser(bob)
    answer = await user.http_client.get("/team/calendars")
    assert answer.status_code == 404
    assert answer.text == (await user.http_client.get("/no-such-page")).text


async def test_it_needs_a_login(browser: Browser, alice: Person) -> None:
    user = await browser()
    assert (await user.http_client.get("/team/calendars")).headers["location"] == "/login?next=/team/calendars"
