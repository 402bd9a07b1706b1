"""Notifications: which emails a member gets, and the link in an email that stops them without a login."""

from collections.abc import Iterator
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, DestinationState
from oncall_ui.domain.schedules.messages.channels import KINDS
from oncall_ui.domain.schedules.messages.kinds import EmailKind
from oncall_ui.domain.schedules.messages.timing import Quiet
from oncall_ui.models import Channel
from oncall_ui.services.accounts.email_choices import email_choices, stop_link
from oncall_ui.services.accounts.quiet_hours import read_quiet_hours
from oncall_ui.services.sharing.channels.manage import add_channel, remove_channel
from oncall_ui.services.sharing.channels.views import read_channels
from pages.accounts.channels.words import EMAIL, WORDS
from pages.accounts.notifications.stop_emails import ABOUT
from tests.conftest import Person
from tests.fakes.chat import ChatServer
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, entry, fill, says, until
from tests.pages.helpers.seeing import click, elements, emit, end_logins
from tests.pages.simulation import idle

KIND = EmailKind.SHIFT_CHANGES


def path_of(app: App, person: Person) -> str:
    return stop_link(app, person.id, KIND).removeprefix(app.settings.public_url)


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    with ChatServer() as server:
        yield server


def table(user: User, name: str) -> list[dict[str, Any]]:
    return next(list(each.rows) for each in elements(user) if isinstance(each, ui.table) and name in each.classes)


def cells(user: User) -> dict[tuple[str, int], bool]:
    """Message and channel → whether it goes there, where that can be chosen."""
    (row,) = table(user, "oc-matrix")
    return {
        (each["kind"], cell["id"]): cell["on"] for each in row["messages"] for cell in each["cells"] if cell["offered"]
    }


async def test_a_member_turns_emails_off_and_on(app: App, browser: Browser, bob: Person) -> None:
    user = await browser(bob)
    await user.open("/you/notifications")
    assert {*WORDS} == {*EmailKind} == {*ABOUT}, "each is shown, and has a link that stops it"
    assert {kind for kind, _ in cells(user)} == {*EmailKind}
    assert [kind for (kind, _), is_on in cells(user).items() if not is_on] == ["week_ahead"], "Bob is on no schedule"
    emit(user, "choose", [KIND.value, EMAIL, False])
    await until(lambda: not email_choices(app, bob.id)[KIND])
    end_logins(app, bob)
    emit(user, "choose", [KIND.value, EMAIL, True])
    await idle()
    assert not email_choices(app, bob.id)[KIND]


async def test_a_member_adds_a_channel_tries_it_chooses_and_removes_it(
    app: App, browser: Browser, bob: Person, chat: ChatServer
) -> None:
    user = await browser(bob)
    await user.open("/you/notifications")
    click(user, button(user, "Add channel"))
    await until(lambda: says(user, "Add a channel"))
    click(user, button(user, "Send test"))
    await until(lambda: entry(user, "Webhook URL").error == "Fill this in.")
    fill(user, Nickname="<b>Ops</b>", **{"Webhook URL": chat.url("/slack")})
    click(user, button(user, "Send test"))
    await until(lambda: says(user, "Test message delivered"))
    assert len(chat.messages) == 1 and read_channels(app, bob.id) == ()
    click(user, button(user, "Add"))
    await until(lambda: [each["name"] for each in table(user, "oc-channels")] == ["Email", "<b>Ops</b>"])
    (kept,) = read_channels(app, bob.id)
    assert {kind for kind, number in cells(user) if number == kept.id} == {*KINDS} and len(elements(user)) < 200
    await until(lambda: not says(user, "Add a channel"))  # the table may hear of it before the form is gone
    assert "/slack" not in str([(each.props, getattr(each, "value", "")) for each in elements(user)])

    emit(user, "choose", [EmailKind.WEEK_AHEAD.value, kept.id, True])
    await until(lambda: cells(user)[EmailKind.WEEK_AHEAD, kept.id])
    emit(user, "test", kept.id)
    await until(lambda: "sent just now" in table(user, "oc-channels")[1]["facts"])
    emit(user, "edit", kept.id)
    await until(lambda: says(user, "Edit <b>Ops</b>"))
    click(user, button(user, "Pause"))
    await until(lambda: table(user, "oc-channels")[1]["tag"] == "Paused")
    emit(user, "edit", kept.id)
    await until(lambda: says(user, "Edit <b>Ops</b>"))
    click(user, button(user, "Remove"))
    await until(lambda: says(user, "Remove <b>Ops</b>?"))
    click(user, button(user, "Remove"))
    await until(lambda: read_channels(app, bob.id) == () and len(table(user, "oc-channels")) == 1)


async def test_a_channel_is_shown_to_its_member_alone_and_says_what_it_needs(
    app: App, browser: Browser, bob: Person, mallory: Person
) -> None:
    hers = add_channel(app, mallory.id, DestinationKind.SLACK, "Hers", {"url": "https://hooks.example.org/x"})
    mine = add_channel(app, bob.id, DestinationKind.NTFY, "", {"url": "https://ntfy.sh", "topic": "t"})
    with app.db.write() as session:
        row = session.get_one(Channel, mine)
        row.state, row.why, row.attempts = DestinationState.RETRYING, "ntfy.sh answered with an error (503).", 2
    user = await browser(bob)
    await user.open("/you/notifications")
    assert [each["name"] for each in table(user, "oc-channels")] == ["Email", "ntfy"]
    shown = table(user, "oc-channels")[1]
    assert (shown["tag"], shown["facts"]) == ("Retrying", f"{row.why} 3rd try in a moment.")
    assert says(user, "ntfy is retrying")
    emit(user, "choose", [KIND.value, hers, False])
    emit(user, "choose", ["nothing", "x"])
    emit(user, "edit", hers)
    emit(user, "test", "x")
    await idle()
    assert KIND in read_channels(app, mallory.id)[0].kinds and not says(user, "Edit Hers")
    remove_channel(app, bob.id, mine)
    await until(lambda: len(table(user, "oc-channels")) == 1)


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
    await until(lambda: end.value == 7)
    assert read_quiet_hours(app, bob.id) == Quiet(begin=22, end=7)
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
