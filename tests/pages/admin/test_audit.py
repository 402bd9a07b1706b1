"""The audit log as administrators see it, and a member's own part of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.models import AuditEntry, Member, now
from oncall_ui.origin import Origin, coming_from
from oncall_ui.services.audit.failed_logins import record_failed_login
from oncall_ui.services.audit.query import PAGE
from oncall_ui.services.audit.record import record
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.seeing import buttons, click, elements, of_class, words

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def lines(user: User) -> list[dict[str, Any]]:
    (table,) = (each for each in elements(user) if isinstance(each, ui.table))
    return [line for day in table.rows for line in day["lines"]]


def sentences(user: User) -> list[str]:
    return ["".join(part["t"] for part in line["parts"]) for line in lines(user)]


def lead(user: User) -> str:
    return words(of_class(user, "oc-status")[0])


def entry(user: User, label: str) -> Any:
    (found,) = (each for each in elements(user) if getattr(each, "props", {}).get("label") == label)
    return found


@pytest.fixture(autouse=True)
def _written(app: App, alice: Person, bob: Person) -> Iterator[None]:
    """What happened an hour ago."""
    with app.db.write() as session:
        for each in session.exec(select(AuditEntry)):
            session.delete(each)
    with coming_from(Origin("10.0.0.12", FIREFOX)), app.db.write() as session:
        record(session, AuditAction.ROLE_CHANGED, by=alice.id, about=bob.id, what="administrator")
        record(session, AuditAction.TAGS_CHANGED, by=alice.id, also={"added": "travel", "removed": "ooo"})
        for _ in range(12):
            record_failed_login(session, bob.email)
        record(
            session, AuditAction.CONNECTED, by=bob.id, what="<b>Work</b>", also={"product": "Google", "calendars": 1}
        )
    with app.db.write() as session:
        record(session, AuditAction.RESET_LINK_CREATED, by=None, about=bob.id)
    with app.db.write() as session:
        for each in session.exec(select(AuditEntry).order_by(col(AuditEntry.id))):
            each.at = now() - timedelta(hours=1)
    yield


def old(app: App) -> None:
    """Log-ins of the test itself are not what is looked at."""
    with app.db.write() as session:
        for each in session.exec(select(AuditEntry).where(col(AuditEntry.action) == AuditAction.LOGGED_IN)):
            session.delete(each)


async def opened(app: App, browser: Browser, person: Person, path: str) -> User:
    user = await browser(person)
    old(app)
    await user.open(path)
    return user


async def test_each_line_is_a_sentence_with_a_place(app: App, browser: Browser, alice: Person) -> None:
    user = await opened(app, browser, alice, "/admin/audit")
    assert [text.replace("\u00a0", " ") for text in sentences(user)] == [
        "Command line created a reset link for Bob",
        "Bob connected <b>Work</b>",
        "12 failed log-ins as Bob",
        "Alice changed tags: added “travel”, removed “ooo”",
        "Alice made Bob an administrator",
    ]
    command, connected, failed, _, changed = lines(user)
    assert command["place"] == "On the server"
    assert changed["place"] == "Firefox on Linux, 10.0.0.12"
    assert (connected["note"].replace("\u00a0", " "), connected["initials"]) == ("Google · 1 calendar", "B")
    assert (failed["css"], failed["icon"]) == ("row warn", "oc-i oc-i-alert")
    assert [part["t"] for part in changed["parts"] if part["b"]] == ["Alice", "Bob"]
    assert lead(user).startswith("Command line created a reset link for Bob · ")
    assert lead(user).endswith("the latest of 5 entries in 30 days")


async def test_a_filter_is_in_the_address_and_works_from_there(app: App, browser: Browser, alice: Person) -> None:
    user = await opened(app, browser, alice, "/admin/audit?q=10.0.0&what=login")
    assert len(lines(user)) == 1
    assert lead(user).endswith("the only entry in 30 days")
    (export,) = (each for each in elements(user) if isinstance(each, ui.link) and words(each) == "Export CSV")
    assert export.props["href"] == "/admin/audit.csv?q=10.0.0&what=login"


async def test_choosing_reads_again_and_clearing_shows_everything(app: App, browser: Browser, alice: Person) -> None:
    user = await opened(app, browser, alice, "/admin/audit")
    entry(user, "Who").set_value(alice.id)
    await until(lambda: len(lines(user)) == 2)
    entry(user, "Search").set_value("nothing like it")
    await until(lambda: not lines(user))
    (none,) = of_class(user, "oc-none")
    assert none.visible
    assert "No entries match" in words(none)
    click(user, buttons(none)["Clear filters"])
    await until(lambda: len(lines(user)) == 5)
    assert (entry(user, "Who").value, entry(user, "Search").value) == (-1, "")


async def test_a_last_day_before_the_first_is_refused_at_its_field(app: App, browser: Browser, alice: Person) -> None:
    user = await opened(app, browser, alice, "/admin/audit")
    entry(user, "To").set_value("2020-01-01")
    await until(lambda: entry(user, "To").error == "This is before the first day. Choose a later day.")
    assert len(lines(user)) == 5


async def test_fifty_more_are_shown_below(app: App, browser: Browser, alice: Person) -> None:
    with app.db.write() as session:
        for number in range(PAGE + 10):
            record(session, AuditAction.TOKEN_CREATED, by=alice.id, what=str(number))
    user = await opened(app, browser, alice, "/admin/audit?what=sharing")
    assert len(lines(user)) == PAGE
    (foot,) = of_class(user, "oc-foot")
    click(user, buttons(foot)["Show 50 more"])
    await until(lambda: len(lines(user)) == PAGE + 10)
    assert not foot.visible
    assert [int(text.rpartition(" ")[2]) for text in sentences(user)] == list(reversed(range(PAGE + 10)))


@pytest.mark.parametrize("path", ["/admin", "/admin/audit", "/admin/audit.csv"])
async def test_members_find_no_such_page(browser: Browser, bob: Person, path: str) -> None:
    user = await browser(bob)
    assert (await user.http_client.get(path)).status_code == 404


async def test_an_administrator_no_longer_reads_nothing_more(app: App, browser: Browser, alice: Person) -> None:
    user = await opened(app, browser, alice, "/admin/audit")
    with app.db.write() as session:
        member = session.get(Member, alice.id)
        assert member is not None
        member.is_admin = False
    entry(user, "Search").set_value("Bob")
    await until(lambda: user.client is not None and user.client.page.path == "/")


async def test_a_member_reads_their_own_part(app: App, browser: Browser, bob: Person) -> None:
    user = await opened(app, browser, bob, "/you/activity")
    assert [text.replace("\u00a0", " ") for text in sentences(user)] == [
        "Command line created a reset link for you",
        "You connected <b>Work</b>",
        "12 failed log-ins to your account",
        "Alice made you an administrator",
    ]
    _, connected, failed, changed = lines(user)
    assert (connected["place"], changed["place"]) == ("Firefox on Linux, 10.0.0.12", "")
    assert failed["link"] == {"words": "Not you? Change your password", "to": "/you/security"}
    assert lead(user).startswith("12 failed log-ins ")


async def test_the_export_is_a_file(app: App, browser: Browser, alice: Person, bob: Person) -> None:
    user = await browser(alice)
    answer = await user.http_client.get("/admin/audit.csv?what=setting")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'attachment; filename="on-call-optimizer-audit-log-' in answer.headers["content-disposition"]
    assert "setting.tags_changed" in answer.text
    assert "role_changed" not in answer.text
    own = await (await browser(bob)).http_client.get("/you/activity.csv")
    assert "setting.tags_changed" not in own.text
    assert "account.role_changed" in own.text
