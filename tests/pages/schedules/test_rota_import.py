"""Import an old rota: a file is read, its names are chosen, the balances shown, saved and undone."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.rota_import.rota import Entry, Named, RotaSource, rota_of
from oncall_ui.domain.schedules.rota_import.rotations import Rotation, Turn, rules_of_rotations
from oncall_ui.domain.schedules.rota_import.table import LARGEST
from oncall_ui.errors import InvalidInput
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.rota_import.preview import past_imports
from oncall_ui.services.schedules.rota_import.tools import Asked, FromTool
from oncall_ui.services.schedules.rules import rules_of
from pages.widgets.dates import count
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import entry, fill, press, until
from tests.pages.helpers.seeing import elements, emit, of_class, words
from tests.services.helpers.schedules import keep_schedule, participant_of

MONDAY = datetime.now(UTC).date() - timedelta(days=datetime.now(UTC).weekday(), weeks=8)
FILE = "Week,Who\n" + "".join(
    f"{MONDAY + timedelta(weeks=week):%Y-%m-%d},{name}\n"
    for week, name in enumerate(["Bob", "<b>Sam</b>", "Mallory", "Bob"])
)


@pytest.fixture
def schedule(app: App, bob: Person, mallory: Person) -> int:
    schedule = keep_schedule(app, bob, [bob, mallory])
    set_access(app, bob.id, schedule, mallory.id, Access.MEMBER)
    return schedule


async def at_import(browser: Browser, person: Person, schedule: int) -> User:
    user = await browser(person)
    await user.open(f"/schedules/{schedule}/import")
    return user


def address(user: User) -> str:
    """Where the page sends a file."""
    (entry,) = (each for each in elements(user) if each.tag == "input" and each.props.get("type") == "file")
    handlers = [each.js_handler or "" for each in entry._event_listeners.values()]
    return handlers[0].split('address = "')[1].split('"')[0]


async def send(user: User, data: bytes, name: str = "rota.csv") -> int:
    answer = await user.http_client.post(address(user), params={"name": name}, content=data)
    return answer.status_code


def rows(user: User) -> dict[str, dict[str, Any]]:
    """By key, of all tables."""
    return {each["key"]: each for table in elements(user) if isinstance(table, ui.table) for each in table.rows}


def people(user: User) -> list[dict[str, str]]:
    """In the table of opening balances."""
    return list(rows(user).get("opening", {}).get("people", ()))


def status(user: User) -> str:
    return " ".join(words(each) for each in of_class(user, "oc-status") if each.visible)


def wrong(user: User) -> str:
    return " ".join(words(each) for each in of_class(user, "new-wrong"))


async def test_a_file_becomes_an_import_and_is_undone(
    browser: Browser, app: App, schedule: int, bob: Person, mallory: Person
) -> None:
    user = await at_import(browser, bob, schedule)
    assert [words(each) for each in elements(user) if each.tag == "h1"] == ["Import an old rota"]
    assert await send(user, FILE.encode()) == 204
    await until(lambda: "1 name needs you" in status(user))
    names = rows(user)["names"]["names"]
    assert [(each["name"], each["value"]) for each in names] == [
        ("<b>Sam</b>", ""),
        ("Bob", str(participant_of(app, schedule, bob))),
        ("Mallory", str(participant_of(app, schedule, mallory))),
    ]
    assert len(elements(user)) < 200
    await until(lambda: len(people(user)) == 2)
    emit(user, "who", ["<b>sam</b>", "-1"])
    await until(lambda: len(people(user)) == 3)
    assert "Every name is known" in status(user)
    assert [each["name"] for each in people(user)] == ["<b>Sam</b>", "Bob", "Mallory"]
    press(user, f"Import {count(28, 'shift')}")
    await until(lambda: len(past_imports(app, bob.id, schedule)) == 1)
    key = str(past_imports(app, bob.id, schedule)[0].id)
    await until(lambda: rows(user).get(key, {}).get("s", "").startswith(f"{count(28, 'shift')}, imported"))
    emit(user, "undo", key)
    await until(lambda: not past_imports(app, bob.id, schedule))


async def test_bad_files_say_what_is_wrong_and_large_ones_are_cut_off(
    browser: Browser, app: App, schedule: int, bob: Person
) -> None:
    user = await at_import(browser, bob, schedule)
    for data, says in ((b"hello", "No column holds days"), (b"x" * (LARGEST + 1), "larger than 8 MB"), (b"", "empty")):
        assert await send(user, data) in (204, 413)
        await until(lambda: wrong(user))
        assert says in wrong(user)


async def test_a_tool_is_asked_once_and_its_rotations_become_rules(
    browser: Browser, app: App, schedule: int, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is sent to tools has tests of its own; here only the form and what comes of an answer."""
    keys = list[str]()

    async def read(_app: App, _member: int, _schedule: int, source: RotaSource, asked: Asked) -> FromTool:
        keys.append(asked.key)
        if asked.schedule != "Platform":
            raise InvalidInput("Schedule", "Opsgenie shows this key no schedule.")
        start = datetime.combine(MONDAY, time(9), UTC)
        weekly = Rotation("Rota", start, "UTC", Turn.WEEKLY)
        entries = [Entry(start, start + timedelta(days=7), Named("Bob"))]
        return FromTool(rota_of(source, entries, 1), rules_of_rotations([weekly], "UTC"))

    monkeypatch.setattr("pages.schedules.rota_import.page.read_from_tool", read)
    user = await at_import(browser, bob, schedule)
    press(user, "Opsgenie")
    fill(user, **{"API key": "eb24-secret", "Schedule": "Nothing"})
    press(user, "Read 12 months")
    await until(lambda: entry(user, "Schedule").error == "Opsgenie shows this key no schedule.")
    fill(user, Schedule="Platform")
    press(user, "Read 12 months")
    await until(lambda: people(user))
    assert keys == ["eb24-secret"] * 2
    assert not [each for each in elements(user) if getattr(each, "value", None) == "eb24-secret"]
    press(user, "Use these rules")
    await until(lambda: read_rules(app, schedule) == [(frozenset({0}), time(9))])
    assert len(elements(user)) < 200


def read_rules(app: App, schedule: int) -> list[tuple[frozenset[int], time]]:
    with app.db.read() as session:
        return [(rule.days, rule.at) for rule in rules_of(session, schedule)]


async def test_only_managers_open_it_and_only_their_page_takes_the_file(
    browser: Browser, app: App, schedule: int, bob: Person, mallory: Person
) -> None:
    user = await at_import(browser, bob, schedule)
    other = await browser(mallory)
    assert (await other.http_client.get(f"/schedules/{schedule}/import")).status_code == 404
    answer = await other.http_client.post(address(user), content=FILE.encode())
    assert answer.status_code == 404
    assert status(user) == ""


async def test_it_needs_a_login(browser: Browser, schedule: int) -> None:
    user = await browser(None)
    await user.open(f"/schedules/{schedule}/import")
    assert not [each for each in elements(user) if each.tag == "input" and each.props.get("type") == "file"]
