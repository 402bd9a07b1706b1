"""Your data: all of it is on the page, and what can be done with it."""

from datetime import date, timedelta

import pytest
from nicegui import ui
from nicegui.testing import User
from sqlmodel import update

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import NotLoggedIn
from oncall_ui.hub import CalendarChanged
from oncall_ui.models import LoginSession, ManualEntry, now
from oncall_ui.services.accounts.logging_in.sessions import open_session, session_for
from oncall_ui.services.accounts.members import list_members
from oncall_ui.services.privacy.erase import erasure_effects
from oncall_ui.services.sharing.feed import feed_link_of, open_feed
from oncall_ui.services.sharing.tokens import create_token, list_tokens, member_for_token
from pages.widgets.guides import read_guides
from tests.conftest import PASSWORD, Person, person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import fill, press, refusal, said, says, until
from tests.pages.helpers.home import B, add_availability, add_calendar, table
from tests.pages.helpers.seeing import click, elements, end_logins, headings, of_class, words
from tests.pages.simulation import idle
from tests.services.helpers.full_account import SEALED, keep_everything


async def at_privacy(browser: Browser, person: Person) -> User:
    user = await browser(person)
    await user.open("/privacy")
    return user


def facts(user: User) -> dict[str, str]:
    terms = [words(each) for each in elements(user) if each.tag == "dt"]
    return dict(zip(terms, (words(each) for each in elements(user) if each.tag == "dd"), strict=True))


def dialog(user: User) -> ui.dialog:
    (found,) = (each for each in elements(user) if isinstance(each, ui.dialog) and each.value)
    return found


def answer(user: User, word: str) -> None:
    (found,) = (each for each in dialog(user).descendants() if isinstance(each, ui.button) and each.text == word)
    click(user, found)


def foot(user: User, word: str) -> ui.element:
    """The place of the button whose label begins like this."""
    (found,) = (
        each
        for each in of_class(user, "oc-foot")
        if any(isinstance(inner, ui.button) and inner.text.startswith(word) for inner in each.descendants())
    )
    return found


def shown_once(user: User, label: str) -> str:
    (found,) = (each for each in elements(user) if isinstance(each, ui.input) and each.label == label)
    return str(found.value)


async def test_everything_kept_is_told_and_nothing_that_opens_anything(
    browser: Browser, app: App, alice: Person, bob: Person
) -> None:
    user = await browser(alice)  # before there is a second factor to ask for
    keep_everything(app, bob)
    keep_everything(app, alice)
    await user.open("/privacy")
    assert words(next(each for each in elements(user) if each.tag == "h1")) == "Your data"
    told = facts(user)
    assert told["Account"].startswith("Alice, alice@example.org, Europe/Berlin")
    assert told["Work of alice@example.org"].startswith("ICS URL. Address and password: encrypted, never shown")
    assert "1 of 1 calendar on" in told["Work of alice@example.org"]
    assert told["Other email addresses"] == "other@example.org"
    assert told["Days you added"].startswith("1 entry") and "every week: block" in told["Days you added"]
    assert told["Sessions"].startswith("2 browsers")
    assert told["Connecting"].startswith("1 sign-in at a provider")
    assert told["On Platform"].startswith("1 shift and what was agreed")
    said(user, "Created just now, not fetched yet.")
    rows = table(user, "oc-kept").rows
    assert [(row["action"], row["calendar"]) for row in rows] == [
        (action, "Work of alice@example.org") for action in ("block", "block", "prefer")
    ]
    everything = " ".join(words(each) for each in elements(user)) + str(rows)
    for secret in (SEALED, "bob@example.org", alice.token):
        assert secret not in everything


async def test_of_somebody_new_the_page_tells_calmly(browser: Browser, alice: Person) -> None:
    user = await at_privacy(browser, alice)
    told = facts(user)
    assert told["Days you added"] == "None"
    assert told["Other email addresses"] == "None"
    assert not table(user, "oc-kept").visible
    said(user, "No link yet. Create one")


async def test_many_intervals_are_one_table_that_unfolds(browser: Browser, app: App, alice: Person) -> None:
    first = date(2099, 1, 1)
    days = [first + timedelta(days=each) for each in range(60)]
    add_calendar(app, alice, "Work", [(f"{day} 09:00", f"{day} 10:00", B) for day in days])
    user = await at_privacy(browser, alice)
    shown = table(user, "oc-kept")
    assert len(shown.rows) == 10
    assert shown.rows[0]["start"] == "2099-01-01\u00a008:00"
    said(user, "60\u00a0rows, exactly as stored")
    press(user, "Show 25 more")
    await until(lambda: len(shown.rows) == 35)
    press(user, "Show 25 more")
    await until(lambda: len(shown.rows) == 60)
    assert not foot(user, "Show").visible
    assert len(elements(user)) < 200


async def test_nothing_is_read_once_the_session_has_run_out(
    browser: Browser, app: App, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [date(2099, 1, 1) + timedelta(days=each) for each in range(20)]
    add_calendar(app, alice, "Work", [(f"{day} 09:00", f"{day} 10:00", B) for day in days])
    user = await at_privacy(browser, alice)
    await idle()
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    with app.db.write() as session:
        session.exec(update(LoginSession).values(created_at=now() - timedelta(days=90)))
    press(user, "Show 10 more")
    await until(lambda: any(each.startswith("/login") for each in went))
    await idle()
    assert len(table(user, "oc-kept").rows) == 10


async def test_what_changes_meanwhile_shows_by_itself(browser: Browser, app: App, alice: Person) -> None:
    calendar = add_calendar(app, alice, "Work")
    user = await at_privacy(browser, alice)
    add_availability(app, alice, calendar, [("2099-01-01 09:00", "2099-01-01 10:00", B)])
    with app.db.write() as session:
        day = date(2099, 1, 1)
        session.add(ManualEntry(member_id=alice.id, first_day=day, last_day=day, action=B))
    app.hub.publish(CalendarChanged(alice.id, calendar.id or 0))
    await until(lambda: len(table(user, "oc-kept").rows) == 1)
    await until(lambda: facts(user)["Days you added"].startswith("1 entry"))


async def test_the_other_browsers_are_logged_out(browser: Browser, app: App, alice: Person) -> None:
    other = open_session(app, alice.id, LoginMethod.PASSWORD)
    user = await at_privacy(browser, alice)
    press(user, "Log out other browsers")
    await until(lambda: facts(user)["Sessions"].startswith("1 browser"))
    with pytest.raises(NotLoggedIn):
        session_for(app, other)
    await user.open("/privacy")
    assert not foot(user, "Log out other").visible


async def test_an_address_is_shown_once_replaced_and_removed(browser: Browser, app: App, alice: Person) -> None:
    user = await at_privacy(browser, alice)
    press(user, "Create link")
    await until(lambda: shown_once(user, "Link"))
    first = shown_once(user, "Link")
    assert open_feed(app, first.rpartition("/")[2].removesuffix(".ics")) is not None
    await until(lambda: says(user, "Created just now"))
    press(user, "Replace link")
    await until(lambda: says(user, "Replace the private link?"))
    answer(user, "Replace")
    await until(lambda: shown_once(user, "Link") != first)
    await user.open("/privacy")
    assert shown_once(user, "Link") == ""
    press(user, "Remove link")
    await until(lambda: says(user, "Remove the private link?"))
    answer(user, "Remove")
    await until(lambda: says(user, "No link yet."))
    assert feed_link_of(app, alice.id) is None


async def test_keeping_the_old_address_changes_nothing(browser: Browser, app: App, alice: Person) -> None:
    user = await at_privacy(browser, alice)
    press(user, "Create link")
    await until(lambda: shown_once(user, "Link") and says(user, "Created just now"))
    first = shown_once(user, "Link")
    press(user, "Replace link")
    await until(lambda: says(user, "Replace the private link?"))
    answer(user, "Cancel")
    await until(lambda: not [each for each in elements(user) if isinstance(each, ui.dialog) and each.value])
    assert open_feed(app, first.rpartition("/")[2].removesuffix(".ics")) is not None


async def test_a_token_is_shown_once_and_removed(browser: Browser, app: App, alice: Person) -> None:
    user = await at_privacy(browser, alice)
    press(user, "Create token")
    assert await refusal(user, "Token name")
    fill(user, Token_name="My script")
    press(user, "Create token")
    await until(lambda: shown_once(user, "Token"))
    holder = member_for_token(app, shown_once(user, "Token"))
    assert holder and holder.id == alice.id
    await until(lambda: of_class(user, "oc-token"))
    press(user, "Remove")
    await until(lambda: says(user, "Remove the token My script?"))
    (confirm,) = (each for each in dialog(user).descendants() if "no" in each.classes)
    click(user, confirm)
    await until(lambda: list_tokens(app, alice.id) == [])
    await until(lambda: not of_class(user, "oc-token"))


async def test_tokens_of_others_are_not_there(browser: Browser, app: App, alice: Person, mallory: Person) -> None:
    create_token(app, alice.id, "Hers")
    keep_everything(app, alice)
    user = await at_privacy(browser, mallory)
    assert not of_class(user, "oc-token")
    assert "Hers" not in " ".join(words(each) for each in elements(user))
    assert table(user, "oc-kept").rows == []


async def test_erasing_says_what_it_means_and_asks_for_the_password(
    browser: Browser, app: App, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await browser(bob)  # before there is a second factor to ask for
    keep_everything(app, bob)
    await user.open("/privacy")
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    press(user, "Erase everything")
    await until(lambda: says(user, "Erase all your data?"))
    said(user, "your 1\u00a0connection with our access")
    assert not says(user, "returns to its first start")
    fill(user, Your_password="wrong password")
    answer(user, "Erase everything")
    assert await refusal(user, "Your password") == "Wrong password."
    fill(user, Your_password=PASSWORD)
    answer(user, "Erase everything")
    await until(lambda: any(each.startswith("/login") for each in went))
    assert [each.name for each in list_members(app, alice.id)] == ["Alice"]


async def test_the_only_administrator_is_told_what_to_do(
    browser: Browser, app: App, alice: Person, bob: Person
) -> None:
    user = await at_privacy(browser, alice)
    press(user, "Erase everything")
    await until(lambda: says(user, "There has to be an administrator"))
    assert not [each for each in elements(user) if isinstance(each, ui.dialog) and each.value]
    person(app, "Carol", is_admin=True)
    press(user, "Erase everything")
    await until(lambda: says(user, "Erase all your data?"))
    assert not says(user, "There has to be an administrator")


async def test_the_last_member_is_told_that_the_server_starts_anew(
    browser: Browser, alice: Person, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await at_privacy(browser, alice)
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    press(user, "Erase everything")
    await until(lambda: says(user, "returns to its first start"))
    fill(user, Your_password=PASSWORD)
    answer(user, "Erase everything")
    await until(lambda: "/setup?token=" in capsys.readouterr().out)
    await until(lambda: any(each.startswith("/login") for each in went))


async def test_a_page_left_open_does_nothing_after_the_log_out(
    browser: Browser, app: App, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await at_privacy(browser, alice)
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    end_logins(app, alice)
    for word in ("Create link", "Erase everything"):
        press(user, word)
        await until(lambda: any(each.startswith("/login") for each in went))
        went.clear()
    assert feed_link_of(app, alice.id) is None
    assert erasure_effects(app, alice.id).is_last


async def test_it_needs_a_login(browser: Browser, alice: Person) -> None:
    user = await browser()
    assert (await user.http_client.get("/privacy")).headers["location"] == "/login?next=/privacy"


def test_the_guide_it_links_to_exists() -> None:
    assert "what-we-keep" in read_guides()


async def test_it_is_reached_from_the_profile_menu(browser: Browser, bob: Person) -> None:
    user = await browser(bob)
    await user.open("/help")
    assert [words(each) for each in elements(user) if isinstance(each, ui.menu_item)].count("Your data") == 2


async def test_its_parts_are_named(browser: Browser, alice: Person) -> None:
    user = await at_privacy(browser, alice)
    (page,) = of_class(user, "oc-page")
    assert headings(page) == [
        "Your data",
        "Availability",
        "You and your connections",
        "Private calendar link",
        "On-call shifts",
        "API tokens",
        "Never kept",
        "Erase",
    ]
