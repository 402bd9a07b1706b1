"""What Graph may say instead of a calendar, and who can act."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

import pytest

from oncall_ui.domain.ical import Limits
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from providers.outlook import account, graph
from tests.calendars import in_days
from tests.fakes.endpoints import Answer
from tests.fakes.graph import Calendar, Microsoft, error
from tests.fakes.graph_events import event
from tests.providers.helpers.outlook import ALICE, fetched, opened, titles

MEETINGS = [event(f"Meeting {day}", in_days(day, 9), in_days(day, 10)) for day in range(1, 8)]


@pytest.fixture
def busy(microsoft: Microsoft) -> Microsoft:
    microsoft.mailbox(ALICE).calendars["work"].events = list(MEETINGS)
    return microsoft


async def refused(microsoft: Microsoft) -> Failure:
    with pytest.raises(Failure) as caught:
        await fetched(microsoft)
    told = f"{caught.value} {caught.value.sentence} {caught.value.detail}"
    assert not any(secret in told for secret in (*microsoft.issued, "AAMkAGI2", "Meeting"))
    return caught.value


async def not_discovered(microsoft: Microsoft, scope: str = "User.Read Calendars.Read") -> Failure:
    async with opened(microsoft, scope, account="") as provider:
        with pytest.raises(Failure) as caught:
            await provider.discover()
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "kind", "cause", "words"),
    [
        (401, "InvalidAuthenticationToken", MemberMustAct, Cause.ACCESS_LOST, "no longer lets us in"),
        (403, "ErrorAccessDenied", MemberMustAct, Cause.REFUSED, "does not let this account read"),
        (403, "AccessDenied", MemberMustAct, Cause.REFUSED, "does not let this account read"),
        (403, "", TryLater, Cause.REFUSED, "without saying why (403)"),
        (403, "SomethingNew", TryLater, Cause.REFUSED, "without saying why (403)"),
        (404, "ErrorItemNotFound", MemberMustAct, Cause.NOT_FOUND, "no longer has this calendar"),
        (400, "ErrorInvalidIdMalformed", MemberMustAct, Cause.NOT_FOUND, "no longer has this calendar"),
        (404, "MailboxNotEnabledForRESTAPI", MemberMustAct, Cause.NOT_FOUND, "has no Outlook calendar"),
        (404, "ResourceNotFound", MemberMustAct, Cause.NOT_FOUND, "has no Outlook calendar"),
        (410, "SyncStateNotFound", TryLater, Cause.SERVER_ERROR, "(410)"),
        (403, "syncStateNotFound", TryLater, Cause.SERVER_ERROR, "(403)"),
        (410, "", TryLater, Cause.SERVER_ERROR, "(410)"),
        (400, "BadRequest", TryLater, Cause.SERVER_ERROR, "(400)"),
        (429, "ApplicationThrottled", TryLater, Cause.BUSY, "wait (429)"),
        (500, "InternalServerError", TryLater, Cause.SERVER_ERROR, "(500)"),
        (503, "ServiceUnavailable", TryLater, Cause.SERVER_ERROR, "(503)"),
        (504, "UnknownError", TryLater, Cause.SERVER_ERROR, "(504)"),
        (204, "", TryLater, Cause.SERVER_ERROR, "(204)"),
    ],
)
async def test_each_refusal_says_who_can_act(
    busy: Microsoft, status: int, code: str, kind: type[Failure], cause: Cause, words: str
) -> None:
    busy.fail("view", status=status, body=error(code) if code else b"")
    failure = await refused(busy)
    assert isinstance(failure, kind) and failure.cause is cause
    assert words in failure.sentence and failure.sentence.startswith(("Microsoft", "This Microsoft"))
    assert failure.detail == f"HTTP {status} {code}".strip()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"error": []}', b'{"error": {"code": 7}}', b"<html>Sign in</html>"]
)
async def test_a_refusal_without_proper_words_is_told_by_its_status(busy: Microsoft, body: bytes) -> None:
    busy.fail("view", status=404, body=body)
    assert (await refused(busy)).cause is Cause.NOT_FOUND


async def test_a_code_that_could_be_anything_is_not_repeated(busy: Microsoft) -> None:
    busy.fail("view", status=500, body=error("Meeting with Bob AAMkAGI2"))
    assert (await refused(busy)).detail == "HTTP 500"


@pytest.mark.parametrize("status", [429, 503, 504])
@pytest.mark.parametrize("as_date", [False, True])
async def test_retry_after_is_obeyed_in_both_forms(busy: Microsoft, status: int, as_date: bool) -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=200), usegmt=True)
    busy.fail("view", status=status, retry_after=at if as_date else "200")
    failure = await refused(busy)
    assert isinstance(failure, TryLater) and failure.retry_after is not None
    assert timedelta(seconds=190) < failure.retry_after <= timedelta(seconds=200)


DEEP = b"[" * 100_000
ODD = [b"", b"{", b"[]", b"null", b"\xff\xfe", b"<html>Sign in</html>", b'{"value": {}}', b'{"value": 7}', DEEP]


@pytest.mark.parametrize("body", [*ODD, b'{"value": [], "@odata.nextLink": 7}', b'{"value": [' + DEEP + b"]}"])
@pytest.mark.parametrize("endpoint", ["view", "calendars"])
async def test_what_is_no_proper_list_is_tried_again_later(busy: Microsoft, endpoint: str, body: bytes) -> None:
    busy.fail(endpoint, status=200, body=body)
    failure = await (refused(busy) if endpoint == "view" else not_discovered(busy))
    assert isinstance(failure, TryLater) and failure.cause is Cause.SERVER_ERROR


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("me", b"[]"),
        ("me", b'{"id": 7}'),
        ("me", b'{"mail": []}'),
        ("calendars", b'{"value": [{"id": 7}]}'),
        ("calendars", b'{"value": [{"id": "a", "name": []}]}'),
        ("calendars", b'{"value": [{"id": "a", "isDefaultCalendar": "yes"}]}'),
        ("calendars", b'{"value": [{"id": "a", "isDefaultCalendar": true, "owner": {"address": 7}}]}'),
    ],
)
async def test_wrong_types_are_tried_again_later(busy: Microsoft, endpoint: str, body: bytes) -> None:
    busy.fail(endpoint, status=200, body=body)
    failure = await not_discovered(busy)
    assert isinstance(failure, TryLater) and failure.cause is Cause.SERVER_ERROR


async def test_items_that_are_nothing_cost_no_calendar(busy: Microsoft) -> None:
    busy.fail("calendars", status=200, body=b'{"value": [null, 7, {"id": ""}, {"id": "../me"}, {"id": "a"}]}')
    async with opened(busy) as provider:
        assert [each.remote_id for each in (await provider.discover()).calendars] == ["a"]


async def test_a_connection_that_breaks_is_tried_again_later(busy: Microsoft) -> None:
    busy.fail("view", cut=True)
    assert isinstance(await refused(busy), TryLater)


async def test_a_failure_between_pages_hands_out_nothing(busy: Microsoft) -> None:
    busy.fail("view", delay=0.01)
    busy.fail("view", status=503)
    assert isinstance(await refused(busy), TryLater)
    assert len(busy.requests("view")) == 2


async def test_an_account_without_a_mailbox_is_told_so(microsoft: Microsoft) -> None:
    microsoft.mailbox(ALICE).has_rest = False
    failure = await not_discovered(microsoft)
    assert isinstance(failure, MemberMustAct) and "has no Outlook calendar" in failure.sentence


async def test_an_account_without_calendars_is_told_so(microsoft: Microsoft) -> None:
    microsoft.mailbox(ALICE).calendars.clear()
    failure = await not_discovered(microsoft)
    assert isinstance(failure, MemberMustAct) and "has no Outlook calendar" in failure.sentence


async def test_a_grant_without_calendars_is_told_so(microsoft: Microsoft) -> None:
    failure = await not_discovered(microsoft, "User.Read")
    assert isinstance(failure, MemberMustAct) and failure.cause is Cause.REFUSED
    assert "calendars of this account" in failure.sentence


async def test_access_that_ended_is_told_at_once(microsoft: Microsoft) -> None:
    async with opened(microsoft) as provider:
        microsoft.expire_access()
        with pytest.raises(MemberMustAct) as caught:
            await provider.discover()
    assert "no longer lets us in" in caught.value.sentence
    assert len(microsoft.requests()) == 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        lambda link, host: link.replace(urlsplit(link).netloc, host),
        lambda link, host: link.replace(urlsplit(link).netloc, host.replace("127.0.0.1", "localhost")),
        lambda link, host: link.replace("http://", "https://"),
        lambda link, host: link.replace("http://", "http://alice:pw@"),
        lambda link, host: urlsplit(link).path,
        lambda link, host: f"//{host}/v1.0/me",
        lambda link, host: "http://[",
        lambda link, host: "file:///etc/hostname",
        lambda link, host: "http://127.0.0.1:99999999/",
        lambda link, host: link + "\x00",
        lambda link, host: link + "x" * 100_000,
    ],
)
async def test_a_link_that_leads_elsewhere_is_refused_unasked(
    busy: Microsoft, elsewhere: Callable[[str, str], str]
) -> None:
    with Microsoft() as stranger:
        busy.link = lambda link: elsewhere(link, urlsplit(stranger.api_url).netloc)
        failure = await refused(busy)
        assert isinstance(failure, TryLater) and failure.cause is Cause.SERVER_ERROR
        assert len(busy.requests("view")) == 1
        assert stranger.requests() == []
        busy.mailbox(ALICE).calendars |= {str(each): busy.mailbox(ALICE).calendars["work"] for each in range(3)}
        assert isinstance(await not_discovered(busy), TryLater)
        assert stranger.requests() == []


async def test_a_redirect_to_another_server_brings_no_calendar(busy: Microsoft) -> None:
    with Microsoft() as stranger:
        stranger.fail("me", status=200, body=b'{"value": []}')
        moved = Answer(302, headers={"Location": stranger.url("/v1.0/me")})
        busy.endpoint("moved", "GET", "/moved", lambda _request: moved)
        busy.link = lambda link: busy.url("/moved")
        failure = await refused(busy)
        assert isinstance(failure, TryLater) and "another server" in failure.sentence
        (asked,) = stranger.requests()
        assert "authorization" not in asked.headers


@pytest.mark.parametrize("is_same_link", [True, False])
async def test_pages_that_repeat_after_the_last_one_end_the_list(busy: Microsoft, is_same_link: bool) -> None:
    busy.mailbox(ALICE).calendars |= {str(each): Calendar(str(each), owner=ALICE) for each in range(4)}
    busy.repeats = lambda number: "" if is_same_link else str(number)
    assert len(titles(await fetched(busy))) == 7
    assert len(busy.requests("view")) == (4 if is_same_link else 5)
    async with opened(busy) as provider:
        assert len((await provider.discover()).calendars) == 5


async def test_a_full_page_that_repeats_may_not_be_the_end(busy: Microsoft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "TOP", 2)
    busy.mailbox(ALICE).calendars["work"].events.pop()
    busy.repeats = str
    failure = await refused(busy)
    assert isinstance(failure, TryLater) and "the same page" in failure.sentence
    assert len(busy.requests("view")) == 4


async def test_empty_pages_that_repeat_are_not_an_empty_calendar(busy: Microsoft) -> None:
    again = f'{{"value": [], "@odata.nextLink": "{busy.api_url}/me/calendars/work/calendarView"}}'
    busy.fail("view", status=200, body=again.encode(), times=None)
    assert isinstance(await refused(busy), TryLater)
    assert len(busy.requests("view")) == 2


async def test_pages_without_an_end_are_given_up(busy: Microsoft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "PAGES", 5)
    busy.empty_pages = 10
    assert isinstance(await refused(busy), TryLater)
    assert len(busy.requests("calendars")) == 5


async def test_a_calendar_beyond_all_measure_is_for_the_member(
    busy: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "_LARGEST", Limits(events=5))
    failure = await refused(busy)
    assert isinstance(failure, MemberMustAct) and failure.cause is Cause.TOO_LARGE
    monkeypatch.setattr(account, "_LARGEST", Limits(events=7))
    assert len(titles(await fetched(busy))) == 7
