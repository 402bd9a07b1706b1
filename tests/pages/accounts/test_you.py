"""Your profile: saved, refused with a sentence, and nobody else’s."""

import asyncio

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from oncall_ui.app import App
from oncall_ui.models import Connection
from oncall_ui.services.accounts.addresses import CONFIRM, add_address, list_addresses
from oncall_ui.services.accounts.profile import Profile, get_profile, save_profile
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, entry, fill, press, refusal, until
from tests.pages.helpers.seeing import buttons, elements, end_logins, words

OTHER = "a.moreno@work.example"


async def at_you(browser: Browser, person: Person) -> User:
    user = await browser(person)
    await user.open("/you")
    return user


def choice(user: User, label: str) -> ui.select:
    (found,) = (each for each in elements(user) if isinstance(each, ui.select) and each.label == label)
    return found


def choose(user: User, label: str, value: str) -> None:
    with user:
        choice(user, label).set_value(value)


def switch(user: User) -> ui.switch:
    (found,) = user.find(kind=ui.switch).elements
    return next(each for each in [found] if isinstance(each, ui.switch))


def table(user: User) -> ui.table:
    (found,) = (each for each in elements(user) if isinstance(each, ui.table))
    return found


def addresses(user: User) -> list[tuple[str, str, bool]]:
    return [(row["address"], row["whence"], row["removable"]) for row in table(user).rows]


def everything(user: User) -> str:
    assert user.client is not None
    return words(user.client.content)


def confirm(user: User) -> None:
    with user:
        next(iter(user.find(kind=ui.checkbox).elements)).set_value(True)


def add_button(user: User) -> ui.button:
    (form,) = (each for each in elements(user) if each.props.get("aria-label") == "Add an address")
    return buttons(form)["Add"]


async def test_the_page_shows_what_is_stored(app: App, browser: Browser, alice: Person) -> None:
    save_profile(app, alice.id, Profile("Alice", "Europe/Berlin", "DE", "BY", True))
    user = await at_you(browser, alice)
    assert (entry(user, "Name").value, entry(user, "Time zone").value) == ("Alice", "Europe/Berlin")
    assert (choice(user, "Country").value, choice(user, "Region").value) == ("DE", "BY")
    assert switch(user).value is True
    assert "Next: " in everything(user)


async def test_a_profile_is_saved(app: App, browser: Browser, alice: Person) -> None:
    user = await at_you(browser, alice)
    assert not choice(user, "Region").visible and not switch(user).enabled
    choose(user, "Country", "DE")
    await until(lambda: choice(user, "Region").visible)
    assert dict(choice(user, "Region").options)["BY"] == "Bayern"
    choose(user, "Region", "BY")
    with user:
        switch(user).set_value(True)
    fill(user, Time_zone="Asia/Tokyo")
    press(user, "Save")
    await user.should_see("Saved.")
    assert get_profile(app, alice.id) == Profile("Alice", "Asia/Tokyo", "DE", "BY", True)


async def test_another_country_has_other_regions_and_none_is_kept(app: App, browser: Browser, alice: Person) -> None:
    save_profile(app, alice.id, Profile("Alice", "Europe/Berlin", "DE", "BY", True))
    user = await at_you(browser, alice)
    choose(user, "Country", "US")
    await until(lambda: "NY" in choice(user, "Region").options)
    assert choice(user, "Region").value == ""
    choose(user, "Country", "")
    await until(lambda: not choice(user, "Region").visible)
    press(user, "Save")
    await user.should_see("Saved.")
    assert get_profile(app, alice.id) == Profile("Alice", "Europe/Berlin")
    assert switch(user).value is False
    assert "Next: " not in everything(user)


async def test_a_new_name_is_shown_in_the_frame(app: App, browser: Browser, alice: Person) -> None:
    user = await at_you(browser, alice)
    fill(user, Name="Alice Moreno")
    press(user, "Save")
    await until(lambda: user.back_history[-1] == "/you?done=saved")
    await user.should_see("Saved.")
    assert any(words(each) == "Alice Moreno" for each in elements(user))


@pytest.mark.parametrize(("label", "value"), [("Name", " "), ("Time zone", "Mars/Olympus")])
async def test_what_cannot_be_taken_is_refused_at_its_field(
    app: App, browser: Browser, alice: Person, label: str, value: str
) -> None:
    user = await at_you(browser, alice)
    fill(user, **{label.replace(" ", "_"): value})
    press(user, "Save")
    assert await refusal(user, label)
    assert get_profile(app, alice.id) == Profile("Alice", "Europe/Berlin")
    assert not button(user, "Save").props.get("loading")


async def test_a_country_nobody_knows_any_more_breaks_nothing(app: App, browser: Browser, alice: Person) -> None:
    from oncall_ui.models import Member

    with app.db.write() as session:
        row = session.get(Member, alice.id)
        assert row is not None
        row.country, row.region = "ZZ", "gone"
    user = await at_you(browser, alice)
    assert (choice(user, "Country").value, choice(user, "Region").value) == ("", "")


async def test_addresses_are_shown_added_and_removed(app: App, browser: Browser, alice: Person) -> None:
    with app.db.write() as session:
        session.add(
            Connection(
                member_id=alice.id,
                product="caldav",
                nickname="Work",
                account="work",
                fingerprint="work",
                addresses=["alice@corp.example"],
                sealed="sealed",
            )
        )
    user = await at_you(browser, alice)
    given = [("alice@example.org", "Your account here", False), ("alice@corp.example", "From Work", False)]
    assert addresses(user) == given
    fill(user, Address="A.Moreno@work.example ")
    confirm(user)
    UserInteraction(user, {add_button(user)}, None).click()
    await until(lambda: addresses(user) == [*given, (OTHER, "Added by you", True)])
    await user.should_see(f"{OTHER} counts from now on. Your calendars are read again.")
    assert entry(user, "Address").value == ""
    UserInteraction(user, {table(user)}, None).trigger("remove", OTHER)
    await until(lambda: addresses(user) == given)
    assert list_addresses(app, alice.id).added == ()


async def test_an_address_needs_to_be_confirmed(app: App, browser: Browser, alice: Person) -> None:
    user = await at_you(browser, alice)
    fill(user, Address=OTHER)
    UserInteraction(user, {add_button(user)}, None).click()
    await until(lambda: "Confirm that this is your address." in everything(user))
    assert list_addresses(app, alice.id).added == ()
    await user.should_see(CONFIRM)
    confirm(user)
    assert "Confirm that you read" not in everything(user)


@pytest.mark.parametrize("address", ["", "nobody", "bob@example.org", "alice@example.org", '"><script>@x y'])
async def test_an_address_that_cannot_be_taken_is_refused(
    app: App, browser: Browser, alice: Person, bob: Person, address: str
) -> None:
    user = await at_you(browser, alice)
    fill(user, Address=address)
    confirm(user)
    UserInteraction(user, {add_button(user)}, None).click()
    assert await refusal(user, "Address")
    assert list_addresses(app, alice.id).added == ()


async def test_the_page_needs_a_login(browser: Browser) -> None:
    user = await browser()
    await user.open("/you")
    await user.should_see("Log in")


async def test_nobody_sees_or_removes_what_is_anothers(
    app: App, browser: Browser, alice: Person, mallory: Person
) -> None:
    add_address(app, alice.id, OTHER, is_confirmed=True)
    save_profile(app, alice.id, Profile("Alice", "Europe/Berlin", "DE"))
    hers = await at_you(browser, mallory)
    assert [each for each, _, _ in addresses(hers)] == ["mallory@example.org"]
    assert choice(hers, "Country").value == ""
    UserInteraction(hers, {table(hers)}, None).trigger("remove", OTHER)
    await asyncio.sleep(0.3)
    assert "no longer counts" not in everything(hers)
    assert list_addresses(app, alice.id).added == (OTHER,)


async def test_a_page_whose_login_is_over_saves_nothing(app: App, browser: Browser, alice: Person) -> None:
    user = await at_you(browser, alice)
    page = user.client
    end_logins(app, alice)
    fill(user, Name="Somebody")
    press(user, "Save")
    await until(lambda: user.client is not page)
    assert get_profile(app, alice.id).name == "Alice"


async def test_the_profile_menu_leads_here(browser: Browser, bob: Person) -> None:
    user = await browser(bob)
    await user.open("/")
    item = next(each for each in elements(user) if isinstance(each, ui.menu_item) and "Your profile" in words(each))
    UserInteraction(user, {item}, None).click()
    await until(lambda: user.back_history[-1] == "/you")


async def test_the_page_is_made_of_few_elements(app: App, browser: Browser, alice: Person) -> None:
    for number in range(10):
        add_address(app, alice.id, f"a{number}@example.net", is_confirmed=True)
    user = await at_you(browser, alice)
    assert len(elements(user)) < 110
