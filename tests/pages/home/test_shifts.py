"""Home of somebody who is on call: when, with whom, and who is on call now."""

from datetime import timedelta
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.services.schedules.settings import archive_schedule
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import says
from tests.pages.helpers.home import NOW, add_calendar, days, open_home, strip_label, until
from tests.pages.helpers.schedules import published
from tests.pages.helpers.seeing import elements, of_class, words

pytestmark = pytest.mark.usefixtures("stopped")
BUDGET = 200
HOUR = timedelta(hours=1)


def rows(user: User, key: str) -> list[dict[str, Any]]:
    found = [row for each in elements(user) if isinstance(each, ui.table) for row in each.rows]
    return [one for row in found if row["key"] == key for one in row["s"]]


async def test_home_says_when_one_is_on_call_and_who_is_now(
    app: App, browser: Browser, alice: Person, bob: Person
) -> None:
    add_calendar(app, alice, "Work")
    published(app, bob, [bob, alice, None, alice], NOW - 5 * HOUR, "<i>Platform</i>")
    user = await open_home(browser, alice)
    lead = words(of_class(user, "oc-status")[0])
    assert lead.startswith(
        "You are on call from tomorrow, 05:00, primary on <i>Platform</i>, until Thu 05:00. 1 calendar"
    )
    assert [shift["rel"].replace("\u00a0", " ") for shift in rows(user, "shifts")] == ["tomorrow", "in 3 days"]
    ((now),) = rows(user, "now")
    assert (now["name"], now["roles"][0]["n"]) == ("<i>Platform</i>", "Bob")
    assert len(elements(user)) < BUDGET


async def test_days_on_call_are_underlined_in_the_strip(app: App, browser: Browser, alice: Person, bob: Person) -> None:
    add_calendar(app, alice, "Work")
    published(app, bob, [alice, bob, alice], NOW + 24 * HOUR, "Platform")
    user = await open_home(browser, alice)
    underlined = [day["t"].partition(":")[0] for day in days(user) if "u" in day]
    assert underlined == ["Wed 25 Nov", "Fri 27 Nov"]
    assert "You are on call on 2 of them." in strip_label(user)


async def test_without_a_schedule_home_stays_as_it_was(app: App, browser: Browser, alice: Person, bob: Person) -> None:
    add_calendar(app, alice, "Work")
    published(app, bob, [bob], NOW + HOUR, "Of others")
    user = await open_home(browser, alice)  # an administrator sees it on /schedules, but doesn't belong to it
    assert not says(user, "Your next shifts")
    assert not any("u" in day for day in days(user))


async def test_what_is_published_or_gone_arrives(app: App, browser: Browser, alice: Person, bob: Person) -> None:
    add_calendar(app, alice, "Work")
    user = await open_home(browser, alice)
    schedule = published(app, bob, [alice], NOW + HOUR, "Platform")
    await until(lambda: rows(user, "now"))
    archive_schedule(app, bob.id, schedule)
    await until(lambda: not any("u" in day for day in days(user)))
    assert not of_class(user, "oc-two")[0].visible
