"""CalDAV against Radicale: from what people type to their calendars, and what changes in them."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.imports.failures import Cause, MemberMustAct, TryLater
from providers.base import Discovery
from tests.calendars import event
from tests.fakes.radicale import PASSWORD, Radicale
from tests.providers.helpers.caldav import WINDOW, fetched, opened, titles, understood


async def discovered(url: str, *, password: str = PASSWORD) -> Discovery:
    async with opened(url, password=password) as provider:
        return await provider.discover()


@pytest.mark.parametrize("typed", ["", "/", "/.well-known/caldav", "/alice/", "/alice", "/nothing/here"])
async def test_every_calendar_is_found_from_what_people_type(radicale: Radicale, typed: str) -> None:
    radicale.make("work", title="Work")
    radicale.make("climbing", title="Climbing, mostly")
    found = await discovered(radicale.url + typed)
    assert found.account == "alice at 127.0.0.1"
    assert {(each.name, each.remote_id) for each in found.calendars} == {
        ("Work", radicale.url_of("work")),
        ("Climbing, mostly", radicale.url_of("climbing")),
    }


async def test_every_way_in_leads_to_the_same_account(radicale: Radicale) -> None:
    radicale.make("work")
    ways = [radicale.url, f"{radicale.url}/alice/", radicale.url_of("work")]
    assert len({(await discovered(way)).identity for way in ways}) == 1


async def test_a_calendars_own_address_finds_its_neighbours_and_is_the_one_offered(radicale: Radicale) -> None:
    radicale.make("personal")
    radicale.make("rota")
    found = await discovered(radicale.url_of("rota").rstrip("/"))
    assert {each.name: each.primary for each in found.calendars} == {"rota": True, "personal": False}


@pytest.mark.parametrize(
    ("names", "primary"),
    [
        (["work"], ["work"]),
        (["work", "Personal"], ["Personal"]),
        (["calendar", "default", "work"], ["default"]),
        (["work", "climbing"], []),
    ],
)
async def test_at_most_one_calendar_is_offered_switched_on(
    radicale: Radicale, names: list[str], primary: list[str]
) -> None:
    for name in names:
        radicale.make(name)
    found = await discovered(radicale.url)
    assert [each.name for each in found.calendars if each.primary] == primary


async def test_task_lists_are_no_calendars(radicale: Radicale) -> None:
    radicale.make("work")
    radicale.make("tasks", components="VTODO")
    radicale.make("both", components="VTODO,VEVENT")
    found = await discovered(radicale.url)
    assert {each.name for each in found.calendars} == {"work", "both"}


async def test_an_account_without_calendars_is_said_to_have_none(radicale: Radicale) -> None:
    radicale.make("tasks", components="VTODO")
    with pytest.raises(MemberMustAct) as caught:
        await discovered(radicale.url)
    assert caught.value.cause is Cause.NOT_FOUND
    assert "no event calendar" in caught.value.sentence


async def test_a_wrong_password_is_told_at_once(radicale: Radicale) -> None:
    radicale.make("work")
    with pytest.raises(MemberMustAct) as caught:
        await discovered(radicale.url, password="wrong")
    assert caught.value.cause is Cause.REFUSED
    assert "refused the user name or the password" in caught.value.sentence
    assert len(radicale.requests) == 1, "a password is not tried again on other addresses"


async def test_a_moved_principal_is_followed(radicale: Radicale) -> None:
    radicale.make("work")
    radicale.move("/principals/alice/", to="/alice/")
    found = await discovered(f"{radicale.url}/principals/alice/")
    assert [each.remote_id for each in found.calendars] == [radicale.url_of("work")]


async def test_a_calendar_tells_its_zone_and_days_are_read_in_it(radicale: Radicale) -> None:
    day = (WINDOW.start + timedelta(days=30)).date()
    away = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:{day:%Y%m%d}\r\nSUMMARY:Away\r\nEND:VEVENT"
    radicale.hold("work", {"1": away}, zone="America/New_York")
    (calendar,) = (await discovered(radicale.url)).calendars
    assert calendar.zone == "America/New_York"
    (occurrence,) = understood(await fetched(radicale.url, calendar.remote_id)).occurrences
    assert occurrence.starts_at == datetime.combine(day, time(), ZoneInfo("America/New_York"))


async def test_what_is_added_changed_and_deleted_is_seen(radicale: Radicale) -> None:
    work = radicale.url_of("work")
    radicale.hold("work", {"1": event("Lunch", uid="1"), "2": event("Dinner", days=4, uid="2")})
    first = await fetched(radicale.url, work)
    assert titles(first) == ["Lunch", "Dinner"]
    radicale.hold("work", {"1": event("Brunch", uid="1"), "3": event("Supper", days=5, uid="3")})
    assert first is not None
    second = await fetched(radicale.url, work, first.cursor)
    assert titles(second) == ["Brunch", "Supper"]
    radicale.hold("work", {})
    assert second is not None
    assert titles(await fetched(radicale.url, work, second.cursor)) == []


async def test_an_unchanged_calendar_costs_one_small_request(radicale: Radicale) -> None:
    radicale.hold("work", {"1": event("Lunch")})
    content = await fetched(radicale.url, radicale.url_of("work"))
    assert content is not None
    radicale.requests.clear()
    assert await fetched(radicale.url, radicale.url_of("work"), content.cursor) is None
    assert [(each.method, each.depth) for each in radicale.requests] == [("PROPFIND", "0")]


async def test_a_cursor_holds_nothing_of_the_events(radicale: Radicale) -> None:
    radicale.hold("work", {"divorce-lawyer": event("Divorce lawyer")})
    content = await fetched(radicale.url, radicale.url_of("work"))
    assert content is not None
    assert "divorce" not in str(content.cursor).lower()
    assert all(len(value) <= 64 for value in content.cursor.values())


@pytest.mark.slow
async def test_many_events_come_in_batches_with_progress(radicale: Radicale) -> None:
    radicale.hold("work", {str(each): event("Meeting", days=1 + each % 80, uid=str(each)) for each in range(300)})
    shares: list[float | None] = []
    async with opened(radicale.url) as provider:
        content = await provider.fetch(
            radicale.url_of("work"), WINDOW, {}, lambda share, _events=0: shares.append(share)
        )
    assert understood(content).events_read == len(understood(content).occurrences) == 300
    assert shares[0] is None and shares[-1] == 1
    assert shares[1:] == sorted(share for share in shares[1:] if share is not None)
    assert sum(each.method == "REPORT" for each in radicale.requests) == 4


async def test_a_series_that_began_long_ago_and_never_ends_is_expanded_here(radicale: Radicale) -> None:
    begun = WINDOW.start + timedelta(hours=12) - timedelta(weeks=800)
    old = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:{begun:%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H\r\nSUMMARY:Weekly\r\n"
    radicale.hold("work", {"1": f"{old}RRULE:FREQ=WEEKLY\r\nEND:VEVENT"})
    assert len(titles(await fetched(radicale.url, radicale.url_of("work")))) == 13


async def test_a_calendar_that_was_removed_is_for_the_member(radicale: Radicale) -> None:
    radicale.make("work")
    with pytest.raises(MemberMustAct) as caught:
        await fetched(radicale.url, radicale.url_of("gone"))
    assert caught.value.cause is Cause.NOT_FOUND
    assert "no longer has this calendar" in caught.value.sentence


async def test_a_busy_server_that_names_a_date_is_obeyed(radicale: Radicale) -> None:
    radicale.refuse(429, retry_after="Fri, 31 Dec 2100 23:59:59 GMT")
    with pytest.raises(TryLater) as caught:
        await discovered(radicale.url)
    assert caught.value.cause is Cause.BUSY
    assert caught.value.retry_after is not None
    assert len(radicale.requests) == 1
