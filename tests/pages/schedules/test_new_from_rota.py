"""New schedule from an old rota: read once, then people, rules, balances and pins follow from it in one walk."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.schedules.rota_import.rota import Entry, RotaSource, named, rota_of
from oncall_ui.domain.schedules.rota_import.rotations import Rotation, Turn, rules_of_rotations
from oncall_ui.domain.schedules.rota_import.spreadsheet import Place
from oncall_ui.errors import InvalidInput
from oncall_ui.services.schedules.drafts.drafts import plan_of
from oncall_ui.services.schedules.drafts.editing.choices import from_row
from oncall_ui.services.schedules.published.read import list_schedules
from oncall_ui.services.schedules.rota_import.preview import past_imports
from oncall_ui.services.schedules.rota_import.tools import Asked, FromTool
from oncall_ui.services.schedules.rules import rules_of
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import entry, until
from tests.pages.helpers.forms import fill as fill_in
from tests.pages.helpers.forms import press as press_button
from tests.pages.helpers.seeing import elements, emit, of_class, words
from tests.pages.helpers.seeing import named as by_name
from tests.pages.schedules.entries import rows as entry_rows
from tests.pages.schedules.test_new import press, step, to_priorities
from tests.pages.schedules.test_rota_import import people, rows, send, status
from tests.services.helpers.schedules import participant_of

NEW_YORK = ZoneInfo("America/New_York")
NOTE = "“Months” can’t become a rule."


def first_monday() -> date:
    """Of a new draft, as the page of somebody in Berlin has it."""
    soonest = datetime.now(ZoneInfo("Europe/Berlin")).date() + timedelta(days=7)
    return soonest + timedelta(days=-soonest.weekday() % 7)


def week(number: int) -> datetime:
    """Weeks from the first Monday of a new draft on; Mondays 04:00 in New York, in winter and in summer."""
    return datetime.combine(first_monday() + timedelta(weeks=number), time(4), NEW_YORK).astimezone(UTC)


async def read_from_tool(_app: App, _member: int, place: Place, source: RotaSource, asked: Asked) -> FromTool:
    """Sixteen weeks of which two are still to come, by Bob, Mallory and Sam, who has left."""
    if asked.schedule != "Platform":
        raise InvalidInput("Schedule", "Opsgenie shows this key no schedule.")
    who = ("bob@example.org", "mallory@example.org", "sam@example.org")
    entries = [Entry(week(each), week(each + 1), named("", who[each % 3])) for each in range(-14, 3)]
    found = rules_of_rotations([Rotation("Rota", week(0), "America/New_York", Turn.WEEKLY)], "America/New_York")
    return FromTool(rota_of(source, entries, 17), type(found)(found.rules, (*found.notes, NOTE)), "America/New_York")


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent to tools has tests of its own."""
    monkeypatch.setattr("pages.schedules.new.start_card.read_from_tool_for_new", read_from_tool)


async def start(browser: Browser, person: Person) -> User:
    user = await browser(person)
    await user.open("/schedules/new")
    press_button(user, "Opsgenie")
    fill_in(user, **{"API key": "eb24-secret", "Schedule": "Nothing"})
    press_button(user, "Read 12 months")
    await until(lambda: entry(user, "Schedule").error == "Opsgenie shows this key no schedule.")
    fill_in(user, Schedule="Platform")
    press_button(user, "Read 12 months")
    await until(lambda: "read" in rows(user))
    return user


def told(user: User) -> str:
    return " ".join(f"{each['t']} {each['s']}" for each in rows(user)["read"]["lines"]).replace("\xa0", " ")


@pytest.mark.usefixtures("tool")
async def test_one_walk_gives_rules_history_pins_and_a_draft(
    browser: Browser, app: App, alice: Person, bob: Person, mallory: Person
) -> None:
    user = await start(browser, alice)
    assert NOTE in told(user)
    assert "2 of 3 names are known here" in told(user)
    assert by_name(user, "Time zone").value == "America/New_York"
    assert [each["v"]["on"] for each in entry_rows(user, "ed-people")] == [False, True, True]
    await to_priorities(user)
    await press(user, "Next: History", "History")
    await until(lambda: people(user))
    assert "1 name needs you" in status(user)
    emit(user, "who", ["sam@example.org", "-1"])
    await until(lambda: len(people(user)) == 3)
    shown = [Decimal(each["balance"].replace("−", "-")) for each in people(user)]
    assert abs(sum(shown, Decimal())) < Decimal("0.05") * len(shown), "they come to nothing, each rounded for itself"
    assert by_name(user, "Keep until").value == (first_monday() + timedelta(days=14)).isoformat()
    by_name(user, "Keep until").set_value((first_monday() + timedelta(days=28)).isoformat())
    assert any("stay with the people who have them there" in words(each) for each in of_class(user, "oc-sub"))
    assert len(elements(user)) < 200
    await press(user, "Create draft")
    await until(lambda: list_schedules(app, alice.id, datetime.now(UTC)))
    (card,) = list_schedules(app, alice.id, datetime.now(UTC))
    assert len(past_imports(app, alice.id, card.id)) == 1
    with app.db.read() as session:
        (rule,) = rules_of(session, card.id)
        assert (set(rule.days), rule.at) == ({0}, time(4))
        pinned = from_row(plan_of(session, card.id, 1).choices).pinned
    on_call = {participant_of(app, card.id, each) for each in (bob, mallory)}
    assert set(pinned.values()) <= on_call
    assert len(pinned) == 2, "of three weeks still to come one is Sam's, who has left"


@pytest.mark.usefixtures("tool")
async def test_it_can_be_forgotten_and_the_name_stays(browser: Browser, alice: Person, bob: Person) -> None:
    user = await start(browser, alice)
    by_name(user, "Name").set_value("Platform")
    press_button(user, "Start without it")
    await until(lambda: "read" not in rows(user))
    assert by_name(user, "Name").value == "Platform"
    assert by_name(user, "Time zone").value == "Europe/Berlin"
    await to_priorities(user)
    assert step(user) == "Priorities"


async def test_a_file_is_read_again_by_the_zone_that_is_chosen_later(
    browser: Browser, app: App, alice: Person, bob: Person, mallory: Person
) -> None:
    user = await browser(alice)
    await user.open("/schedules/new")
    assert await send(user, b"\xff\x00 no rota") == 204
    await until(lambda: any(words(each) for each in of_class(user, "new-wrong") if each.visible))
    text = "Week,Who\n" + "".join(f"{week(each):%Y-%m-%d},{('Bob', 'Mallory')[each % 2]}\n" for each in range(-12, 0))
    assert await send(user, text.encode()) == 204
    await until(lambda: "read" in rows(user))
    by_name(user, "Time zone").set_value("America/New_York")
    await to_priorities(user)
    await press(user, "Next: History", "History")
    await until(lambda: people(user))
    await press(user, "Create draft")
    await until(lambda: list_schedules(app, alice.id, datetime.now(UTC)))
    (card,) = list_schedules(app, alice.id, datetime.now(UTC))
    (imported,) = past_imports(app, alice.id, card.id)
    assert imported.start.astimezone(NEW_YORK).hour == 9


async def test_only_ones_own_page_takes_a_file(browser: Browser, alice: Person, bob: Person) -> None:
    from tests.pages.schedules.test_rota_import import address

    user = await browser(alice)
    await user.open("/schedules/new")
    other = await browser(bob)
    assert (await other.http_client.post(address(user), content=b"x")).status_code == 404
    nobody = await browser(None)
    answer = await nobody.http_client.post(address(user), content=b"x")
    assert answer.status_code in (303, 307, 401, 404)
