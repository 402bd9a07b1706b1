"""Team shows who is on call on which days, to those who may see the schedule."""

from datetime import timedelta

from oncall_ui.app import App
from oncall_ui.services.schedules.published.overview import team_on_call
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.home import NOW
from tests.pages.helpers.schedules import published
from tests.pages.helpers.team import at_team, cells, row, title

DAYS = timedelta(days=1)


async def test_days_on_call_are_underlined(app: App, browser: Browser, alice: Person, bob: Person) -> None:
    published(app, bob, [bob, alice, bob], NOW + DAYS, "Platform")
    user = await at_team(browser, alice)
    assert [number for number, day in enumerate(row(user, "Bob")["weeks"][0]["d"]) if day.get("u")] == [2, 4]
    assert title(user, "Alice", 0, 3).endswith("on call, primary")
    assert cells(user, "Bob")[0].endswith("Wed on call, primary; Fri on call, primary")


def test_only_schedules_one_may_see_are_shown(app: App, alice: Person, bob: Person, mallory: Person) -> None:
    published(app, bob, [bob], NOW, "Platform")
    seen = [set(team_on_call(app, who.id, NOW - DAYS, NOW + 9 * DAYS)) for who in (alice, bob, mallory)]
    assert seen == [{bob.id}, {bob.id}, set()]
