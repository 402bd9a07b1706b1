"""Google against its fake: whose account it is, its calendars, and what comes of them as they change."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Action, Rules, decide
from oncall_ui.domain.imports.events import Kind
from oncall_ui.domain.imports.failures import Cause, MemberMustAct, TryLater
from providers.base import RemoteCalendar
from tests.fakes.google import CALENDARS, EMAIL, FREE_BUSY, Google
from tests.fakes.google_calendars import days, timed
from tests.providers.helpers.google import ALICE, WINDOW, discovered, fetched, in_days, on, opened, read, understood

NARROW = ("openid", EMAIL, CALENDARS, FREE_BUSY)
MATCHING = Rules(addresses=frozenset({ALICE}))
LUNCH = timed("Lunch", in_days(2, 11), in_days(2, 12))
DINNER = timed("Dinner", in_days(3, 18), in_days(3, 20))


async def test_the_account_and_every_calendar_of_its_list_are_found(google: Google) -> None:
    alice = google.account(ALICE)
    alice.add("team@group.calendar.google.com", "c_1", zone="America/New_York", override="Team, renamed")
    alice.add("gone@group.calendar.google.com", "Gone", is_deleted=True)
    alice.add("bob@example.org", "Bob", role="freeBusyReader")
    found = await discovered(google)
    assert (found.account, found.identity, found.addresses) == (ALICE, alice.subject, (ALICE,))
    assert found.calendars == (
        RemoteCalendar(ALICE, ALICE, "Europe/Berlin", primary=True),
        RemoteCalendar("team@group.calendar.google.com", "Team, renamed", "America/New_York"),
        RemoteCalendar("bob@example.org", "Bob", "Europe/Berlin"),
    )


@pytest.mark.parametrize("has_empty_pages", [False, True])
async def test_a_long_list_comes_whole(google: Google, has_empty_pages: bool) -> None:
    alice = google.account(ALICE)
    for number in range(6):
        alice.add(f"c{number}@group.calendar.google.com", f"Calendar {number}")
    google.has_empty_pages = has_empty_pages
    assert len((await discovered(google)).calendars) == 7
    assert len(google.requests("calendarList")) == (8 if has_empty_pages else 4)


async def test_addresses_are_lower_case(google: Google) -> None:
    google.account("Alice@Example.org")
    async with opened(google, who="Alice@Example.org", account="") as provider:
        found = await provider.discover()
    assert (found.account, found.addresses) == (ALICE, (ALICE,))


@pytest.mark.parametrize(
    ("userinfo", "status", "account", "identity"),
    [
        ({"sub": "77", "email": "Work@Example.org"}, 200, "work@example.org", "77"),
        ({"email": "work@example.org"}, 200, "work@example.org", "work@example.org"),
        ({"sub": "77"}, 200, ALICE, "77"),
        ({}, 200, ALICE, ALICE),
        ({"error": "access_denied"}, 403, ALICE, ALICE),
        ({"error": "not_found"}, 404, ALICE, ALICE),
    ],
)
async def test_the_primary_calendar_tells_whose_account_it_is_where_google_does_not(
    google: Google, userinfo: dict[str, object], status: int, account: str, identity: str
) -> None:
    google.account(ALICE)
    google.fail("userinfo", status=status, body=userinfo)
    found = await discovered(google)
    assert (found.account, found.identity) == (account, identity)


async def test_an_account_without_an_identity_is_not_connected(google: Google) -> None:
    google.account(ALICE).primary.is_primary = False
    google.fail("userinfo", status=200, body={})
    with pytest.raises(MemberMustAct, match="no identity"):
        await discovered(google)


async def test_an_account_without_calendars_is_said_to_have_none(google: Google) -> None:
    google.account(ALICE).calendars.clear()
    with pytest.raises(MemberMustAct) as caught:
        await discovered(google)
    assert caught.value.cause is Cause.NOT_FOUND
    assert "no calendar in this account" in caught.value.sentence


async def test_odd_entries_of_the_list_are_passed_over(google: Google) -> None:
    google.account(ALICE)
    items: list[Any] = [None, 5, {}, {"id": ["x"]}, {"id": "a\ud800"}, {"id": "x" * 1001}]
    items += [{"id": "b", "summary": "B\ud800\0 \n C", "timeZone": "Nowhere/Land"}, {"id": "c", "summary": 5}]
    google.fail("calendarList", status=200, body={"items": items})
    assert (await discovered(google)).calendars == (RemoteCalendar("b", "B? C"),)


async def test_only_what_the_rules_need_is_asked_for(google: Google) -> None:
    google.account(ALICE).primary.events = [{**LUNCH, "location": "Cellar 5", "conferenceData": {"id": "call"}}]
    content = await fetched(google)
    assert content is not None
    assert b"Lunch" in content.parts[1]
    assert b"Cellar 5" not in content.parts[1] and b"call" not in content.parts[1]


@pytest.mark.parametrize("remote_id", ["en.german#holiday@group.v.calendar.google.com", "a/b?c=d&e@f", "ü %2F"])
async def test_a_calendars_id_is_quoted(google: Google, remote_id: str) -> None:
    google.account(ALICE).add(remote_id, "Odd").events = [LUNCH]
    assert [each.event.title for each in (await read(google, remote_id)).occurrences] == ["Lunch"]


@pytest.mark.parametrize(("has_empty_pages", "asked"), [(False, 4), (True, 8)])
async def test_every_page_is_read_and_progress_rises(google: Google, has_empty_pages: bool, asked: int) -> None:
    events = [timed(str(number), in_days(number, 9), in_days(number, 10)) for number in range(1, 8)]
    google.account(ALICE).primary.events = events
    google.has_empty_pages = has_empty_pages
    told: list[tuple[float | None, int]] = []
    async with opened(google) as provider:
        content = await provider.fetch(ALICE, WINDOW, {}, lambda share, events=0: told.append((share, events)))
    found = understood(content)
    assert [each.event.title for each in found.occurrences] == list("1234567")
    assert found.events_read == 7
    assert len(google.requests("events")) == asked
    assert told[-1] == (1.0, 7)
    assert [events for _, events in told] == sorted(events for _, events in told)


async def test_what_lies_a_day_around_the_window_is_asked_for_and_nothing_else_is_kept(google: Google) -> None:
    """Days in Kiritimati, 14 hours ahead, begin and end before those of the window."""
    google.account(ALICE, zone="Pacific/Kiritimati").primary.events = [
        days("Before", on(-1), on(0)),
        days("First", on(0), on(1)),
        days("Last", on(90), on(91)),
        days("After", on(91), on(92)),
        timed("Long ago", in_days(-40), in_days(-39)),
    ]
    found = await read(google)
    query = google.requests("events")[0].query
    assert datetime.fromisoformat(query["timeMin"][0]) == WINDOW.start - timedelta(days=1)
    assert datetime.fromisoformat(query["timeMax"][0]) == WINDOW.end + timedelta(days=1)
    assert [each.event.title for each in found.occurrences] == ["First", "Last"]
    assert found.zone == "Pacific/Kiritimati"


async def test_the_same_events_in_another_order_and_form_are_no_news(google: Google) -> None:
    calendar = google.account(ALICE).primary
    calendar.events = [LUNCH, DINNER]
    first = await fetched(google)
    assert first is not None
    calendar.events = [dict(reversed(DINNER.items())), LUNCH]
    google.page_size = 1
    assert await fetched(google, cursor=first.cursor) is None
    calendar.events = [LUNCH]
    second = await fetched(google, cursor=first.cursor)
    assert second is not None and second.cursor != first.cursor


async def test_another_zone_of_the_calendar_is_news(google: Google) -> None:
    calendar = google.account(ALICE).primary
    calendar.events = [days("Away", on(2), on(3))]
    first = await fetched(google)
    assert first is not None
    calendar.zone = "America/New_York"
    assert await fetched(google, cursor=first.cursor) is not None


async def test_a_cursor_holds_nothing_of_the_events(google: Google) -> None:
    google.account(ALICE).primary.events = [LUNCH]
    content = await fetched(google)
    assert content is not None
    assert content.cursor == {"sha256": content.cursor["sha256"], "primary": "yes"}
    assert len(content.cursor["sha256"]) == 64


async def test_an_account_that_gives_free_and_busy_alone_is_read_so(google: Google) -> None:
    google.account(ALICE).primary.events = [
        LUNCH,
        timed("Right after", in_days(2, 12), in_days(2, 13)),
        timed("Free", in_days(4, 9), in_days(4, 10), transparency="transparent"),
        timed("Over the seam of two questions", in_days(59, 12), in_days(61, 12)),
    ]
    found = await read(google, scopes=NARROW)
    assert [(each.starts_at, each.ends_at) for each in found.occurrences] == [
        (in_days(2, 11), in_days(2, 13)),
        (in_days(59, 12), in_days(61, 12)),
    ]
    assert {each.event.kind for each in found.occurrences} == {Kind.BUSY_TIME}
    assert {each.event.title for each in found.occurrences} == {""}
    assert found.events_read == 2
    assert len(google.requests("freeBusy")) == 2
    assert google.requests("events") == []


async def test_busy_times_that_did_not_change_are_no_news(google: Google) -> None:
    calendar = google.account(ALICE).primary
    calendar.events = [LUNCH]
    first = await fetched(google, scopes=NARROW)
    assert first is not None
    assert await fetched(google, cursor=first.cursor, scopes=NARROW) is None
    calendar.events = [DINNER]
    assert await fetched(google, cursor=first.cursor, scopes=NARROW) is not None


async def test_the_narrow_choice_is_enough_to_list_calendars(google: Google) -> None:
    google.account(ALICE)
    assert len((await discovered(google, scopes=NARROW)).calendars) == 1


async def test_a_calendar_shared_as_free_or_busy_is_read_so(google: Google) -> None:
    bob = google.account(ALICE).add("bob@example.org", "Bob", role="freeBusyReader")
    bob.events = [LUNCH, {**DINNER, "transparency": "transparent"}]
    found = await read(google, "bob@example.org")
    assert [(each.starts_at, each.event.kind) for each in found.occurrences] == [(in_days(2, 11), Kind.BUSY_TIME)]
    assert [decide(each.event, MATCHING).reason for each in found.occurrences] == [Reason.CREATED_BY_SOMEBODY_ELSE]


async def test_busy_times_count_on_the_accounts_own_calendar_alone(google: Google) -> None:
    alice = google.account(ALICE)
    alice.primary.events = alice.add("bob@example.org", "Bob").events = [LUNCH]
    counts = {}
    for remote_id in alice.calendars:
        (found,) = (await read(google, remote_id, scopes=NARROW)).occurrences
        counts[remote_id] = decide(found.event, MATCHING).reason
    assert counts == {ALICE: Reason.BUSY_TIME, "bob@example.org": Reason.CREATED_BY_SOMEBODY_ELSE}


async def test_under_an_alias_google_says_which_calendar_is_the_accounts_own(google: Google) -> None:
    google.account(ALICE).primary.events = [timed("noc", in_days(2, 11), in_days(2, 12))]
    content = await fetched(google, account="alias@example.org")
    (found,) = understood(content).occurrences
    assert decide(found.event, MATCHING).action is Action.BLOCK
    assert content is not None
    assert await fetched(google, cursor=content.cursor, account="alias@example.org") is None
    assert len(google.requests("calendar")) == 1, "asked once while it is followed"


async def test_whose_a_calendar_is_that_was_connected_before_is_asked_again(google: Google) -> None:
    bob = google.account(ALICE).add("bob@example.org", "Bob")
    bob.events = [timed("noc", in_days(2, 11), in_days(2, 12), creator={"email": "bob@example.org"})]
    content = await fetched(google, "bob@example.org", {"sha256": "of an earlier version"})
    (found,) = understood(content).occurrences
    assert decide(found.event, MATCHING).reason is Reason.CREATED_BY_SOMEBODY_ELSE


async def test_a_calendar_outside_the_accounts_list_is_not_its_own(google: Google) -> None:
    google.account(ALICE).add("public@example.org", "Public", is_listed=False).events = [LUNCH]
    (found,) = (await read(google, "public@example.org")).occurrences
    assert found.event.is_shared


@pytest.mark.parametrize(("status", "body"), [(503, {}), (200, {"primary": "yes"})])
async def test_whose_a_calendar_is_is_never_guessed(google: Google, status: int, body: Any) -> None:
    google.account(ALICE).add("bob@example.org", "Bob")
    google.fail("calendar", status=status, body=body)
    with pytest.raises(TryLater):
        await read(google, "bob@example.org")


async def test_a_calendar_gone_from_free_and_busy_is_for_the_member(google: Google) -> None:
    google.account(ALICE).calendars.clear()
    with pytest.raises(MemberMustAct) as caught:
        await fetched(google, scopes=NARROW)
    assert caught.value.cause is Cause.NOT_FOUND


@pytest.mark.parametrize("reason", ["internalError", "backendError"])
async def test_free_and_busy_that_is_refused_is_tried_later(google: Google, reason: str) -> None:
    google.account(ALICE)
    google.busy_refusals[ALICE] = reason
    with pytest.raises(TryLater, match="free/busy"):
        await fetched(google, scopes=NARROW)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"calendars": []},
        {"calendars": {}},
        {"calendars": {ALICE: {"busy": 5}}},
        {"calendars": {ALICE: {"errors": "x"}}},
    ],
)
async def test_free_and_busy_of_another_shape_is_tried_later(google: Google, body: dict[str, object]) -> None:
    google.account(ALICE)
    google.fail("freeBusy", status=200, body=body)
    with pytest.raises(TryLater, match="not the free/busy"):
        await fetched(google, scopes=NARROW)


async def test_nothing_of_a_token_is_in_what_is_fetched(google: Google) -> None:
    google.account(ALICE).primary.events = [LUNCH]
    content = await fetched(google)
    assert content is not None
    said = json.dumps([content.cursor, [part.decode() for part in content.parts]])
    assert not [token for token in google.issued if token in said]
