"""Notifications: which emails a member gets, and the link in an email that stops them without a login."""

from nicegui import ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.messages.kinds import EmailKind
from oncall_ui.domain.schedules.messages.timing import Quiet
from oncall_ui.services.accounts.email_choices import email_choices, stop_link
from oncall_ui.services.accounts.quiet_hours import read_quiet_hours
from pages.accounts.notifications import WORDS
from pages.accounts.stop_emails import ABOUT
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import says, until
from tests.pages.helpers.seeing import elements, end_logins
from tests.pages.simulation import idle

KIND = EmailKind.SHIFT_CHANGES


def path_of(app: App, person: Person) -> str:
    return stop_link(app, person.id, KIND).removeprefix(app.settings.public_url)


async def test_a_member_turns_emails_off_and_on(app: App, browser: Browser, bob: Person) -> None:
    user = await browser(bob)
    await user.open("/you/notifications")
    boxes = {each.props["aria-label"]: each for each in elements(user) if isinstance(each, ui.checkbox)}
    assert set(boxes) == {f"{title}, Email" for title, _ in WORDS.values()} and set(WORDS) == set(EmailKind)
    assert [name for name, box in boxes.items() if not box.value] == ["Week ahead, Email"], "Bob is on no schedule"
    assert set(ABOUT) == set(EmailKind), "each has a link that stops it"
    box = boxes["Shift published or changed, Email"]
    box.set_value(False)
    await until(lambda: not email_choices(app, bob.id)[KIND])
    end_logins(app, bob)
    box.set_value(True)
    await idle()
    assert not email_choices(app, bob.id)[KIND]


async def test_a_member_has_quiet_hours_of_their_own(app: App, browser: Browser, bob: Person) -> None:
    user = await browser(bob)
    await user.open("/you/notifications")
    assert says(user, "They arrive at 08:00") and says(user, "Berlin time")
    named = {each.props.get("aria-label"): each for each in elements(user)}
    begin, end, hold = named["Quiet from"], named["Quiet until"], named["Hold messages at night"]
    assert isinstance(begin, ui.select) and isinstance(end, ui.select) and isinstance(hold, ui.switch)
    begin.set_value(22)
    end.set_value(7)
    await until(lambda: read_quiet_hours(app, bob.id) == Quiet(begin=22, end=7))
    await until(lambda: says(user, "They arrive at 07:00"))
    end.set_value(22)
    await until(lambda: says(user, "Choose two different hours"))
    assert (end.value, read_quiet_hours(app, bob.id)) == (7, Quiet(begin=22, end=7))
    hold.set_value(False)
    await until(lambda: not read_quiet_hours(app, bob.id).is_on)
    await until(lambda: not begin.enabled)


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
