"""Fairness: where everybody is, one account with every line, and what managers move."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import LedgerKind
from oncall_ui.domain.schedules.rota_import.rota import Entry, Named, RotaSource, rota_of
from oncall_ui.models import LedgerLine
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.rota_import.names import Choices
from oncall_ui.services.schedules.rota_import.save import save_rota
from pages.widgets.dates import short_day
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import entry, fill, press, until
from tests.pages.helpers.seeing import elements, links, named, of_class, words
from tests.services.helpers.schedules import in_plan, keep_schedule, next_monday, participant_of, publish_by_hand

Open = Callable[[Person], "object"]
NAME = "Plat<b>form"


@pytest.fixture
def schedule(app: App, bob: Person, mallory: Person) -> int:
    """Bob, who manages it, has 3 of 4 shifts, Mallory 1."""
    schedule = keep_schedule(app, bob, [bob, mallory], name=NAME)
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [b, b, b, m])
    return schedule


async def at_fairness(browser: Browser, person: Person, schedule: int, query: str = "") -> User:
    user = await browser(person)
    await user.open(f"/schedules/{schedule}/fairness{query}")
    return user


def where(user: User) -> str:
    (status,) = of_class(user, "oc-status")
    return words(status)


def rows(user: User, css: str) -> list[dict[str, Any]]:
    (table,) = (each for each in elements(user) if isinstance(each, ui.table) and css in each.classes)
    return list(table.rows)


def of_key(user: User, key: str) -> dict[str, Any]:
    tables = [each for each in elements(user) if isinstance(each, ui.table)]
    return next(row for table in tables for row in table.rows if row["key"] == key)


def subnav(user: User) -> list[str]:
    (nav,) = of_class(user, "oc-subnav")
    return [word for word, _ in links(nav)]


def leads(user: User, word: str) -> bool:
    """Whether a link with the word is seen."""
    return any(isinstance(each, ui.link) and each.visible and words(each) == word for each in elements(user))


async def test_members_see_where_they_are_in_words(
    browser: Browser, schedule: int, bob: Person, mallory: Person
) -> None:
    user = await at_fairness(browser, bob, schedule)
    assert where(user) == "You are 1 point above a fair share; the next plan gives it back"
    assert [words(each) for each in elements(user) if each.tag == "h1"] == [NAME]
    assert ("Fairness", f"/schedules/{schedule}/fairness") in links(of_class(user, "oc-subnav")[0])
    assert len(elements(user)) < 200
    other = await at_fairness(browser, mallory, schedule)
    assert where(other) == "You are 1 point below a fair share; the next plan gives you more"
    assert not [each for each in elements(other) if isinstance(each, ui.button) and each.text == "Adjust"]


async def test_the_chart_says_its_numbers(browser: Browser, schedule: int, bob: Person) -> None:
    user = await at_fairness(browser, bob, schedule)
    chart = of_key(user, "chart")
    assert "Bob +1.0, Mallory −1.0" in str(chart["name"])
    toggle = named(user, "Count")
    assert toggle.options == {"all": "All", "type:weekday": "Weekday"}


async def test_the_table_counts_points_shifts_and_hours(browser: Browser, schedule: int, bob: Person) -> None:
    user = await at_fairness(browser, bob, schedule)
    table = of_key(user, "balances")
    assert table["heads"] == ["Weekday", "All"]
    b, m = table["people"]
    assert (b["cells"][1], b["after"], b["carried"], b["you"]) == ({"done": "3", "due": "of 2"}, "+1.0", "+1.0", True)
    assert (m["share"], m["after"]) == (f"100\u00a0% from {short_day(next_monday())}", "−1.0")
    unit = named(user, "In")
    with user:
        unit.set_value("hours")
    assert of_key(user, "balances")["people"][0]["cells"][1] == {"done": "72", "due": "of 48"}


async def test_a_ledger_has_every_line_with_its_cause(browser: Browser, schedule: int, bob: Person, app: App) -> None:
    user = await at_fairness(browser, bob, schedule)
    months = rows(user, "fair-months")
    lines = [line for month in months for line in month["lines"]]
    assert len(lines) == 4
    assert {line["why"] for line in lines} == {"Published in plan 1, by Bob"}
    for month in months:  # two, where one ends among the four days
        due = month["rows"][-1]["words"]
        assert due.startswith("of the team’s ") and due.endswith("at 100\u00a0%")
    assert any("72" in each["words"] or "24" in each["words"] for month in months for each in month["rows"])


async def test_imported_history_is_a_line_of_its_month(browser: Browser, schedule: int, app: App, bob: Person) -> None:
    b, start = participant_of(app, schedule, bob), datetime.now(UTC) - timedelta(days=70)
    rota = rota_of(RotaSource.CSV, [Entry(start, start + timedelta(days=3), Named("Bob"))], 1)
    save_rota(app, bob.id, schedule, rota, Choices({"bob": b}))
    user = await at_fairness(browser, bob, schedule)
    imported = [each for month in rows(user, "fair-months") for each in month["rows"] if each["name"] == "Imported"]
    lines = [each["why"] for month in rows(user, "fair-months") for each in month["lines"]]
    assert imported
    assert "Imported, by Bob: from a spreadsheet" in lines


async def test_the_ledger_of_another_has_an_address(
    browser: Browser, schedule: int, app: App, bob: Person, mallory: Person
) -> None:
    user = await at_fairness(browser, bob, schedule, f"?who={participant_of(app, schedule, mallory)}")
    assert "Ledger of Mallory" in [words(each) for each in elements(user) if each.tag == "h2"]
    (sentence,) = (words(each) for each in of_class(user, "oc-lead") if words(each))
    assert sentence == "Mallory is 1 point below a fair share; the next plan gives them more."


async def test_a_manager_moves_points_with_a_reason(
    browser: Browser, schedule: int, app: App, bob: Person, mallory: Person
) -> None:
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    user = await at_fairness(browser, bob, schedule)
    watching = await at_fairness(browser, mallory, schedule)
    press(user, "Adjust")
    chosen = {each.label: each for each in elements(user) if isinstance(each, ui.select)}
    press(user, "Move points")
    await until(lambda: chosen["From"].error == "Choose a person.")
    with user:
        chosen["From"].set_value(b)
        chosen["To"].set_value(m)
    fill(user, Points="half", Reason="<i>audit</i> call")
    press(user, "Move points")
    await until(lambda: entry(user, "Points").error == "Enter a number, for example 1.5.")
    fill(user, Points="1")
    press(user, "Move points")
    await until(lambda: where(watching) == "You are exactly at a fair share")
    await until(lambda: where(user) == "You are exactly at a fair share")
    causes = [line["why"] for month in rows(user, "fair-months") for line in month["lines"]]
    assert "Adjusted, by Bob: <i>audit</i> call" in causes


async def test_who_may_no_longer_adjust_changes_nothing(
    browser: Browser, schedule: int, app: App, alice: Person, bob: Person, mallory: Person
) -> None:
    set_access(app, alice.id, schedule, mallory.id, Access.MANAGER)
    user = await at_fairness(browser, mallory, schedule)
    press(user, "Adjust")
    chosen = {each.label: each for each in elements(user) if isinstance(each, ui.select)}
    with user:
        chosen["From"].set_value(participant_of(app, schedule, bob))
        chosen["To"].set_value(participant_of(app, schedule, mallory))
    fill(user, Points="1", Reason="x")
    set_access(app, alice.id, schedule, mallory.id, Access.MEMBER)
    press(user, "Move points")
    await user.should_see("This no longer exists, or isn’t yours.")
    with app.db.read() as session:
        assert not session.exec(select(LedgerLine).where(LedgerLine.kind == LedgerKind.ADJUST)).all()


async def test_what_is_capped_stays_in_the_ledger(browser: Browser, app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory], carry_percent=1)
    b = participant_of(app, schedule, bob)
    publish_by_hand(app, bob, schedule, [b, b, b, b])
    user = await at_fairness(browser, bob, schedule)
    assert where(user).startswith("You are 2 points above a fair share; the next plan returns 0.")
    assert where(user).endswith(" points of it, the rest stays")


async def test_nothing_published_yet_is_said(browser: Browser, app: App, bob: Person) -> None:
    user = await at_fairness(browser, bob, keep_schedule(app, bob, [bob]))
    assert where(user) == "No shifts published yet"
    (none,) = of_class(user, "fair-none")
    assert words(none) == "Points appear here once a plan is published."


async def test_strangers_get_nothing_and_viewers_a_sentence(
    browser: Browser, schedule: int, app: App, alice: Person, bob: Person, mallory: Person
) -> None:
    set_access(app, bob.id, schedule, mallory.id, None)
    user = await browser(mallory)
    assert "Page not found" in (await user.http_client.get(f"/schedules/{schedule}/fairness")).text
    set_access(app, bob.id, schedule, mallory.id, Access.VIEWER)
    await user.open(f"/schedules/{schedule}/fairness")
    (lead,) = of_class(user, "oc-lead")
    assert words(lead).startswith("Only people on this schedule see its ledger.")
    assert subnav(user) == ["Shifts", "Publish"]
    await user.open("/schedules")
    assert not leads(user, "Fairness")
    set_access(app, bob.id, schedule, mallory.id, Access.MEMBER)
    await user.open(f"/schedules/{schedule}/fairness")
    assert subnav(user) == ["Shifts", "Fairness", "Swaps", "Rules", "Publish", "History"]
    await user.open("/schedules")
    assert leads(user, "Fairness")


async def test_the_downloads_are_csv_of_what_is_published(
    browser: Browser, schedule: int, app: App, bob: Person, mallory: Person
) -> None:
    user = await browser(bob)
    shifts = await user.http_client.get(f"/schedules/{schedule}/fairness/shifts.csv")
    head, first, *rest = shifts.text.splitlines()
    day, end = in_plan(0), in_plan(0) + timedelta(days=1)
    assert head == "start,end,hours,role,type,points,person,shift_start,shift_end"
    span = f"{day:%Y-%m-%dT%H:%M:%SZ},{end:%Y-%m-%dT%H:%M:%SZ}"
    assert first == f"{span},24,primary,weekday,1,Bob,{span}"
    assert len(rest) == 3
    assert 'filename="plat-b-form-shifts-' in shifts.headers["content-disposition"]
    hours = await user.http_client.get(f"/schedules/{schedule}/fairness/hours.csv")
    assert hours.text.splitlines()[0] == "month,person,role,type,hours,hours_so_far"
    ledger = await user.http_client.get(f"/schedules/{schedule}/fairness/ledger.csv")
    assert ledger.text.splitlines()[1].split(",")[1:8] == ["Bob", "primary", "weekday", "0.5", "1", "shift", "plan 1"]
    assert len(ledger.text.splitlines()) == 9
    set_access(app, bob.id, schedule, mallory.id, Access.VIEWER)
    viewer = await browser(mallory)
    for name in ("shifts", "hours", "ledger"):
        assert (await viewer.http_client.get(f"/schedules/{schedule}/fairness/{name}.csv")).status_code == 404
