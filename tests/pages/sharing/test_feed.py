"""The private address over HTTP."""

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.shift_feed import FeedKind
from oncall_ui.security.rate_limits import WRONG_TOKENS
from oncall_ui.services.sharing.feed import create_feed_link, remove_feed_link
from oncall_ui.services.sharing.shift_feed import create_shift_link
from pages.sharing.feed import is_known
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.home import B, P, add_calendar
from tests.services.helpers.schedules import keep_schedule, participant_of, publish_by_hand


def path_of(address: str) -> str:
    return address[address.index("/feeds/") :]


async def test_it_answers_without_a_login_with_what_a_calendar_app_needs(
    browser: Browser, app: App, alice: Person
) -> None:
    add_calendar(app, alice, "Divorce", [("2099-01-01 09:00", "2099-01-01 10:00", B)])
    add_calendar(app, alice, "Work", [("2026-11-24 09:00", "2099-01-01 10:00", P)])
    client = (await browser()).http_client
    answer = await client.get(path_of(create_feed_link(app, alice.id)))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["content-disposition"] == 'inline; filename="availability.ics"'
    assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
    assert "Divorce" not in answer.text


async def test_what_is_known_is_not_sent_again(browser: Browser, app: App, alice: Person) -> None:
    path = path_of(create_feed_link(app, alice.id))
    client = (await browser()).http_client
    tag = (await client.get(path)).headers["etag"]
    again = await client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    add_calendar(app, alice, "Work", [("2026-11-24 09:00", "2099-01-01 10:00", B)])
    changed = await client.get(path, headers={"If-None-Match": tag})
    assert (changed.status_code, "VEVENT" in changed.text) == (200, True)


@pytest.mark.parametrize(
    ("header", "known"),
    [('W/"a"', True), ('"a"', True), ('"b", W/"a"', True), ("*", True), ("", False), ('"b"', False), ("a", False)],
)
def test_tags_are_compared_as_lists_weak_or_strong(header: str, known: bool) -> None:
    assert is_known("a", header) is known


async def test_an_address_that_leads_nowhere_says_so_and_no_more(browser: Browser, app: App, alice: Person) -> None:
    path = path_of(create_feed_link(app, alice.id))
    remove_feed_link(app, alice.id)
    client = (await browser()).http_client
    removed, guessed = await client.get(path), await client.get("/feeds/guessed.ics")
    assert (removed.status_code, removed.text) == (guessed.status_code, guessed.text)
    assert guessed.status_code == 404
    assert "text/plain" in guessed.headers["content-type"]


async def test_guessing_is_slowed_down_and_the_right_address_still_works(
    browser: Browser, app: App, alice: Person
) -> None:
    path = path_of(create_feed_link(app, alice.id))
    client = (await browser()).http_client
    answers = [(await client.get("/feeds/guessed.ics")).status_code for _ in range(WRONG_TOKENS.amount + 1)]
    assert answers == [404] * WRONG_TOKENS.amount + [429]
    assert (await client.get("/feeds/guessed.ics")).headers["retry-after"] == "60"
    assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_it_is_only_read(browser: Browser, app: App, alice: Person, method: str) -> None:
    path = path_of(create_feed_link(app, alice.id))
    client = (await browser()).http_client
    assert (await client.request(method, path)).status_code == 405
    assert (await client.head(path)).status_code == 200


async def test_shifts_are_read_over_http_and_sent_again_only_when_they_change(
    browser: Browser, app: App, bob: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob], name="Platform on-call")
    holder = participant_of(app, schedule, bob)
    publish_by_hand(app, bob, schedule, [holder])
    path = path_of(create_shift_link(app, bob.id, FeedKind.MINE))
    client = (await browser()).http_client
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert "SUMMARY:Primary · Platform on-call" in answer.text
    again = await client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    publish_by_hand(app, bob, schedule, [holder, holder])
    changed = await client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (changed.status_code, changed.text.count("BEGIN:VEVENT")) == (200, 2)
    assert (await client.get("/feeds/shifts/guessed.ics")).status_code == 404
