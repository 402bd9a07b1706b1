"""What every provider promises. Each test runs against all of them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.imports.events import Reading
from oncall_ui.domain.imports.failures import MemberMustAct, TryLater, Unreadable
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from providers import PRODUCTS
from providers.base import Content, Cursor, Product, Provider
from tests.calendars import in_days
from tests.fakes.feeds import FeedServer
from tests.fakes.google import Google
from tests.fakes.graph import Microsoft
from tests.fakes.radicale import Radicale
from tests.providers.cases import SECRET, CalDavCase, Case, GoogleCase, IcsCase, MemoryCase, OutlookCase

BERLIN = ZoneInfo("Europe/Berlin")
WINDOW = days_from(datetime.now(UTC).date(), BERLIN)
LUNCH = ("Lunch", in_days(2, 11), in_days(2, 12))
DINNER = ("Dinner", in_days(3, 18), in_days(3, 20))
LONG_AGO = ("Long ago", in_days(-400, 9), in_days(-400, 10))


@pytest.fixture(params=["ics", "caldav", "google", "outlook", "memory"])
def case(request: pytest.FixtureRequest) -> Case:
    if request.param == "ics":
        feeds: FeedServer = request.getfixturevalue("feeds")
        return IcsCase(feeds)
    if request.param == "caldav":
        radicale: Radicale = request.getfixturevalue("radicale")
        return CalDavCase(radicale)
    if request.param == "google":
        google: Google = request.getfixturevalue("google")
        return GoogleCase(google)
    if request.param == "outlook":
        microsoft: Microsoft = request.getfixturevalue("microsoft")
        return OutlookCase(microsoft)
    return MemoryCase()


@pytest.fixture
async def provider(case: Case) -> AsyncIterator[Provider]:
    assert case.product.open is not None
    async with GuardedHttp(AllowedHosts.parse("127.0.0.1")).client(auth=case.auth) as client:
        yield case.product.open(client, case.credentials)


async def fetch(provider: Provider, case: Case, cursor: Cursor | None = None) -> Content | None:
    return await provider.fetch(case.remote_id, WINDOW, cursor or {}, lambda _share, _events=0: None)


def reading(case: Case, content: Content | None) -> Reading:
    assert content is not None
    assert case.product.interpret is not None
    return case.product.interpret(content.parts, WINDOW, BERLIN, None, lambda _count: None).reading


async def test_discovery_names_the_account_and_its_calendars(provider: Provider, case: Case) -> None:
    found = await provider.discover()
    assert found.account
    assert [calendar.remote_id for calendar in found.calendars] == [case.remote_id]
    assert [calendar.primary for calendar in found.calendars] == [True]


async def test_what_may_be_shown_of_an_account_holds_no_secret(provider: Provider) -> None:
    found = await provider.discover()
    assert SECRET not in found.account


async def test_the_same_account_is_recognised_again(provider: Provider) -> None:
    assert (await provider.discover()).identity == (await provider.discover()).identity


async def test_a_reading_holds_what_touches_the_window_and_nothing_else(provider: Provider, case: Case) -> None:
    case.hold(LUNCH, DINNER, LONG_AGO)
    found = reading(case, await fetch(provider, case))
    assert [(each.event.title, each.starts_at, each.ends_at) for each in found.occurrences] == [LUNCH, DINNER]
    assert found.events_read in (2, 3), "what lies outside the window need not come at all"


async def test_an_unchanged_calendar_is_not_fetched_again(provider: Provider, case: Case) -> None:
    case.hold(LUNCH)
    content = await fetch(provider, case)
    assert content is not None
    assert await fetch(provider, case, content.cursor) is None


async def test_a_changed_calendar_is_fetched_whole(provider: Provider, case: Case) -> None:
    case.hold(LUNCH)
    before = await fetch(provider, case)
    assert before is not None
    case.hold(LUNCH, DINNER)
    after = reading(case, await fetch(provider, case, before.cursor))
    assert [each.event.title for each in after.occurrences] == ["Lunch", "Dinner"]


async def test_without_a_cursor_the_content_always_comes(provider: Provider, case: Case) -> None:
    case.hold(LUNCH)
    assert await fetch(provider, case) is not None
    assert await fetch(provider, case) is not None


async def test_progress_is_a_share_or_unknown_and_only_rises(provider: Provider, case: Case) -> None:
    case.hold(LUNCH)
    told: list[tuple[float | None, int]] = []
    await provider.fetch(case.remote_id, WINDOW, {}, lambda share, events=0: told.append((share, events)))
    assert told
    assert all(share is None or 0 <= share <= 1 for share, _ in told)
    assert [events for _, events in told] == sorted(events for _, events in told)


async def test_lost_access_is_for_the_member_to_mend(provider: Provider, case: Case) -> None:
    case.lose_access()
    with pytest.raises(MemberMustAct) as caught:
        await fetch(provider, case)
    assert SECRET not in f"{caught.value} {caught.value.sentence} {caught.value.detail}"


async def test_a_calendar_that_is_gone_is_for_the_member_to_mend(provider: Provider, case: Case) -> None:
    case.vanish()
    with pytest.raises(MemberMustAct) as caught:
        await fetch(provider, case)
    assert SECRET not in f"{caught.value} {caught.value.sentence} {caught.value.detail}"


async def test_a_busy_server_is_obeyed(provider: Provider, case: Case) -> None:
    case.be_busy(timedelta(minutes=3))
    with pytest.raises(TryLater) as caught:
        await fetch(provider, case)
    assert caught.value.retry_after == timedelta(minutes=3)


async def test_a_server_that_is_down_is_tried_later(provider: Provider, case: Case) -> None:
    case.break_down()
    with pytest.raises(TryLater):
        await fetch(provider, case)
    with pytest.raises(TryLater):
        await provider.discover()


@pytest.mark.parametrize("rubbish", [b"", b"\x00\xff\xfe", b"<html>Sign in</html>", b"{", b"BEGIN:VCALENDAR"])
def test_rubbish_is_unreadable_and_nothing_worse(case: Case, rubbish: bytes) -> None:
    assert case.product.interpret is not None
    with pytest.raises(Unreadable) as caught:
        case.product.interpret((rubbish,), WINDOW, BERLIN, None, lambda _count: None)
    assert caught.value.sentence


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
def test_every_product_can_be_shown(product: Product) -> None:
    assert product.name and product.sentence and product.button
    assert (Path(__file__).parents[2] / "pages" / "static" / "logos" / product.logo).is_file()
    assert product.works or product.missing, "what can't be connected says why"
