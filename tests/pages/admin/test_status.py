"""Admin: figures, checks, what was said of the guides, a backup now and a test email."""

from pathlib import Path

import pytest
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.hub import CalendarChanged
from oncall_ui.services.help import say, vote
from oncall_ui.settings import Settings
from pages.admin.status.screen import VERBS
from pages.needs import count
from pages.needs.alerts import Act
from pages.needs.count import NeedsCount
from pages.widgets.dates import NBSP
from tests.conftest import Person
from tests.conftest import settings as plain_settings
from tests.fakes.smtp import MailServer
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, press, says, until
from tests.pages.helpers.seeing import of_class, words
from tests.pages.simulation import settled
from tests.services.helpers.post import mailed, post, with_email

__all__ = ["plain_settings", "post"]


@pytest.fixture
def settings(plain_settings: Settings, post: MailServer, tmp_path: Path) -> Settings:
    return with_email(plain_settings, post).model_copy(update={"backup_dir": tmp_path / "backups"})


def needed(user: User) -> list[str]:
    counts = (each for each in of_class(user, "oc-count") if each.visible)
    labels = [str(each.props.get("aria-label")).replace(NBSP, " ") for each in counts]
    return [label for label in labels if "need" in label]


async def test_an_administrator_sees_all_and_tries_email_and_a_backup(
    app: App, browser: Browser, alice: Person, bob: Person, post: MailServer
) -> None:
    vote(app, bob.id, "connect-google", helped=False)
    say(app, bob.id, "connect-google", "The picture is old.", helped=False)
    vote(app, bob.id, "no-longer-there", helped=True)
    user = await browser(alice)
    await user.open("/admin")
    await until(lambda: says(user, "None yet"))
    (card,) = of_class(user, "oc-said")
    assert words(card).endswith("0 yes · 1 no“The picture is old.”")
    assert len(card.default_slot.children) == 1
    press(user, "All answers")
    await until(lambda: says(user, "What people said of the guides"))
    folder = app.settings.backup_dir or Path()
    press(user, "Back up now")
    await until(lambda: says(user, "Today, "))
    assert len(list(folder.iterdir())) == 1
    press(user, "Send test email")
    await until(lambda: says(user, f"Sent to {alice.email}"))
    mailed(post, alice.email, "Test from On-Call Optimizer")


async def test_what_fails_says_why_where_it_was_pressed(
    app: App, browser: Browser, alice: Person, post: MailServer
) -> None:
    (app.settings.backup_dir or Path()).touch()  # a file where the folder should be
    post.refuses[alice.email] = "550 no such user"
    user = await browser(alice)
    await user.open("/admin")
    press(user, "Back up now")
    await until(lambda: says(user, "Backup failed: "))
    assert "aria-disabled" not in button(user, "Back up now").props
    press(user, "Send test email")
    await until(lambda: says(user, "refused the email (550)"))


async def test_a_night_without_a_backup_is_an_alert_until_there_is_one(
    app: App, browser: Browser, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count, "HOLDS_SECONDS", 3600)  # nobody counts again by and by
    app.outages.failed("backup", "CannotKeep: The disk is full. Make room.")
    user = await browser(alice)
    await user.open("/admin")
    await until(lambda: says(user, "Everything else"))
    (alert,) = of_class(user, "oc-alert")
    assert words(alert).startswith("No backup yet The disk is full. Make room.")
    await until(lambda: needed(user) == ["1 thing needs you"] * 3)  # beside Admin, the profile and Status
    elsewhere = await browser(alice)
    await elsewhere.open("/help")
    assert needed(elsewhere)
    press(user, "Back up now")
    await until(lambda: says(user, "Today, "))
    assert not of_class(user, "oc-alert")
    await until(lambda: not needed(user) and not needed(elsewhere))


async def test_every_page_of_an_administrator_counts_what_needs_them(
    app: App, browser: Browser, alice: Person, bob: Person
) -> None:
    app.outages.failed("backup", "CannotKeep: The disk is full. Make room.")
    user = await browser(alice)
    await user.open("/help")
    await until(lambda: needed(user) == ["1 thing needs you"] * 2)
    other = await browser(bob)
    await other.open("/help")
    assert not needed(other)


async def test_pages_of_administrators_are_told_only_of_another_number(
    app: App, browser: Browser, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(NeedsCount, "show", lambda _count, number: told.append(number))
    users = [await browser(alice) for _ in range(3)]
    for user in users:
        await user.open("/help")
    await settled(app.hub)
    told.clear()
    for _ in range(3):  # each page reads again, and would tell all others
        app.hub.publish(CalendarChanged(alice.id, 1))
        await settled(app.hub)
    assert told == []


async def test_providers_are_asked_at_a_press(browser: Browser, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["Outbound: It can’t be reached. Check the firewall.", ""])
    monkeypatch.setitem(VERBS, Act.CHECK, lambda _app, _admin_id: next(answers))
    user = await browser(alice)
    await user.open("/admin")
    press(user, "Check now")
    await until(lambda: says(user, "Check the firewall."))
    press(user, "Check now")
    await until(lambda: says(user, "all working, "))


async def test_members_get_nothing_of_it(browser: Browser, bob: Person, alice: Person) -> None:
    user = await browser(bob)
    assert (await user.http_client.get("/admin")).status_code == 404
    nobody = await browser()
    assert (await nobody.http_client.get("/admin")).headers["location"] == "/login?next=/admin"
