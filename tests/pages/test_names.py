"""A connection of one calendar is called by its nickname everywhere, not by the name inside the feed."""

from datetime import timedelta

import pytest

from oncall_ui.app import App
from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.imports.suspected_loss import Resolution
from oncall_ui.models import Calendar, now
from oncall_ui.services.availability.query import calendar_spans
from oncall_ui.services.connections.names import name_of
from oncall_ui.services.connections.views import list_connections
from oncall_ui.services.imports.alert_emails import _record
from oncall_ui.services.imports.suspected_loss import resolve_suspected_loss
from oncall_ui.services.privacy.stored_data import intervals_of
from pages.sharing.api.responses import calendar as in_api
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.home import NOW, B, add_calendar, change, open_home
from tests.pages.helpers.seeing import at_calendars, words

INSIDE, NICKNAME = "ical", "Team rota"
SPANS = [("2026-11-26T09:00", "2026-11-26T10:00", B)]


@pytest.fixture
def feed(app: App, alice: Person) -> Calendar:
    """A feed that calls itself something else than its member does."""
    calendar = add_calendar(app, alice, NICKNAME, SPANS)
    change(app, calendar, name=INSIDE)
    return calendar


def test_services_call_it_by_its_nickname(app: App, alice: Person, feed: Calendar) -> None:
    (connection,) = list_connections(app, alice.id)
    (view,) = connection.calendars
    (span,) = calendar_spans(app, alice.id, days_from(NOW.date(), alice.me.member.tz))
    (interval,) = intervals_of(app, alice.id)
    names = {view.name, span.calendar, interval.calendar, in_api(connection, view).name}
    assert names == {NICKNAME}
    assert view.own_name == INSIDE


def test_emails_call_it_by_its_nickname(app: App, alice: Person, feed: Calendar) -> None:
    change(app, feed, state=State.NEEDS_YOU, broken_since=now() - timedelta(days=1, hours=1), why="It is gone.")
    email = _record(app, alice.id, now())
    assert email is not None
    assert f"* {NICKNAME}, since" in email.text and INSIDE not in email.text


def test_a_question_calls_it_by_its_nickname(app: App, alice: Person, feed: Calendar) -> None:
    loss = {"before": 140, "after": 3, "content": "x"}
    change(app, feed, state=State.NEEDS_YOU, cause="suspected_loss", suspected_loss=loss, suspected_since=NOW)
    resolve_suspected_loss(app, alice.id, feed.id or 0, Resolution.KEEP)
    assert list_connections(app, alice.id)[0].calendars[0].why.startswith(f"{NICKNAME} holds 3 of 140 entries")


def test_several_calendars_of_an_account_keep_their_own_names(app: App, alice: Person, feed: Calendar) -> None:
    other = add_calendar(app, alice, "Family", connection=feed.connection_id)
    (connection,) = list_connections(app, alice.id)
    assert [each.name for each in connection.calendars] == ["Family", INSIDE]
    with app.db.read() as session:
        assert name_of(session, other) == "Family"


async def test_pages_call_it_by_its_nickname(app: App, browser: Browser, alice: Person, feed: Calendar) -> None:
    for user in (await open_home(browser, alice), await at_calendars(browser, alice)):
        assert user.client is not None
        said = words(user.client.layout)
        assert NICKNAME in said and INSIDE not in said.split()
