"""Public holidays on Home: shown where the member names a country, and blocking where they want that."""

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.models import Member
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.home import add_calendar, agenda, days, everything, open_home, strip_label


def filters(user: User) -> list[str]:
    (toggle,) = user.find(kind=ui.toggle).elements
    return list(dict(toggle.options).values())


@pytest.mark.usefixtures("stopped")
@pytest.mark.parametrize("blocks", [False, True])
async def test_public_holidays_inform_or_block(app: App, browser: Browser, alice: Person, blocks: bool) -> None:
    with app.db.write() as session:
        row = session.get(Member, alice.id)
        assert row is not None
        row.country, row.region, row.holidays_block = "DE", "BY", blocks
    add_calendar(app, alice, "Work")
    user = await open_home(browser, alice)
    marked = [day for day in days(user) if "holiday" in day["c"].split()]
    assert [day["t"].split(" · ")[1] for day in marked] == [
        "Christmas Day",
        "Second Day of Christmas",
        "New Year's Day",
        "Epiphany",
    ]
    assert all("rest" in day["c"] for day in marked)
    assert "Public holiday" in everything(user)
    if blocks:
        assert marked[0]["t"] == "Fri 25 Dec: block all day · Christmas Day"
        assert agenda(user)[0] == "Fri 25 Dec | in 31 days | Block | All day | 1 day | Christmas Day"
        assert filters(user) == ["All 4", "Block 4", "Prefer 0"]
    else:
        assert marked[0]["t"] == "Fri 25 Dec: open · Christmas Day"
        assert agenda(user)[0] == "Fri 25 Dec | in 31 days | Holiday | Christmas Day | "
        assert strip_label(user).startswith("Your next 90 days: 90 open.")
        assert filters(user) == ["All 4", "Block 0", "Prefer 0"]


@pytest.mark.usefixtures("stopped")
async def test_without_a_country_no_holiday_is_shown(app: App, browser: Browser, alice: Person) -> None:
    add_calendar(app, alice, "Work")
    user = await open_home(browser, alice)
    assert not [day for day in days(user) if "holiday" in day["c"]]
    assert "Public holiday" not in everything(user)
