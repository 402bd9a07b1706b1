"""Tight days: fewest available first, with names, and all of them on request."""

from datetime import date, timedelta

from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from tests.conftest import Person, person
from tests.pages.conftest import Browser
from tests.pages.helpers.home import B, P, add_availability, add_calendar, table
from tests.pages.helpers.seeing import buttons, click, elements, of_class, words
from tests.pages.helpers.team import NOW, at_team, foot


def tight(user: User) -> list[tuple[str, int, list[str]]]:
    """The tight days: when, how many are available, and who, with what they prefer."""
    return [
        (line["when"], line["count"], [" ".join(filter(None, (who["name"], who["prefers"]))) for who in line["who"]])
        for line in table(user, "team-tight").rows
    ]


def tight_card(user: User) -> tuple[bool, str, str]:
    """Whether the card is shown, when a day is tight, and the button that unfolds the rest."""
    (card,) = (
        each for each in elements(user) if each.props.get("aria-labelledby") == "tight" and each.tag == "section"
    )
    (foot,) = of_class(user, "oc-foot", card)
    more = next(iter(buttons(foot)))
    return card.visible, words(of_class(user, "oc-sub", card)[0]), more if foot.visible else ""


async def test_tight_days_name_the_available_members_fewest_first(app: App, browser: Browser, alice: Person) -> None:
    chidi, dana, elif_, farid = (person(app, name) for name in ("Chidi", "Dana", "Elif", "Farid"))
    for each in (chidi, dana):
        add_calendar(app, each, "Work", [("2026-12-24", "2026-12-27", B)])
    add_calendar(app, elif_, "Work", [("2026-12-25", "2026-12-26", P)])
    add_calendar(app, farid, "Work", [("2026-12-29", "2026-12-30", B)])
    add_calendar(app, alice, "Work", [("2026-12-24", "2026-12-27", B)])
    user = await at_team(browser, alice)
    assert tight_card(user)[:2] == (False, "Fewer than 2 of 5 members are available")
    add_availability(app, farid, add_calendar(app, farid, "Trip"), [("2026-12-24", "2026-12-27", B)])
    add_availability(app, elif_, add_calendar(app, elif_, "Trip"), [("2026-12-26", "2026-12-27", B)])
    user = await at_team(browser, alice)
    assert tight_card(user)[0]
    assert tight(user) == [("Sat 26 Dec", 0, []), ("Thu 24 Dec to Fri 25 Dec", 1, ["Elif prefers Fri 25 Dec"])]
    assert foot(user)[4] == "Mon 5, Tue 5, Wed 5, Thu 1 (tight), Fri 1 (tight), Sat 0 (tight), Sun 5"


async def test_members_without_calendars_and_unknown_days_do_not_hide_tight_days(
    app: App, browser: Browser, alice: Person, bob: Person
) -> None:
    chidi, dana, _ = (person(app, name) for name in ("Chidi", "Dana", "Elif"))
    for each in (alice, bob, dana):
        add_calendar(app, each, "Work", [("2026-12-24", "2026-12-25", B)])
    add_calendar(
        app, chidi, "Work", [("2026-12-24T08:00", "2026-12-24T09:00", P)], last_read_at=NOW - timedelta(days=4)
    )
    user = await at_team(browser, alice)
    assert tight_card(user)[1] == "Fewer than 2 of 4 connected members are available"
    assert tight(user) == [("Thu 24 Dec", 0, [])]


async def test_tight_days_unfold(app: App, browser: Browser, alice: Person, bob: Person) -> None:
    days = [date(2026, 11, 25) + timedelta(days=2 * number) for number in range(10)]
    for each in (alice, bob):
        spans = [(day.isoformat(), (day + timedelta(days=1)).isoformat(), B) for day in days]
        add_calendar(app, each, "Work", spans)
    user = await at_team(browser, alice)
    for shown, label in ((8, "Show 2 more"), (10, "Show fewer"), (8, "Show 2 more")):
        assert (len(tight(user)), tight_card(user)[2]) == (shown, label)
        (more,) = (each for each in elements(user) if isinstance(each, ui.button) and each.text == label)
        assert more.props["aria-expanded"] == str(shown == 10).lower()
        click(user, more)
