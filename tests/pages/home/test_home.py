"""Home: what it says in each state, and of whom."""

from datetime import UTC, datetime, timedelta

import pytest
from nicegui import ElementFilter, ui

from oncall_ui.app import App
from oncall_ui.domain.imports.hints import Hint
from oncall_ui.domain.imports.state import State
from pages.home import page as home
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.home import NOW, B, P, add_calendar, agenda, days, open_home, strip_label, table, until
from tests.pages.helpers.seeing import buttons, click, headings, of_class


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "_now", lambda: NOW)


async def test_home_tells_what_is_known(app: App, browser: Browser, alice: Person) -> None:
    evening, away = ("2026-11-26T19:00", "2026-11-26T22:00", B), ("2026-11-30", "2026-12-04", B)
    add_calendar(app, alice, "Work", [("2026-11-25T14:00", "2026-11-25T18:00", B), away])
    add_calendar(app, alice, "Climbing", [evening, ("2026-12-05", "2026-12-07", P)])
    user = await open_home(browser, alice)
    await user.should_see("2 calendars, all up to date")
    await user.should_see(", last checked 2\u00a0min ago")
    await user.should_see("next 90 days, until 21 Feb, in Berlin time")
    assert strip_label(user) == (
        "Your next 90 days: 4 blocked, 2 blocked in part, 2 preferred, 82 open. Details in the list below."
    )
    await user.should_see("4\u00a0days, 2\u00a0more in part")
    assert agenda(user) == [
        "Wed 25 Nov | tomorrow | Block | 14:00 – 18:00 | 4 h | Work",
        "Thu 26 Nov | in 2 days | Block | 19:00 – 22:00 | 3 h | Climbing",
        "Mon 30 Nov | in 6 days | Block | All day, until Thu 3 Dec | 4 days | Work",
        "Sat 5 Dec | in 11 days | Prefer | All day, until Sun 6 Dec | 2 days | Climbing",
    ]
    for words in ("Coming up", "Open", "All 4", "Block 3", "Prefer 1", "Climbing", "2 up to date", "Work, Climbing"):
        await user.should_see(words)


async def test_the_strip_marks_today_dims_the_past_and_draws_by_the_hour(
    app: App, browser: Browser, alice: Person
) -> None:
    add_calendar(app, alice, "Work", [("2026-11-25T14:00", "2026-11-25T18:30", B), ("2026-11-26", "2026-11-27", P)])
    user = await open_home(browser, alice)
    months = table(user, "oc-months").rows
    assert [(month["name"], len(month["days"])) for month in months] == [
        ("Nov", 8),
        ("Dec", 31),
        ("Jan 2027", 31),
        ("Feb", 21),
    ]
    assert [day["c"] for day in days(user)[:7]] == [
        "oc-day past",
        "oc-day today",
        "oc-day",
        "oc-day",
        "oc-day",
        "oc-day rest",
        "oc-day rest",
    ]
    assert days(user)[2]["s"] == [{"k": "is-block", "at": {"--from": 14, "--to": 18.5}}]
    assert days(user)[3]["s"] == [{"k": "is-prefer", "at": {}}]
    assert days(user)[2]["t"] == "Wed 25 Nov: block 14:00 – 18:30"
    assert [day.get("n") for day in days(user)[:8]] == [None, "24", None, None, None, None, None, "30"]


async def test_home_needs_a_login(browser: Browser) -> None:
    user = await browser()
    await user.open("/")
    await user.should_see("Log in")
    await user.should_not_see("Coming up")


async def test_home_shows_nothing_of_others(app: App, browser: Browser, bob: Person, mallory: Person) -> None:
    add_calendar(app, bob, "Bob’s work", [("2026-11-25", "2026-11-26", B)], state=State.NEEDS_YOU, why="Refused.")
    user = await open_home(browser, mallory)
    await user.should_see("1 of 3 steps done")
    await user.should_not_see("Bob’s work")
    assert agenda(user) == []
    assert not any(day["s"] for day in days(user))


async def test_without_a_connection_everything_is_unknown_and_the_way_is_shown(browser: Browser, alice: Person) -> None:
    user = await open_home(browser, alice)
    await user.should_see("Welcome, Alice")
    await user.should_see("1 of 3 steps done")
    await user.should_see(" · about 2 minutes to your first calendar")
    await user.should_not_see("Coming up")
    await user.should_not_see("Add a new calendar connection")
    assert strip_label(user) == "Your next 90 days: all unknown, because no calendar has been imported."
    assert {"unknown" in day["c"] for day in days(user)} == {True}
    await user.should_see("Unknown")
    await user.should_see("90\u00a0days")
    await user.should_not_see("Open")
    user.find("Add ICS URL").click()
    await until(lambda: user.back_history[-1] == "/calendar_connections/new/ics")


async def test_the_first_steps_can_be_skipped(browser: Browser, alice: Person) -> None:
    user = await browser(alice)
    await user.open("/?steps=later")
    await user.should_see("No calendar connected yet")
    await user.should_see("Add a new calendar connection")
    await user.should_not_see("Welcome, Alice")


async def test_before_the_first_import_everything_is_unknown(app: App, browser: Browser, alice: Person) -> None:
    add_calendar(app, alice, "Work", state=State.IMPORTING, last_read_at=None)
    user = await open_home(browser, alice)
    await user.should_see("2 of 3 steps done")
    await user.should_see(" · reading your calendar")
    await user.should_see("Check what counts")
    assert {"unknown" in day["c"] for day in days(user)} == {True}


async def test_while_no_calendar_is_on_everything_is_unknown(app: App, browser: Browser, alice: Person) -> None:
    add_calendar(app, alice, "Work", is_on=False, state=State.OFF, last_read_at=NOW)
    user = await open_home(browser, alice)
    await user.should_see("No calendar is switched on")
    await user.should_see("Choose calendars")
    await user.should_see("Work is connected but off")
    assert {"unknown" in day["c"] for day in days(user)} == {True}


async def test_a_connection_that_was_not_saved_is_the_third_step(app: App, browser: Browser, alice: Person) -> None:
    add_calendar(app, alice, "Work", is_on=False, state=State.OFF, last_read_at=None)
    user = await open_home(browser, alice)
    await user.should_see("2 of 3 steps done")
    await user.should_see("Choose which calendars count, and how.")
    await user.should_not_see("Work is connected but off")
    user.find("Check events").click()
    await until(lambda: user.back_history[-1].startswith("/calendar_connections/"))


async def test_a_stale_calendar_makes_every_day_unknown_with_since_when(
    app: App, browser: Browser, alice: Person
) -> None:
    add_calendar(app, alice, "Work", state=State.RETRYING, last_read_at=NOW - timedelta(days=10))
    user = await open_home(browser, alice)
    await user.should_see("1 calendar is stale")
    assert strip_label(user) == "Your next 90 days: all unknown since Sat 14 Nov, 10:00."
    await user.should_see("90\u00a0days, since Sat 14 Nov, 10:00")


async def test_the_days_after_the_last_import_are_unknown(app: App, browser: Browser, alice: Person) -> None:
    add_calendar(app, alice, "Work", state=State.RETRYING, last_read_at=NOW - timedelta(hours=20))
    user = await open_home(browser, alice)
    assert strip_label(user).startswith("Your next 90 days: 89 open, 1 unknown.")


async def test_when_nothing_counts_home_says_so_and_leads_to_the_choice(
    app: App, browser: Browser, alice: Person
) -> None:
    add_calendar(app, alice, "Work", hint=Hint.NONE_TAGGED)
    user = await open_home(browser, alice)
    await user.should_see("Nothing coming up: no event in the next 90 days counts.")
    await user.should_see("Choose how events count")
    await user.should_see("90\u00a0days")
    await user.should_not_see("Unknown")
    await user.should_not_see("All 0")
    assert strip_label(user).startswith("Your next 90 days: 90 open.")


async def test_an_entry_that_began_before_today_says_since_when(app: App, browser: Browser, alice: Person) -> None:
    over, running = ("2026-11-24T08:00", "2026-11-24T09:59", B), ("2026-11-02", "2026-11-28", B)
    add_calendar(app, alice, "Work", [over, running, ("2026-11-24T11:00", "2026-11-24T12:00", B)])
    user = await open_home(browser, alice)
    assert agenda(user) == [
        "Tue 24 Nov | today | Block | Since Mon 2 Nov, until Fri 27 Nov | 26 days | Work",
        "Tue 24 Nov |  | Block | 11:00 – 12:00 | 1 h | Work",
    ]


async def test_the_same_span_of_two_calendars_is_one_line(app: App, browser: Browser, alice: Person) -> None:
    for name in ("Work", "Climbing"):
        add_calendar(app, alice, name, [("2026-11-25T14:00", "2026-11-25T18:00", B)])
    user = await open_home(browser, alice)
    (line,) = agenda(user)
    assert sorted(line.split(" | ")[-2:]) == ["Climbing", "Work"]


async def test_the_agenda_begins_with_twelve_lines_and_unfolds(app: App, browser: Browser, alice: Person) -> None:
    weeks = [f"2026-12-{day:02}T{hour:02}" for day in range(1, 21) for hour in (9, 15)]
    add_calendar(app, alice, "Work", [(f"{at}:00", f"{at}:30", (B, P)[number % 2]) for number, at in enumerate(weeks)])
    user = await open_home(browser, alice)
    assert len(agenda(user)) == 2
    assert {row["again"] for row in table(user, "oc-agenda").rows} == {"20\u00a0days in a row"}
    user.find("Show every single one").click()
    assert len(agenda(user)) == 12
    user.find("Show 25 more").click()
    assert len(agenda(user)) == 37
    user.find("Show 3 more").click()
    assert len(agenda(user)) == 40
    await user.should_not_see("Show 0 more")
    with user:
        next(iter(ElementFilter(kind=ui.toggle))).set_value("prefer")
    assert {line.split(" | ")[2] for line in agenda(user)} == {"Prefer"}
    assert len(agenda(user)) == 12
    await user.should_see("Show 8 more")


async def test_a_calendar_that_needs_the_member_is_told_with_the_way_out(
    app: App, browser: Browser, alice: Person
) -> None:
    since = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    broken = add_calendar(
        app,
        alice,
        "Climbing",
        product="caldav",
        state=State.NEEDS_YOU,
        state_since=since,
        why="cloud.example.org refused the password.",
    )
    add_calendar(app, alice, "Work")
    user = await open_home(browser, alice)
    await user.should_see("1 of 2 calendars needs you")
    await user.should_see("Climbing can no longer be read")
    await user.should_see("since Sun 22 Nov, 18:30")
    await user.should_see("cloud.example.org refused the password. Entries read before then still count")
    user.find("Reconnect").click()
    await until(lambda: user.back_history[-1] == f"/calendar_connections/new/caldav?again={broken.connection_id}")


async def test_at_most_three_alerts_are_shown_and_the_others_counted(app: App, browser: Browser, alice: Person) -> None:
    for name in ("A", "B", "C", "D", "E"):
        add_calendar(app, alice, name, state=State.NEEDS_YOU, why="Refused.")
    user = await open_home(browser, alice)
    await user.should_see("2 more need attention.")
    assert len(user.find("Reconnect").elements) == 3


async def test_calendars_of_one_connection_that_fail_alike_are_one_alert(
    app: App, browser: Browser, alice: Person
) -> None:
    first = add_calendar(app, alice, "A", state=State.NEEDS_YOU, why="Refused.")
    add_calendar(app, alice, "B", connection=first.connection_id, state=State.NEEDS_YOU, why="Refused.")
    user = await open_home(browser, alice)
    await user.should_see("A and 1 more can no longer be read")
    assert len(user.find("Reconnect").elements) == 1


async def test_home_is_made_of_few_elements(app: App, browser: Browser, alice: Person) -> None:
    for name in ("Work", "Climbing", "Holidays"):
        add_calendar(app, alice, name, [(f"2026-12-{day:02}", f"2026-12-{day + 1:02}", B) for day in range(1, 30)])
    user = await open_home(browser, alice)
    with user as client:
        assert len(client.elements) < 170


async def test_the_first_steps_name_only_what_can_be_connected(app: App, browser: Browser, alice: Person) -> None:
    user = await open_home(browser, alice)
    await user.should_see("Welcome, Alice")
    offered = {each.text for each in user.find(kind=ui.button).elements}
    for product in app.products:
        assert (product.button in offered) is app.offers(product)


async def test_a_connection_that_was_created_and_not_saved_is_connected_but_off(
    app: App, browser: Browser, bob: Person
) -> None:
    calendar = add_calendar(app, bob, "Work", state=State.OFF, is_on=True, last_read_at=None, events_read=0)
    user = await browser(bob)
    await user.open("/?steps=later")
    await user.should_see("No calendar is switched on")
    (card,) = of_class(user, "oc-alert")
    assert headings(card) == ["Work is connected but off"]
    await user.should_not_see("up to date")
    await user.should_not_see("couldn’t be read")
    with user:
        click(user, buttons(card)["Choose calendars"])
    await until(lambda: user.back_history[-1] == f"/calendar_connections/{calendar.connection_id}")
