"""What Google says instead of an answer: who can act, what they read, and that nothing of it costs more than a try."""

from datetime import timedelta

import pytest

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from tests.calendars import in_days
from tests.fakes.google import CALENDARS, EVENTS, FREE_BUSY, Google, error
from tests.fakes.google_calendars import timed
from tests.providers.helpers.google import ALICE, discovered, fetched, read


@pytest.fixture(autouse=True)
def _calendar(google: Google) -> None:
    events = [timed(f"Secret meeting {number}", in_days(number), in_days(number, 1)) for number in range(1, 6)]
    google.account(ALICE).primary.events = events


async def refused(google: Google, *, scopes: tuple[str, ...] = (CALENDARS, EVENTS, FREE_BUSY)) -> Failure:
    with pytest.raises(Failure) as caught:
        await fetched(google, scopes=scopes)
    told = f"{caught.value} {caught.value.sentence} {caught.value.detail}"
    assert not [secret for secret in (*google.issued, ALICE, "Secret meeting") if secret in told]
    return caught.value


QUOTAS = ["rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"]


@pytest.mark.parametrize("reason", QUOTAS)
async def test_a_quota_that_is_used_up_is_waited_for(google: Google, reason: str) -> None:
    google.fail("events", status=403, body=error(403, reason), retry_after="90")
    failure = await refused(google)
    assert isinstance(failure, TryLater)
    assert (failure.cause, failure.retry_after) == (Cause.BUSY, timedelta(seconds=90))
    assert "asked us to wait" in failure.sentence


@pytest.mark.parametrize(("status", "cause"), [(429, Cause.BUSY), (500, Cause.SERVER_ERROR), (503, Cause.SERVER_ERROR)])
async def test_trouble_at_google_is_waited_for(google: Google, status: int, cause: Cause) -> None:
    google.fail("events", status=status, retry_after="5")
    failure = await refused(google)
    assert isinstance(failure, TryLater)
    assert (failure.cause, failure.retry_after) == (cause, timedelta(seconds=5))


@pytest.mark.parametrize("body", [error(403, "accessNotConfigured"), error(403, "forbidden", "SERVICE_DISABLED")])
async def test_an_api_that_is_switched_off_is_for_the_operator_and_heals_by_itself(
    google: Google, body: dict[str, object]
) -> None:
    google.fail("events", status=403, body=body)
    failure = await refused(google)
    assert isinstance(failure, TryLater)
    assert "Ask your administrator to enable it there" in failure.sentence


@pytest.mark.parametrize(
    "body", [error(403, "insufficientPermissions"), error(403, "forbidden", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")]
)
async def test_too_little_access_is_for_the_member(google: Google, body: dict[str, object]) -> None:
    google.fail("events", status=403, body=body)
    failure = await refused(google)
    assert isinstance(failure, MemberMustAct)
    assert "every box ticked" in failure.sentence


async def test_a_scope_that_was_taken_back_is_for_the_member(google: Google) -> None:
    with pytest.raises(MemberMustAct) as caught:
        await discovered(google, scopes=(EVENTS, FREE_BUSY))
    assert "every box ticked" in caught.value.sentence


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (error(403, "forbidden"), "does not let you read this calendar"),
        ({"error": {"code": 403, "status": "PERMISSION_DENIED"}}, "does not let you read this calendar"),
        (error(403, "notACalendarUser"), "Open Google Calendar with it once"),
    ],
)
async def test_a_prohibition_with_a_reason_is_for_the_member(
    google: Google, body: dict[str, object], words: str
) -> None:
    google.fail("events", status=403, body=body)
    failure = await refused(google)
    assert isinstance(failure, MemberMustAct)
    assert failure.cause is Cause.REFUSED
    assert words in failure.sentence


@pytest.mark.parametrize(
    "body",
    [
        error(403, "somethingNew"),
        {"error": "forbidden"},
        {"error": {"errors": [5], "details": "x", "status": 7}},
        {},
        b"<html>Blocked</html>",
    ],
)
async def test_one_that_nobody_can_explain_is_tried_again_and_then_asked_about(
    google: Google, body: dict[str, object] | bytes
) -> None:
    google.fail("events", status=403, body=body)
    failure = await refused(google)
    assert isinstance(failure, TryLater)
    assert (failure.cause, failure.sentence) == (Cause.REFUSED, "Google refused without saying why (403).")
    assert [failure.needs_member(attempts) for attempts in (1, 7, 8)] == [False, False, True]


async def test_lost_access_is_for_the_member(google: Google) -> None:
    google.fail("events", status=401, body=error(401, "authError"))
    failure = await refused(google)
    assert isinstance(failure, MemberMustAct)
    assert failure.sentence.startswith("Google no longer lets us in")


@pytest.mark.parametrize("status", [404, 410])
async def test_a_calendar_that_is_gone_is_for_the_member(google: Google, status: int) -> None:
    google.fail("events", status=status, body=error(status, "notFound"))
    failure = await refused(google)
    assert isinstance(failure, MemberMustAct)
    assert failure.cause is Cause.NOT_FOUND
    assert "no longer has this calendar" in failure.sentence


@pytest.mark.parametrize("status", [400, 410])
async def test_a_page_that_ran_out_is_tried_later(google: Google, status: int) -> None:
    google.fail("events", delay=0)
    google.fail("events", status=status, body=error(status, "fullSyncRequired"))
    failure = await refused(google)
    assert isinstance(failure, TryLater)
    assert failure.cause is Cause.SERVER_ERROR
    assert len(google.requests("events")) == 2


async def test_a_list_of_calendars_that_is_not_there_is_no_calendar_that_is_gone(google: Google) -> None:
    google.fail("calendarList", status=404)
    with pytest.raises(TryLater):
        await discovered(google)


MALFORMED = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"<html>Sign in</html>",
    b"\xff\xfe",
    b'{"items": 5}',
    b'{"items": {}}',
    b'{"items": [], "nextPageToken": 5}',
    b'{"items": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"items": [' + b"9" * 5_000 + b"]}",
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
async def test_an_unreadable_answer_is_tried_later(google: Google, body: bytes) -> None:
    google.fail("events", status=200, body=body)
    google.fail("calendarList", status=200, body=body)
    with pytest.raises(TryLater, match="not the JSON it should be"):
        await fetched(google)
    with pytest.raises(TryLater, match="not the JSON it should be"):
        await discovered(google)


@pytest.mark.parametrize("body", [*MALFORMED[:7], b'{"sub": 5}', b'{"sub": "1", "email": ["x"]}'], ids=range(9))
async def test_an_unreadable_owner_is_tried_later(google: Google, body: bytes) -> None:
    google.fail("userinfo", status=200, body=body)
    with pytest.raises(TryLater):
        await discovered(google)


@pytest.mark.parametrize("depth", range(900, 1000, 3))
async def test_no_depth_of_nesting_ends_in_anything_but_a_failure(google: Google, depth: int) -> None:
    google.fail("events", status=200, body=b'{"items": [' + b"[" * depth + b"]" * depth + b"]}")
    try:
        await fetched(google)
    except TryLater as failure:
        assert failure.cause is Cause.SERVER_ERROR


async def test_pages_that_come_round_again_are_not_read_for_ever(google: Google) -> None:
    google.fail("events", status=200, body={"items": [], "nextPageToken": "same"}, times=None)
    assert isinstance(await refused(google), TryLater)
    assert len(google.requests("events")) == 2


async def test_pages_that_repeat_after_the_last_one_end_the_list(google: Google) -> None:
    account = google.people[ALICE]
    account.primary.events = [timed(str(each), in_days(each, 9), in_days(each, 10)) for each in range(1, 6)]
    account.add("team@group.calendar.google.com", "Team")
    google.repeats_last = True
    assert len((await read(google)).occurrences) == 5
    assert len(google.requests("events")) == 4
    assert len((await discovered(google)).calendars) == 2


async def test_a_full_page_that_repeats_may_not_be_the_end(google: Google) -> None:
    event = timed("1", in_days(1, 9), in_days(1, 10))
    items = [event | {"id": str(number)} for number in range(2500)]
    for number in range(2):
        google.fail("events", status=200, body={"items": items, "nextPageToken": str(number)})
    assert isinstance(await refused(google), TryLater)
    assert len(google.requests("events")) == 2


@pytest.mark.slow
async def test_pages_without_an_end_are_not_read_for_ever(google: Google) -> None:
    google.is_endless = True
    assert isinstance(await refused(google), TryLater)
    assert len(google.requests("events")) == 200


async def test_a_connection_that_breaks_is_tried_later(google: Google) -> None:
    google.fail("events", delay=0)
    google.fail("events", cut=True)
    assert isinstance(await refused(google), TryLater)
