"""Rules: what a schedule follows, in sentences for everybody and as forms for its managers."""

from datetime import time, timedelta
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.planning.problem import Rest, Strength
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, Rule
from oncall_ui.services.schedules.access import read_access, set_access
from oncall_ui.services.schedules.people import read_people
from oncall_ui.services.schedules.published.read import read_schedule
from oncall_ui.services.schedules.settings import read_settings
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import fill, press, until
from tests.pages.helpers.seeing import click, elements, named, of_class, words
from tests.pages.schedules.entries import press_in, type_in
from tests.services.helpers.schedules import keep_schedule, next_monday, participant_of

NAME = "Plat<b>form"
GONE = "This no longer exists, or isn’t yours."


@pytest.fixture
def schedule(app: App, bob: Person, mallory: Person) -> int:
    """Managed by Bob; both are on call."""
    limit = Rest(timedelta(hours=11), Strength.NEVER)
    return keep_schedule(app, bob, [bob, mallory], limits=[limit], name=NAME, country="DE", region="BE")


async def at_rules(browser: Browser, person: Person, schedule: int) -> User:
    user = await browser(person)
    await user.open(f"/schedules/{schedule}/rules")
    return user


def sentences(user: User) -> list[str]:
    tables = [each for each in elements(user) if isinstance(each, ui.table) and "rules-lines" in each.classes]
    return [str(row["t"]) for table in tables for row in table.rows]


def rows(user: User, name: str) -> list[dict[str, Any]]:
    """Of the list with this name."""
    (table,) = (each for each in elements(user) if isinstance(each, ui.table) and each.props.get("aria-label") == name)
    return list(table.rows)


def tell(user: User, name: str, event: str, args: object) -> None:
    """As the browser does when a button of a row is pressed."""
    (table,) = (each for each in elements(user) if isinstance(each, ui.table) and each.props.get("aria-label") == name)
    (listener,) = (each for each in table._event_listeners.values() if each.type == event)
    with user:
        table._handle_event({"listener_id": listener.id, "args": args})


def has(user: User, name: str) -> bool:
    return any(each.visible and each.props.get("aria-label") == name for each in elements(user))


async def test_members_read_what_the_schedule_follows(
    browser: Browser, schedule: int, bob: Person, mallory: Person
) -> None:
    user = await at_rules(browser, mallory, schedule)
    said = sentences(user)
    for sentence in (
        "Every day at 09:00: best person.",
        "At least 11\u00a0hours between two shifts of a person (never broken).",
        "Public holidays of Germany, Berlin count as holidays.",
        "A plan carries over up to 50\u00a0% of what is due in it.",
        "Where everyone is blocked, a blocked person is better than nobody. Each one is confirmed before publishing.",
    ):
        assert sentence in said
    assert [words(each) for each in elements(user) if each.tag == "h1"] == [NAME]
    assert [(row["name"], row["can"]) for row in rows(user, "People")] == [("Bob", False), ("Mallory", False)]
    assert rows(user, "Access")[0]["words"] == "Manager: plans and publishes"
    assert not has(user, "Edit shifts")
    assert not has(user, f"Archive {NAME}")
    manager = await at_rules(browser, bob, schedule)
    assert has(manager, "Edit shifts")
    assert len(elements(manager)) < 200


async def test_shifts_and_limits_are_edited_with_a_picture(
    browser: Browser, schedule: int, app: App, bob: Person, mallory: Person
) -> None:
    user = await at_rules(browser, bob, schedule)
    watching = await at_rules(browser, mallory, schedule)
    click(user, named(user, "Edit shifts"))
    type_in(user, "Shifts", 0, "days", "Mon")
    type_in(user, "Shifts", 0, "every", "2")
    assert any("more than 7 days" in words(each) for each in of_class(user, "new-wrong"))
    click(user, named(user, "Save shifts"))
    await until(lambda: any("more than 7 days" in words(each) for each in of_class(user, "rules-form")))
    assert read_settings(app, bob.id, schedule).rules == (Rule(DAY_SETS["Daily"], time(9)),)
    type_in(user, "Shifts", 0, "every", "1")
    type_in(user, "Shifts", 0, "type", "<i>pager</i>")
    click(user, named(user, "Save shifts"))
    await until(lambda: "Monday at 09:00: best person. Counts as <i>pager</i>." in sentences(watching))
    click(user, named(user, "Edit limits"))
    press_in(user, "ed-limits", 0, "remove")
    click(user, named(user, "Save limits"))
    await until(lambda: "No limits." in sentences(watching))
    assert not has(user, "Save limits")


async def test_settings_are_saved_part_by_part(browser: Browser, schedule: int, app: App, bob: Person) -> None:
    user = await at_rules(browser, bob, schedule)
    click(user, named(user, "Edit priorities"))
    assert not has(user, "Edit general")
    fill(user, Carry_over="lots")
    click(user, named(user, "Save priorities"))
    await until(lambda: any(words(each) == "Carry over: enter a whole number." for each in of_class(user, "new-wrong")))
    fill(user, Carry_over="25")
    await saved(user, "priorities")
    click(user, named(user, "Edit blocks and notice"))
    with user:
        named(user, "Blocks").set_value(Strength.NEVER)
    fill(user, Notice="7")
    await saved(user, "blocks and notice")
    click(user, named(user, "Edit general"))
    fill(user, Name="Payments")
    await saved(user, "general")
    settings = read_settings(app, bob.id, schedule).settings
    assert (settings.carry_percent, settings.blocks, settings.notice_days) == (25, Strength.NEVER, 7)
    assert (settings.name, settings.country, settings.region) == ("Payments", "DE", "BE")
    await until(lambda: [words(each) for each in elements(user) if each.tag == "h1"] == ["Payments"])


async def saved(user: User, part: str) -> None:
    click(user, named(user, f"Save {part}"))
    await until(lambda: not has(user, f"Save {part}"))


async def test_people_are_added_changed_paused_and_removed(
    browser: Browser, schedule: int, app: App, alice: Person, bob: Person, mallory: Person
) -> None:
    user = await at_rules(browser, bob, schedule)
    first = next_monday() + timedelta(days=7)
    press(user, "Add people")
    await until(lambda: any(each.props.get("label") == "Members" for each in elements(user)))
    press(user, "Add")
    await until(lambda: named(user, "Members").error == "Choose somebody.")
    with user:
        named(user, "Members").set_value([alice.id])
        named(user, "Share").set_value(50)
    fill(user, From=first.isoformat())
    press(user, "Add")
    await until(lambda: [row["name"] for row in rows(user, "People")] == ["Alice", "Bob", "Mallory"])
    tell(user, "People", "change", participant_of(app, schedule, mallory))
    with user:
        next(iter(user.find(ui.switch).elements)).set_value(True)
    fill(user, From=first.isoformat(), Until=first.isoformat())
    press(user, "Save")
    await until(lambda: len(rows(user, "People")[2]["lines"]) == 3)
    tell(user, "People", "remove", participant_of(app, schedule, bob))
    fill(user, From=first.isoformat())
    press(user, "Remove")
    await until(lambda: "until" in str(rows(user, "People")[1]["lines"]))
    on_day = {each.name: each.terms for each in read_people(app, bob.id, schedule, first)}
    assert on_day == {"Alice": Terms(50), "Bob": None, "Mallory": Terms(is_paused=True)}


async def test_access_is_given_and_the_last_manager_stays(
    browser: Browser, schedule: int, app: App, alice: Person, bob: Person, mallory: Person
) -> None:
    user = await at_rules(browser, bob, schedule)
    tell(user, "Access", "change", bob.id)
    with user:
        named(user, "What they may do").set_value("member")
    press(user, "Save")
    await until(
        lambda: any(words(each).startswith("A schedule needs a manager.") for each in of_class(user, "new-wrong"))
    )
    press(user, "Cancel")
    press(user, "Give access")
    await until(lambda: any(each.props.get("label") == "Member" for each in elements(user)))
    with user:
        named(user, "Member").set_value(alice.id)
    click(
        user,
        next(each for each in user.find(ui.button).elements if each.text == "Give access" and each.props.get("type")),
    )
    await until(lambda: len(rows(user, "Access")) == 3)
    lines = {line.member_id: line.access for line in read_access(app, bob.id, schedule)}
    assert lines == {alice.id: Access.VIEWER, bob.id: Access.MANAGER, mallory.id: Access.MEMBER}


async def test_archiving_asks_once(browser: Browser, schedule: int, app: App, bob: Person) -> None:
    user = await at_rules(browser, bob, schedule)
    click(user, named(user, f"Archive {NAME}"))
    await until(
        lambda: has(user, f"Archive {NAME}") and any(each.text == "Cancel" for each in user.find(ui.button).elements)
    )
    (ask,) = of_class(user, "oc-pop")
    yes = next(each for each in ask.descendants() if isinstance(each, ui.button) and each.text == "Archive")
    click(user, yes)
    await until(lambda: read_schedule(app, bob.id, schedule).is_archived)
    again = await at_rules(browser, bob, schedule)
    assert not has(again, "Edit shifts")


async def test_who_may_no_longer_change_anything_changes_nothing(
    browser: Browser, schedule: int, app: App, alice: Person, bob: Person, mallory: Person
) -> None:
    set_access(app, alice.id, schedule, mallory.id, Access.MANAGER)
    user = await at_rules(browser, mallory, schedule)
    click(user, named(user, "Edit blocks and notice"))
    fill(user, Notice="1")
    set_access(app, alice.id, schedule, mallory.id, Access.MEMBER)
    before = read_settings(app, bob.id, schedule)
    click(user, named(user, "Save blocks and notice"))
    await user.should_see(GONE)
    assert read_settings(app, bob.id, schedule) == before
    set_access(app, alice.id, schedule, mallory.id, None)
    stranger = await browser(mallory)
    assert "Page not found" in (await stranger.http_client.get(f"/schedules/{schedule}/rules")).text


async def test_twenty_people_fit(browser: Browser, app: App, bob: Person, mallory: Person, alice: Person) -> None:
    from oncall_ui.services.accounts.members import add_member

    people = {bob.id: Terms()}
    for number in range(20):
        email, name = f"p{number}@example.org", f"Person {number}"
        people[add_member(app, name=name, email=email, password="correct horse battery", zone="UTC")] = Terms()
    schedule = keep_schedule(app, bob, people)
    user = await at_rules(browser, bob, schedule)
    for part in ("shifts", "limits", "priorities", "general", "blocks and notice"):
        click(user, named(user, f"Edit {part}"))
        assert len(elements(user)) < 200, part
        click(user, named(user, f"Cancel editing {part}"))
        assert has(user, "Edit shifts")
    assert not user.notify.messages
