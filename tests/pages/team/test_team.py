"""Team: everyone in one grid, filtered by name and by their state on a day; for every member, and live."""

from datetime import date, timedelta

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.imports.state import State
from oncall_ui.services.availability.manual import restore_manual_days
from tests.conftest import Person, person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import entry, fill, until
from tests.pages.helpers.home import B, P, add_availability, add_calendar, change, table, tell
from tests.pages.helpers.seeing import buttons, click, elements, end_logins, links, of_class
from tests.pages.helpers.team import (
    NOW,
    at_team,
    cells,
    choose,
    fold,
    foot,
    lead,
    names,
    row,
    span,
    title,
    unfold,
)
from tests.pages.team.conftest import Clock
from tests.services.helpers.team import add_people


async def test_it_shows_every_member_and_describes_each_week(
    app: App, browser: Browser, alice: Person, bob: Person
) -> None:
    add_calendar(
        app,
        alice,
        "Work",
        [
            ("2026-11-25T14:00", "2026-11-25T18:00", B),
            ("2026-11-30", "2026-12-04", B),
            ("2026-12-05", "2026-12-07", P),
        ],
    )
    user = await at_team(browser, bob)
    assert names(user) == ["Alice"]
    assert cells(user, "Alice") == [
        "block Wed 14:00 to 18:00",
        "block Mon to Thu, prefer Sat to Sun",
        "open",
        "open",
        "open",
        "open",
    ]
    unfold(user)
    assert names(user) == ["Alice", "Bob"]
    assert cells(user, "Bob") == ["unknown"] * 6
    assert title(user, "Alice", 0, 2) == "Wed 25 Nov: block 14:00 to 18:00"
    assert foot(user)[0] == "Tue 1, Wed 0, Thu 1, Fri 1, Sat 1, Sun 1"
    assert lead(user) == "1 of 2 members is up to date, 1 has nothing connected"
    assert span(user) == "23 Nov to 3 Jan, in Berlin time"


async def test_each_row_shows_how_fresh_it_is(
    app: App, browser: Browser, alice: Person, bob: Person, mallory: Person
) -> None:
    add_calendar(app, alice, "Work", last_read_at=NOW - timedelta(days=4))
    add_calendar(app, bob, "Work", state=State.NEEDS_YOU, last_read_at=NOW - timedelta(days=3))
    add_calendar(app, person(app, "Zoe"), "Work", state=State.NEEDS_YOU, last_read_at=None)
    user = await at_team(browser, mallory)
    unfold(user)
    told = {name: row(user, name)["fresh"] for name in names(user)}
    assert told == {
        "Alice": "Stale since Fri 20 Nov",
        "Bob": "Has a broken calendar since Sat 21 Nov",
        "Zoe": "Has a broken calendar",  # it never worked
        "Mallory": "Nothing connected",
    }
    assert cells(user, "Alice") == ["unknown"] * 6  # stale data says nothing about open days


async def test_members_with_nothing_connected_are_one_line_that_unfolds(
    app: App, browser: Browser, alice: Person, bob: Person
) -> None:
    add_people(app, "Chidi Okafor", "Zoe")
    add_calendar(app, bob, "Work")
    user = await at_team(browser, bob)
    assert names(user) == ["Bob"]
    line = fold(user)
    assert line is not None and line[0] == "3 members have nothing connected: Alice, Chidi Okafor, Zoe"
    for shown, is_open in ((["Bob", "Alice", "Chidi Okafor", "Zoe"], "true"), (["Bob"], "false")):
        unfold(user)
        assert (names(user), line[1].props["aria-expanded"]) == (shown, is_open)
    fill(user, Name="zo")
    assert (names(user), fold(user)) == (["Zoe"], None)
    fill(user, Name="")
    choose(user, "available")
    assert (names(user), fold(user)) == (["Bob"], None)


async def test_many_with_nothing_connected_are_counted(app: App, browser: Browser, alice: Person) -> None:
    add_people(app, *(f"Member {number}" for number in range(8)))
    user = await at_team(browser, alice)
    assert (len(names(user)), fold(user)) == (9, None)  # a line of everyone would leave no grid
    add_calendar(app, alice, "Work")
    user = await at_team(browser, alice)
    line = fold(user)
    assert line is not None and line[0].endswith("Member 4, Member 5 and 2 more")


async def test_days_of_their_own_keep_members_in_the_grid(
    app: App, browser: Browser, alice: Person, bob: Person
) -> None:
    add_calendar(app, alice, "Work")
    day = date(2026, 12, 24)
    restore_manual_days(app, bob.id, ManualDays(day, day, B))
    user = await at_team(browser, alice)
    assert (names(user), fold(user)) == (["Alice", "Bob"], None)


async def test_the_local_time_is_shown_where_it_differs(
    app: App, browser: Browser, alice: Person, bob: Person, clock: Clock
) -> None:
    auckland, kathmandu = (
        person(app, name, zone=zone) for name, zone in (("Kiri", "Pacific/Auckland"), ("Nima", "Asia/Kathmandu"))
    )
    calendar = add_calendar(app, auckland, "Work")
    for each in (alice, kathmandu):
        add_calendar(app, each, "Work")
    user = await at_team(browser, alice)
    assert {name: row(user, name)["clock"] for name in names(user)} == {"Alice": "", "Kiri": "22:00", "Nima": "14:45"}
    clock.now = NOW + timedelta(hours=3, minutes=1)
    tell(app, auckland, calendar)
    await until(lambda: row(user, "Kiri")["clock"] == "Wed 01:01")
    sent = repr([(each.props, each._text) for each in elements(user)])
    assert "Auckland" not in sent and "Kathmandu" not in sent


async def test_a_stale_preference_makes_no_day_available(
    app: App, browser: Browser, alice: Person, mallory: Person
) -> None:
    wishes = [("2026-11-25T14:00", "2026-11-25T18:00", P), ("2026-11-26", "2026-11-27", P)]
    add_calendar(app, alice, "Work", wishes, last_read_at=NOW - timedelta(days=4))
    user = await at_team(browser, mallory)
    assert foot(user)[0] == "Tue 0, Wed 0, Thu 0, Fri 0, Sat 0, Sun 0"


async def test_a_stale_block_leaves_the_rest_of_the_day_unknown(app: App, browser: Browser, alice: Person) -> None:
    spans = [("2026-11-25T14:00", "2026-11-25T18:00", B)]
    add_calendar(app, alice, "Work", spans, last_read_at=NOW - timedelta(days=4))
    user = await at_team(browser, alice)
    wednesday = row(user, "Alice")["weeks"][0]["d"][2]
    assert wednesday["c"] == "oc-day unknown"
    assert [bar["k"] for bar in wednesday["s"]] == ["is-block"]
    assert cells(user, "Alice")[0] == "unknown Tue, block Wed 14:00 to 18:00, unknown Thu to Sun"


async def test_nothing_private_is_sent(app: App, browser: Browser, alice: Person, mallory: Person) -> None:
    add_calendar(app, alice, "Therapy", [("2026-11-25", "2026-11-26", B)])
    user = await at_team(browser, mallory)
    sent = repr([(each.props, each._text) for each in elements(user)])
    assert "Alice" in sent
    for secret in ("Therapy", alice.email, "Work"):
        assert secret not in sent


async def test_days_are_the_viewers(app: App, browser: Browser, alice: Person) -> None:
    viewer = person(app, "Lou", zone="America/Los_Angeles")
    # Thursday in Auckland, where Alice is now.
    add_calendar(app, alice, "Work", [("2026-11-25T12:00", "2026-11-26T12:00", B)])
    user = await at_team(browser, viewer)
    assert cells(user, "Alice")[0] == "block Wed 03:00 to 24:00, block Thu 00:00 to 03:00"
    assert span(user).endswith(", in Los Angeles time")


async def test_the_page_follows_every_members_calendars(app: App, browser: Browser, alice: Person, bob: Person) -> None:
    calendar = add_calendar(app, alice, "Work")
    user = await at_team(browser, bob)
    before = table(user, "oc-team")
    assert cells(user, "Alice")[0] == "open"
    add_availability(app, alice, calendar, [("2026-11-27", "2026-11-28", B)])
    change(app, calendar, entries=1, last_changed_at=NOW)
    tell(app, alice, calendar)
    await until(lambda: cells(user, "Alice")[0] == "block Fri")
    change(app, calendar, state=State.NEEDS_YOU)
    tell(app, alice, calendar)
    await until(lambda: row(user, "Alice")["fresh"] == "Has a broken calendar since Tue 24 Nov")
    assert table(user, "oc-team") is before


async def test_at_midnight_the_grid_moves_on(app: App, browser: Browser, alice: Person, clock: Clock) -> None:
    calendar = add_calendar(app, alice, "Work")
    user = await at_team(browser, alice)
    clock.now = NOW + timedelta(days=6)
    change(app, calendar, last_read_at=clock.now)
    tell(app, alice, calendar)
    await until(lambda: span(user).startswith("30 Nov"))
    assert entry(user, "Go to").value == "2026-11-30"


async def test_a_page_left_open_after_the_log_out_learns_nothing_more(
    app: App, browser: Browser, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = add_calendar(app, alice, "Work")
    user = await at_team(browser, bob)
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    end_logins(app, bob)
    change(app, calendar, state=State.NEEDS_YOU)
    tell(app, alice, calendar)
    await until(lambda: any(each.startswith("/login") for each in went))
    assert row(user, "Alice")["fresh"] == "Up to date"


def show_more(user: User) -> ui.button | None:
    """The button below the grid, while it is shown."""
    (card,) = of_class(user, "team-card")
    foot = of_class(user, "oc-foot", card)[0]
    return next(iter(buttons(foot).values())) if foot.visible else None


async def test_fifty_members_stay_within_the_budget_of_elements(app: App, browser: Browser, alice: Person) -> None:
    alone = await at_team(browser, alice)
    add_people(app, *(f"Member {number:02}" for number in range(49)))
    user = await at_team(browser, alice)
    assert len(names(user)) == 50
    assert len(elements(user)) == len(elements(alone)) < 200


async def test_beyond_sixty_members_a_button_shows_the_rest(app: App, browser: Browser, alice: Person) -> None:
    add_people(app, *(f"Member {number:02}" for number in range(59)))
    user = await at_team(browser, alice)
    assert (len(names(user)), show_more(user)) == (60, None)
    add_people(app, *(f"Late {number:02}" for number in range(26)))
    user = await at_team(browser, alice)
    for shown, label in ((60, "Show 25 more"), (85, "Show 1 more")):
        button = show_more(user)
        assert button is not None and (len(names(user)), button.text) == (shown, label)
        click(user, button)
    assert (len(names(user)), show_more(user)) == (86, None)


async def test_only_administrators_see_the_link_to_broken_calendars(
    app: App, browser: Browser, alice: Person, bob: Person
) -> None:
    add_calendar(app, bob, "Work", state=State.NEEDS_YOU)
    for who, expected in (
        (alice, [("Tags", "/team/tags"), ("Broken or stale: 1", "/team/calendars")]),
        (bob, [("Tags", "/team/tags")]),
    ):
        user = await at_team(browser, who)
        assert links(of_class(user, "team-links")[0]) == expected


async def test_it_needs_a_login(browser: Browser, alice: Person) -> None:
    user = await browser()
    assert (await user.http_client.get("/team")).headers["location"] == "/login?next=/team"


def test_the_last_week_contains_the_last_day_of_the_window_on_every_weekday() -> None:
    from pages.team.cells import grid_window
    from tests.pages.helpers.home import BERLIN

    for number in range(7):
        today = date(2026, 11, 23) + timedelta(days=number)
        window = grid_window(today, BERLIN)
        days = (window.end.astimezone(BERLIN).date() - window.start.astimezone(BERLIN).date()).days
        assert days % 7 == 0
        assert 0 <= (window.end.astimezone(BERLIN).date() - today).days - 90 < 7
