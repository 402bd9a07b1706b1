"""Publish: links to a schedule's shifts."""

from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.sharing.shift_feed import open_shift_feed, shift_links_of
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import said, says, until
from tests.pages.helpers.seeing import buttons, click, elements, of_class, words
from tests.pages.simulation import idle
from tests.services.helpers.schedules import keep_schedule, participant_of, publish_by_hand

EVERYONE = "<b>Platform</b>, everyone"


def rows(user: User) -> dict[str, str]:
    """Title and second line of each row."""
    found = (list(row.default_slot.children)[1] for row in of_class(user, "oc-svc"))
    return {words(cell.default_slot.children[0]): words(cell.default_slot.children[1]) for cell in found}


def press_in(user: User, title: str, word: str) -> None:
    place = list(rows(user)).index(title)
    click(user, buttons(of_class(user, "oc-svc")[place])[word])


def links(user: User) -> list[str]:
    values = (str(getattr(each, "value", "") or "") for each in elements(user))
    return [value for value in values if "/feeds/shifts/" in value]


def name_of(app: App, link: str) -> str:
    feed = open_shift_feed(app, link.rpartition("/")[2].removesuffix(".ics"))
    return feed.name if feed else ""


def answer(user: User, word: str) -> None:
    (dialog,) = (each for each in elements(user) if isinstance(each, ui.dialog) and each.value)
    (found,) = (each for each in dialog.descendants() if isinstance(each, ui.button) and each.text == word)
    click(user, found)


async def at_publish(app: App, browser: Browser, person: Person) -> tuple[User, int]:
    schedule = keep_schedule(app, person, [person], name="<b>Platform</b>")
    user = await browser(person)
    await user.open(f"/schedules/{schedule}/publish")
    return user, schedule


async def test_a_member_gets_renews_and_removes_a_link(app: App, browser: Browser, bob: Person) -> None:
    user, schedule = await at_publish(app, browser, bob)
    assert list(rows(user)) == ["Your shifts", EVERYONE, "All schedules"]
    assert {line.rpartition(". ")[2] for line in rows(user).values()} == {"No link yet"}
    press_in(user, EVERYONE, "Get link")
    await until(lambda: len(links(user)) == 1)
    (first,) = links(user)
    await until(lambda: "not read yet" in rows(user)[EVERYONE])
    assert name_of(app, first) == "<b>Platform</b>"
    press_in(user, EVERYONE, "Renew")
    await until(lambda: says(user, f"Renew the link to {EVERYONE}?"))
    answer(user, "Renew")
    await until(lambda: links(user) != [first])
    assert (name_of(app, first), name_of(app, *links(user))) == ("", "<b>Platform</b>")
    press_in(user, EVERYONE, "Remove")
    await until(lambda: says(user, f"Remove the link to {EVERYONE}?"))
    answer(user, "Remove")
    await until(lambda: not links(user) and "No link yet" in rows(user)[EVERYONE])
    assert shift_links_of(app, bob.id, schedule) == {}


async def test_it_says_how_far_shifts_are_published_as_soon_as_they_are(
    app: App, browser: Browser, bob: Person
) -> None:
    user, schedule = await at_publish(app, browser, bob)
    said(user, "Nothing is published yet")
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, bob)])
    await until(lambda: says(user, "Published until"))
    assert len(elements(user)) < 200


async def test_a_stranger_gets_no_page_and_who_lost_access_gets_no_link(
    app: App, browser: Browser, bob: Person, mallory: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob])
    user = await browser(mallory)
    answer = await user.http_client.get(f"/schedules/{schedule}/publish")
    assert answer.status_code == 404
    set_access(app, bob.id, schedule, mallory.id, Access.VIEWER)
    await user.open(f"/schedules/{schedule}/publish")
    set_access(app, bob.id, schedule, mallory.id, None)
    press_in(user, "Platform, everyone", "Get link")
    await idle()
    assert (links(user), shift_links_of(app, mallory.id)) == ([], {})
