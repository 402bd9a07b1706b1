"""What every provider promises. Each test runs against every product, and against a provider without a network."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from oncall_ui.domain.imports.failures import MemberMustAct, TryLater, Unreadable
from providers import PRODUCTS
from providers.base import Product, Provider
from tests.calendars import in_days
from tests.providers.cases import CASES, case_for
from tests.providers.cases.memory import MemoryCase
from tests.providers.helpers.case import BERLIN, SECRET, WINDOW, Case, fetch, interpreted, opened

LUNCH = ("Lunch", in_days(2, 11), in_days(2, 12))
DINNER = ("Dinner", in_days(3, 18), in_days(3, 20))
LONG_AGO = ("Long ago", in_days(-400, 9), in_days(-400, 10))


@pytest.fixture(params=[*(product.key for product in PRODUCTS), "memory"])
def case(request: pytest.FixtureRequest) -> Case:
    return MemoryCase(request) if request.param == "memory" else case_for(request.param)(request)


@pytest.fixture
async def provider(case: Case) -> AsyncIterator[Provider]:
    async with opened(case) as found:
        yield found


def test_every_product_has_a_case_of_its_own() -> None:
    assert [case_for(each.key).product for each in PRODUCTS] == list(PRODUCTS)
    assert set(CASES) == {each.key for each in PRODUCTS}, "a case without a product is never run"


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
    found = interpreted(case, await fetch(provider, case))
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
    after = interpreted(case, await fetch(provider, case, before.cursor))
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


async def test_lost_access_is_for_the_member_to_fix(provider: Provider, case: Case) -> None:
    case.lose_access()
    with pytest.raises(MemberMustAct) as caught:
        await fetch(provider, case)
    assert SECRET not in f"{caught.value} {caught.value.sentence} {caught.value.detail}"


async def test_a_calendar_that_is_gone_is_for_the_member_to_fix(provider: Provider, case: Case) -> None:
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
    with pytest.raises(Unreadable) as caught:
        case.product.interpret((rubbish,), WINDOW, BERLIN, None, lambda _count: None)
    assert caught.value.sentence


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
def test_every_product_can_be_shown(product: Product) -> None:
    assert product.name and product.sentence and product.button
    assert (Path(__file__).parents[2] / "pages" / "static" / "logos" / product.logo).is_file()
    assert product.missing or not product.sign_in, "what isn’t set up says so"
