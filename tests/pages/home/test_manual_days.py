"""Manual days on Home: added, shown beside what calendars say, removed in the list, restored."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from nicegui import background_tasks, ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.hub import MemberChanged
from oncall_ui.models import ManualEntry, Member
from oncall_ui.services.availability.manual import add_manual_days, manual_days_of
from pages.home import manual_days
from pages.widgets.toast import Toast
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, fill, press, refusal
from tests.pages.helpers.home import (
    B,
    P,
    add_calendar,
    agenda,
    days,
    everything,
    open_home,
    strip_label,
    table,
    texts,
    until,
)
from tests.pages.helpers.seeing import click, end_logins, of_class, words
from tests.pages.simulation import PATIENCE, settled


def today() -> date:
    """The form asks the real clock, so these tests do too, unless they stop it."""
    return datetime.now(ZoneInfo("Europe/Berlin")).date()


def ahead(days: int) -> date:
    return today() + timedelta(days=days)


def typed(what: str | int) -> str:
    return what if isinstance(what, str) else ahead(what).isoformat()


def kept(app: App, member: Person) -> list[ManualDays]:
    with app.db.read() as session:
        return [each.days for each in manual_days_of(session, member.id, today())]


def stored(app: App, member: Person, first: str, last: str = "", action: Action = B) -> int:
    """As if it had been added at some time."""
    with app.db.write() as session:
        row = ManualEntry(
            member_id=member.id,
            first_day=date.fromisoformat(first),
            last_day=date.fromisoformat(last or first),
            action=action,
        )
        session.add(row)
        session.flush()
        return row.id or 0


def hands(user: User) -> list[str]:
    rows = table(user, "home-hands").rows
    return [" | ".join([row["kind"], row["which"], row["long"]]).replace("\u00a0", " ") for row in rows]


def remove(user: User, name: str, entry_id: int) -> None:
    """Presses the cross in a row, which only a real browser draws."""
    UserInteraction(user, {table(user, name)}, None).trigger("remove", entry_id)


def labels(user: User) -> set[str | None]:
    return {each.label for each in user.find(kind=ui.input).elements}


def said(user: User) -> str:
    """What the toast says."""
    (box,) = of_class(user, "oc-toast")
    return words(box)


async def test_days_are_blocked_and_show_up_beside_what_calendars_say(
    app: App, browser: Browser, alice: Person
) -> None:
    add_calendar(app, alice, "Work")
    user = await open_home(browser, alice)
    press(user, "Block days")
    fill(user, First_day=ahead(3).isoformat(), Last_day=ahead(5).isoformat())
    press(user, "Add")
    await until(lambda: len(agenda(user)) == 1)
    assert kept(app, alice) == [ManualDays(ahead(3), ahead(5), B)]
    assert agenda(user)[0].endswith(" | 3 days | Added by you")
    shown = manual_days.which(ManualDays(ahead(3), ahead(5), B), today())
    assert hands(user) == [f"Block | {shown} | 3 days"]
    assert strip_label(user).startswith("Your next 90 days: 3 blocked, ")
    assert said(user) == f"Blocked: {shown}"


async def test_days_one_would_like_repeat_every_week(app: App, browser: Browser, alice: Person) -> None:
    add_calendar(app, alice, "Work")
    user = await open_home(browser, alice)
    press(user, "Offer days")
    assert labels(user) == {"First day", "Last day"}
    with user:
        next(iter(user.find(kind=ui.checkbox).elements)).set_value(True)
    assert labels(user) == {"First day", "Last day", "Until"}
    fill(user, First_day=ahead(1).isoformat(), Last_day=ahead(2).isoformat(), Until=ahead(15).isoformat())
    press(user, "Add")
    await until(lambda: len(agenda(user)) == 3)
    assert kept(app, alice) == [ManualDays(ahead(1), ahead(2), P, weekly=True, until=ahead(15))]
    assert [line.split(" | ")[2::2] for line in agenda(user)] == [["Prefer", "2 days"]] * 2 + [["Prefer", "1 day"]]


@pytest.mark.parametrize(
    ("first", "last", "label", "sentence"),
    [
        (3, 2, "Last day", "This is before the first day."),
        (800, 800, "First day", "Days can be at most 2 years ahead."),
        ("", 2, "First day", "This isn’t a date."),
        ("2026-02-30", 2, "First day", "This isn’t a date."),
        (1, "99999-01-01", "Last day", "This isn’t a date."),
        (1, "<script>", "Last day", "This isn’t a date."),
    ],
)
async def test_what_cannot_be_taken_is_refused_at_its_field(
    app: App, browser: Browser, alice: Person, first: str | int, last: str | int, label: str, sentence: str
) -> None:
    """Numbers are days from today."""
    user = await open_home(browser, alice)
    press(user, "Block days")
    fill(user, First_day=typed(first))
    fill(user, Last_day=typed(last))
    press(user, "Add")
    assert (await refusal(user, label)).startswith(sentence)
    assert kept(app, alice) == []
    assert not button(user, "Add").props.get("loading")


async def test_the_hundred_and_first_entry_is_refused_in_the_form(app: App, browser: Browser, alice: Person) -> None:
    with app.db.write() as session:
        for number in range(100):
            day = ahead(number)
            session.add(ManualEntry(member_id=alice.id, first_day=day, last_day=day, action=B))
    user = await open_home(browser, alice)
    press(user, "Block days")
    fill(user, First_day=ahead(300).isoformat(), Last_day=ahead(300).isoformat())
    press(user, "Add")
    await until(lambda: any("You have added 100 entries" in each for each in texts(user)))


@pytest.mark.parametrize("where", ["home-hands", "oc-agenda"])
async def test_an_entry_is_removed_where_it_is_listed_and_put_back(
    app: App, browser: Browser, alice: Person, where: str
) -> None:
    add_calendar(app, alice, "Work")
    entry_id = add_manual_days(app, alice.id, ManualDays(ahead(3), ahead(3), B))
    user = await open_home(browser, alice)
    before = agenda(user)
    assert len(before) == 1
    remove(user, where, entry_id)
    await until(lambda: agenda(user) == [] == hands(user))
    assert kept(app, alice) == []
    assert said(user) == f"Removed: {manual_days.which(ManualDays(ahead(3), ahead(3), B), today())}"
    press(user, "Undo")
    await until(lambda: agenda(user) == before)
    assert kept(app, alice) == [ManualDays(ahead(3), ahead(3), B)]
    assert said(user) == ""


async def test_the_toast_goes_by_itself_and_the_last_word_stays_its_time(browser: Browser, alice: Person) -> None:
    user = await open_home(browser, alice)
    with user:
        toast = Toast()
    box = of_class(user, "oc-toast")[-1].default_slot.children[0]
    toast.say("One", seconds=0.01)
    toast.say("Two", seconds=10 * PATIENCE)
    await until(lambda: _toasts() == 1)
    assert words(box) == "Two"
    toast.say("Three", seconds=0.01)
    await until(lambda: not box.visible)


def _toasts() -> int:
    """How many times of a toast are running."""
    return sum("Toast" in str(task.get_coro()) for task in background_tasks.running_tasks)


async def test_an_entry_beyond_the_strip_is_listed(app: App, browser: Browser, alice: Person) -> None:
    add_manual_days(app, alice.id, ManualDays(ahead(400), ahead(401), P))
    user = await open_home(browser, alice)
    assert agenda(user) == []
    assert len(hands(user)) == 1 and hands(user)[0].endswith("2 days")


async def test_other_open_pages_follow(app: App, browser: Browser, alice: Person) -> None:
    add_calendar(app, alice, "Work")
    user, other = await open_home(browser, alice), await open_home(browser, alice)
    entry_id = add_manual_days(app, alice.id, ManualDays(ahead(3), ahead(3), B))
    await until(lambda: len(agenda(user)) == 1 == len(agenda(other)))
    remove(user, "home-hands", entry_id)
    await until(lambda: agenda(other) == [])
    assert said(other) == ""


async def test_removing_twice_says_nothing_the_second_time(app: App, browser: Browser, alice: Person) -> None:
    entry_id = add_manual_days(app, alice.id, ManualDays(ahead(3), ahead(3), B))
    user, other = await open_home(browser, alice), await open_home(browser, alice)
    remove(user, "home-hands", entry_id)
    remove(other, "home-hands", entry_id)
    await until(lambda: hands(user) == [] == hands(other))
    assert sorted([said(user) == "", said(other) == ""]) == [False, True]


async def test_nobody_removes_an_entry_of_another(app: App, browser: Browser, alice: Person, mallory: Person) -> None:
    entry_id = add_manual_days(app, alice.id, ManualDays(ahead(3), ahead(3), B))
    hers = await open_home(browser, mallory)
    assert agenda(hers) == [] == hands(hers)
    remove(hers, "home-hands", entry_id)
    await settled(app.hub)
    assert len(kept(app, alice)) == 1
    assert said(hers) == ""


async def test_a_page_whose_login_is_over_changes_nothing(app: App, browser: Browser, alice: Person) -> None:
    entry_id = add_manual_days(app, alice.id, ManualDays(ahead(3), ahead(3), B))
    user = await open_home(browser, alice)
    page = user.client
    end_logins(app, alice)
    remove(user, "home-hands", entry_id)
    await until(lambda: user.client is not page)
    assert len(kept(app, alice)) == 1


@pytest.mark.usefixtures("stopped")
async def test_without_a_calendar_a_day_by_hand_is_known_and_the_others_are_not(
    app: App, browser: Browser, alice: Person
) -> None:
    stored(app, alice, "2026-11-26", "2026-11-27")
    user = await open_home(browser, alice)
    await user.should_see("88 of 90 days are unknown")
    await user.should_see("Add a new calendar connection")
    assert "No calendar is switched on" not in everything(user)
    assert [("unknown" in day["c"], bool(day["s"])) for day in days(user)[2:6]] == [
        (True, False),
        (False, True),
        (False, True),
        (True, False),
    ]
    assert agenda(user) == ["Thu 26 Nov | in 2 days | Block | All day, until Fri 27 Nov | 2 days | Added by you"]


@pytest.mark.usefixtures("stopped")
async def test_what_overlaps_on_a_day_is_one_line_with_all_its_sources(
    app: App, browser: Browser, alice: Person
) -> None:
    add_calendar(app, alice, "Work", [("2026-11-26T14:00", "2026-11-26T18:00", B)])
    add_calendar(app, alice, "Climbing", [("2026-11-26T17:00", "2026-11-26T22:00", B)])
    entry_id = stored(app, alice, "2026-11-27")
    add_calendar(app, alice, "Dentist", [("2026-11-27T09:00", "2026-11-27T10:00", B)])
    user = await open_home(browser, alice)
    assert agenda(user) == [
        "Thu 26 Nov | in 2 days | Block | 14:00 – 22:00 | 8 h | Work | Climbing",
        "Fri 27 Nov | in 3 days | Block | All day | 1 day | Added by you | Dentist",
    ]
    first, second = (row["from"] for row in table(user, "oc-agenda").rows)
    assert [each["title"] for each in first] == ["Work: 14:00 – 18:00", "Climbing: 17:00 – 22:00"]
    assert [each["title"] for each in second] == ["Added by you", "Dentist: 09:00 – 10:00"]
    assert [each.get("id") for each in [*first, *second]] == [None, None, entry_id, None]
    assert second[0]["remove"] == "Remove the days you added, Fri 27 Nov"


async def test_an_open_home_is_shown_anew_in_another_zone(app: App, browser: Browser, alice: Person) -> None:
    add_calendar(app, alice, "Work")
    user = await open_home(browser, alice)
    await user.should_see("in Berlin time")
    page = user.client
    with app.db.write() as session:
        row = session.get(Member, alice.id)
        assert row is not None
        row.zone = "Asia/Tokyo"
    app.hub.publish(MemberChanged(alice.id))
    await until(lambda: user.client is not page)
    await user.should_see("in Tokyo time")


async def test_home_with_its_form_open_is_made_of_few_elements(app: App, browser: Browser, alice: Person) -> None:
    for name in ("Work", "Climbing", "Holidays"):
        add_calendar(app, alice, name)
    for number in range(50):
        add_manual_days(app, alice.id, ManualDays(ahead(number), ahead(number), B))
    user = await open_home(browser, alice)
    press(user, "Block days")
    with user as client:
        assert len(client.elements) < 200


async def test_the_two_buttons_open_the_same_form(browser: Browser, alice: Person) -> None:
    user = await open_home(browser, alice)
    for word, means in (("Block days", B), ("Offer days", P)):
        click(user, button(user, word))
        (radio,) = user.find(kind=ui.radio).elements
        assert radio.value == means
        assert dict(radio.options)[means] == {B: "I can’t be on call", P: "I’d like to be on call"}[means]
