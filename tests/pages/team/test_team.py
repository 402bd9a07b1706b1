"""Team: everybody in one grid, found by name, by day and by who could take it; for every member, and live."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from nicegui import ui

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from pages.team import page as team
from pages.team import refresh
from tests.conftest import Person, person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import entry, fill, said, until
from tests.pages.helpers.home import B, P, add_availability, add_calendar, change, table, tell
from tests.pages.helpers.seeing import click, elements, end_logins, links, of_class
from tests.pages.helpers.team import NOW, at_team, cells, choose, foot, go_to, lead, names, row, span, title
from tests.services.helpers.team import add_people


@dataclass
class Clock:
    now: datetime = NOW


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(team, "_now", lambda: clock.now)
    monkeypatch.setattr(refresh, "PAUSE_SECONDS", 0.05)
    return clock


async def test_it_shows_everybody_and_says_each_week_in_words(
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
    assert names(user) == ["Alice", "Bob"]
    assert cells(user, "Alice") == [
        "block Wed 14:00 to 18:00",
        "block Mon to Thu, prefer Sat to Sun",
        "open",
        "open",
        "open",
        "open",
    ]
    assert cells(user, "Bob") == ["not known"] * 6
    assert title(user, "Alice", 0, 2) == "Wed 25 Nov: block 14:00 to 18:00"
    assert foot(user)[0] == "Tue 1, Wed 0, Thu 1, Fri 1, Sat 1, Sun 1"
    assert lead(user) == "1 of 2 members is up to date, 1 has nothing connected"
    assert span(user) == "23 Nov to 3 Jan, days in Berlin time"


async def test_freshness_stands_at_each_name(
    app: App, browser: Browser, alice: Person, bob: Person, mallory: Person
) -> None:
    add_calendar(app, alice, "Work", last_read_at=NOW - timedelta(days=4))
    add_calendar(app, bob, "Work", state=State.NEEDS_YOU)
    user = await at_team(browser, mallory)
    told = {name: row(user, name)["fresh"] for name in names(user)}
    assert told == {
        "Alice": "Stale since Fri 20 Nov",
        "Bob": "A calendar needs them",
        "Mallory": "Nothing connected",
    }
    assert cells(user, "Alice") == ["not known"] * 6  # what is old vouches for no open day


async def test_a_wish_in_old_data_frees_nobody_for_the_rest_of_the_day(
    app: App, browser: Browser, alice: Person, mallory: Person
) -> None:
    wishes = [("2026-11-25T14:00", "2026-11-25T18:00", P), ("2026-11-26", "2026-11-27", P)]
    add_calendar(app, alice, "Work", wishes, last_read_at=NOW - timedelta(days=4))
    user = await at_team(browser, mallory)
    assert foot(user)[0] == "Tue 0, Wed 0, Thu 1, Fri 0, Sat 0, Sun 0"


async def test_around_an_old_block_the_day_is_not_known_either(app: App, browser: Browser, alice: Person) -> None:
    spans = [("2026-11-25T14:00", "2026-11-25T18:00", B)]
    add_calendar(app, alice, "Work", spans, last_read_at=NOW - timedelta(days=4))
    user = await at_team(browser, alice)
    wednesday = row(user, "Alice")["weeks"][0]["d"][2]
    assert wednesday["c"] == "oc-day unknown"
    assert [bar["k"] for bar in wednesday["s"]] == ["is-block"]
    assert cells(user, "Alice")[0] == "not known Tue, block Wed 14:00 to 18:00, not known Thu to Sun"


async def test_nothing_private_is_sent(app: App, browser: Browser, alice: Person, mallory: Person) -> None:
    add_calendar(app, alice, "Therapy", [("2026-11-25", "2026-11-26", B)])
    user = await at_team(browser, mallory)
    sent = repr([(each.props, each._text) for each in elements(user)])
    assert "Alice" in sent
    for secret in ("Therapy", alice.email, "Work"):
        assert secret not in sent


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("all", ["Alice", "Bob", "Mallory", "Zoe"]),
        ("free", ["Bob", "Zoe"]),
        ("blocked", ["Alice"]),
        ("would_like", ["Bob"]),
    ],
)
async def test_who_could_take_a_day_is_found_by_that_day(
    app: App, browser: Browser, alice: Person, bob: Person, mallory: Person, show: str, expected: list[str]
) -> None:
    zoe = person(app, "Zoe")
    add_calendar(app, alice, "Work", [("2026-12-24T08:00", "2026-12-24T09:00", B)])
    add_calendar(app, bob, "Work", [("2026-12-24", "2026-12-25", P)])
    add_calendar(app, zoe, "Work")
    user = await at_team(browser, bob)
    go_to(user, "2026-12-24")
    choose(user, show)
    assert names(user) == expected
    (toggle,) = user.find(kind=ui.toggle).elements
    assert list(dict(toggle.options).values()) == ["All 4", "Free 2", "Blocked 1", "Would like 1"]
    assert toggle.props["aria-label"] == "Show, on Thu 24 Dec"


async def test_a_name_is_found_by_a_part_of_it_and_nobody_is_said_in_words(
    app: App, browser: Browser, alice: Person
) -> None:
    add_people(app, "Bob Tanaka", "Chidi Okafor")
    user = await at_team(browser, alice)
    fill(user, Name="OKA")
    assert names(user) == ["Chidi Okafor"]
    fill(user, Name="xyz")
    assert names(user) == []
    said(user, "Nobody whose name holds “xyz” is on the team.")
    choose(user, "blocked")
    said(user, "Nobody whose name holds “xyz” is blocked on Tue 24 Nov.")


async def test_a_day_is_gone_to_and_marked(app: App, browser: Browser, alice: Person) -> None:
    add_calendar(app, alice, "Work", [("2027-01-28", "2027-01-29", B)])
    user = await at_team(browser, alice)
    go_to(user, "2027-01-28")
    assert span(user) == "11 Jan to 21 Feb, days in Berlin time"  # the last six weeks there are
    assert cells(user, "Alice")[2] == "block Thu"
    marked = [
        day["date"] for week in table(user, "oc-team").columns[1:] for day in week["days"] if "chosen" in day["c"]
    ]
    assert marked == ["2027-01-28"]


@pytest.mark.parametrize("day", ["2026-11-23", "2027-02-22", "0002-01-01"])
async def test_a_day_nobody_can_know_is_refused_and_the_weeks_stay(browser: Browser, alice: Person, day: str) -> None:
    user = await at_team(browser, alice)
    go_to(user, day)
    assert entry(user, "Go to").error == "Choose a day between Tue 24 Nov and Sun 21 Feb."
    assert span(user).startswith("23 Nov")
    go_to(user, "")
    go_to(user, "2026-11-30")
    assert entry(user, "Go to").error is None


async def test_earlier_and_later_move_six_weeks_and_stop_at_both_ends(browser: Browser, alice: Person) -> None:
    user = await at_team(browser, alice)
    arrows = {
        str(each.props["aria-label"]): each for each in of_class(user, "oc-i-left") + of_class(user, "oc-i-right")
    }

    def off() -> list[str]:
        return [name for name, each in arrows.items() if each.props["aria-disabled"] == "true"]

    assert off() == ["Earlier"]
    click(user, arrows["Earlier"])
    assert span(user).startswith("23 Nov")
    click(user, arrows["Later"])
    assert (span(user).split(",")[0], off()) == ("4 Jan to 14 Feb", [])
    click(user, arrows["Later"])
    click(user, arrows["Later"])
    assert (span(user).split(",")[0], off()) == ("11 Jan to 21 Feb", ["Later"])


async def test_days_are_the_viewers(app: App, browser: Browser, alice: Person) -> None:
    viewer = person(app, "Lou", zone="America/Los_Angeles")
    # Thursday in Auckland, where Alice is now.
    add_calendar(app, alice, "Work", [("2026-11-25T12:00", "2026-11-26T12:00", B)])
    user = await at_team(browser, viewer)
    assert cells(user, "Alice")[0] == "block Wed 03:00 to 24:00, block Thu 00:00 to 03:00"
    assert span(user).endswith("days in Los Angeles time")


async def test_the_page_follows_anybodys_calendars(app: App, browser: Browser, alice: Person, bob: Person) -> None:
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
    await until(lambda: row(user, "Alice")["fresh"] == "A calendar needs them")
    assert table(user, "oc-team") is before


async def test_what_is_chosen_stays_when_somebodys_calendar_changes(
    app: App, browser: Browser, alice: Person, bob: Person
) -> None:
    calendar = add_calendar(app, alice, "Work")
    user = await at_team(browser, bob)
    go_to(user, "2027-01-28")
    choose(user, "free")
    assert names(user) == ["Alice"]
    add_availability(app, alice, calendar, [("2027-01-28", "2027-01-29", B)])
    change(app, calendar, entries=1, last_changed_at=NOW)
    tell(app, alice, calendar)
    await until(lambda: names(user) == [])
    assert span(user).startswith("11 Jan")


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
    await until(lambda: "/login" in went)
    assert row(user, "Alice")["fresh"] == "Up to date"


async def test_fifty_members_stay_within_the_budget_of_elements(app: App, browser: Browser, alice: Person) -> None:
    add_people(app, *(f"Member {number:02}" for number in range(70)))
    user = await at_team(browser, alice)
    assert len(names(user)) == 60
    assert len(elements(user)) < 200
    click(user, next(each for each in of_class(user, "quiet") if getattr(each, "text", "") == "Show 11 more"))
    assert len(names(user)) == 71


async def test_tight_days_say_who_is_left(
    app: App, browser: Browser, alice: Person, bob: Person, mallory: Person
) -> None:
    add_calendar(app, alice, "Work", [("2026-12-24", "2026-12-27", B)])
    add_calendar(app, bob, "Work", [("2026-12-25", "2026-12-26", P)])
    add_calendar(app, mallory, "Work")
    user = await at_team(browser, alice)
    lines = [(line["when"], line["who"]) for line in table(user, "team-tight").rows]
    assert lines == [
        ("Thu 24 Dec", "Bob and Mallory."),
        ("Fri 25 Dec", "Bob, who would like to, and Mallory."),
        ("Sat 26 Dec", "Bob and Mallory."),
    ]


async def test_only_administrators_are_led_to_what_is_broken(
    app: App, browser: Browser, alice: Person, bob: Person
) -> None:
    add_calendar(app, bob, "Work", state=State.NEEDS_YOU)
    for who, expected in (
        (alice, [("Words that count", "/team/tags"), ("Broken or stale: 1", "/team/calendars")]),
        (bob, [("Words that count", "/team/tags")]),
    ):
        user = await at_team(browser, who)
        assert links(of_class(user, "team-links")[0]) == expected


async def test_it_needs_a_login(browser: Browser, alice: Person) -> None:
    user = await browser()
    assert (await user.http_client.get("/team")).headers["location"] == "/login"


def test_the_last_week_holds_the_last_day_of_the_window_whatever_day_it_is() -> None:
    from pages.team.cells import window_of
    from tests.pages.helpers.home import BERLIN

    for number in range(7):
        today = date(2026, 11, 23) + timedelta(days=number)
        window = window_of(today, BERLIN)
        days = (window.end.astimezone(BERLIN).date() - window.start.astimezone(BERLIN).date()).days
        assert days % 7 == 0
        assert 0 <= (window.end.astimezone(BERLIN).date() - today).days - 90 < 7
