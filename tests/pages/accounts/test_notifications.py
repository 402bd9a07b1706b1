"""Notifications: which emails a member gets, and the link in an email that stops them without a login."""

from nicegui import ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.shift_email import EmailKind
from oncall_ui.services.accounts.email_choices import email_choices, stop_link
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.seeing import elements, end_logins
from tests.pages.simulation import idle

KIND = EmailKind.SHIFT_CHANGES


def path_of(app: App, person: Person) -> str:
    return stop_link(app, person.id, KIND).removeprefix(app.settings.public_url)


async def test_a_member_turns_emails_off_and_on(app: App, browser: Browser, bob: Person) -> None:
    user = await browser(bob)
    await user.open("/you/notifications")
    switch, other = (each for each in elements(user) if isinstance(each, ui.switch))
    assert switch.props["aria-label"] == "Your shifts changed" and switch.value
    assert other.props["aria-label"] == "A shift needs a change" and other.value
    switch.set_value(False)
    await until(lambda: not email_choices(app, bob.id)[KIND])
    end_logins(app, bob)
    switch.set_value(True)
    await idle()
    assert not email_choices(app, bob.id)[KIND]


async def test_the_link_asks_and_stops_without_a_login(
    app: App, browser: Browser, bob: Person, mallory: Person
) -> None:
    client = (await browser()).http_client
    path = path_of(app, bob)
    asked = await client.get(path)
    assert asked.status_code == 200 and "Stop these emails?" in asked.text
    assert email_choices(app, bob.id)[KIND], "programs that scan email open its links"
    stopped = await client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert (stopped.status_code, "Emails stopped" in stopped.text) == (200, True)
    assert (email_choices(app, bob.id)[KIND], email_choices(app, mallory.id)[KIND]) == (False, True)


async def test_a_link_that_was_altered_stops_nothing(app: App, browser: Browser, bob: Person) -> None:
    client = (await browser()).http_client
    path = path_of(app, bob)
    altered = path[:-6] + ("A" if path[-6] != "A" else "B") + path[-5:]
    assert "This link doesn" in (await client.get(altered)).text
    assert (await client.post(altered)).status_code == 404
    assert email_choices(app, bob.id)[KIND]
