"""A reading that lost nearly everything is kept back and asked about. Time is moved on the rows."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.imports.suspected_loss import Resolution
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Availability, Calendar, now
from oncall_ui.services.connections.choose import Choice, choose, sync_now
from oncall_ui.services.connections.views import CalendarView
from oncall_ui.services.imports.suspected_loss import resolve_suspected_loss
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.services.helpers.imports import connected, import_due, make_due, only_calendar, stored

pytestmark = pytest.mark.slow  # several imports a test

PATH = "/work.ics"


def holding(*days: int) -> bytes:
    """A feed with a blocked event on each of these days from today."""
    return calendar(*(event("noc", days=day, uid=f"{day}@test") for day in days))


FULL = holding(*range(10, 50))
LITTLE = holding(20, 30, 40)


class Feed:
    """Alice’s calendar, and what its address answers."""

    def __init__(self, app: App, alice: Person, feeds: FeedServer) -> None:
        self.app, self.alice, self.feeds = app, alice, feeds
        self.connection_id = 0

    async def connect(self, body: bytes, **served: Any) -> None:
        self.connection_id = await connected(self.app, self.alice, self.feeds.serve(PATH, body, **served))
        await import_due(self.app)

    async def becomes(self, body: bytes) -> CalendarView:
        self.feeds.replace(PATH, body)
        return await self.read()

    async def read(self) -> CalendarView:
        make_due(self.app)
        await import_due(self.app)
        return self.view

    @property
    def view(self) -> CalendarView:
        return only_calendar(self.app, self.alice, self.connection_id)

    def answer(self, answer: Resolution) -> None:
        resolve_suspected_loss(self.app, self.alice.id, self.view.id, answer)

    def write(self, **row: Any) -> None:
        with self.app.db.write() as session:
            session.exec(update(Calendar).values(**row))


@pytest.fixture
def feed(app: App, alice: Person, feeds: FeedServer) -> Feed:
    return Feed(app, alice, feeds)


async def test_a_reading_that_lost_nearly_everything_changes_nothing_and_asks(feed: Feed) -> None:
    await feed.connect(FULL)
    found = await feed.becomes(LITTLE)
    assert (found.state, found.cause, found.why) == (
        State.NEEDS_YOU,
        Cause.SUSPECTED_LOSS,
        "Work suddenly holds 3 of 40 entries.",
    )
    assert len(stored(feed.app)) == found.entries == 40
    loss = found.suspected_loss
    assert loss is not None and found.broken_since is not None
    assert (loss.before, loss.after, loss.taken_at - loss.since) == (40, 3, timedelta(days=7))
    assert found.next_import_at is not None and found.next_import_at > now()


@pytest.mark.parametrize(
    ("before", "after", "is_asked"),
    [
        (range(10, 20), [10, 11], False),
        (range(10, 20), [10], True),
        (range(10, 15), [10], False),
        (range(10, 13), [], True),
        ([10], [], True),
    ],
    ids=["a fifth is left", "less than a fifth", "one of five", "none of three", "no event at all"],
)
@pytest.mark.once_on_postgresql
async def test_what_is_asked_about(feed: Feed, before: range | list[int], after: list[int], is_asked: bool) -> None:
    await feed.connect(holding(*before))
    found = await feed.becomes(holding(*after))
    assert (found.suspected_loss is not None) is is_asked


async def test_a_tag_taken_off_the_last_two_entries_is_no_reason_to_ask(feed: Feed) -> None:
    await feed.connect(holding(10, 11))
    found = await feed.becomes(calendar(event("Dentist", days=10), event("Lunch", days=11)))
    assert (found.suspected_loss, found.entries) == (None, 0)


async def test_days_that_passed_are_no_loss(feed: Feed) -> None:
    await feed.connect(FULL)
    with feed.app.db.write() as session:
        keep = [row.id for row in session.exec(select(Availability).order_by(col(Availability.start)))][-3:]
        past = update(Availability).where(col(Availability.id).not_in(keep))
        session.exec(past.values(start=now() - timedelta(days=3), end=now() - timedelta(days=2)))
    found = await feed.becomes(holding(47, 48, 49))
    assert (found.state, found.entries, found.suspected_loss) == (State.UP_TO_DATE, 3, None)


async def test_a_doubt_is_gone_by_itself_when_the_calendar_is_complete_again(feed: Feed) -> None:
    await feed.connect(FULL, etag="1")
    await feed.becomes(LITTLE)
    found = await feed.becomes(holding(*range(12, 50)))
    assert (found.state, found.suspected_loss, found.broken_since, found.entries) == (State.UP_TO_DATE, None, None, 38)


async def test_a_doubt_is_gone_when_the_address_says_that_nothing_changed(feed: Feed) -> None:
    await feed.connect(FULL, etag="1")
    feed.feeds.serve(PATH, LITTLE, etag="2")
    assert (await feed.read()).suspected_loss
    feed.feeds.serve(PATH, FULL, etag="1")
    found = await feed.read()
    assert (found.state, found.suspected_loss, found.entries) == (State.UP_TO_DATE, None, 40)


async def test_what_comes_back_where_contents_are_not_compared_ends_the_doubt_too(feed: Feed) -> None:
    last_day = [event("noc", days=89, hour=hour, uid=f"{hour}@test") for hour in range(12)]
    await feed.connect(calendar(*last_day))
    assert (await feed.becomes(calendar(last_day[0]))).suspected_loss is not None
    found = await feed.becomes(calendar(*last_day[1:]))
    assert (found.state, found.suspected_loss) == (State.UP_TO_DATE, None)


async def test_taking_reads_again_at_once_and_believes_it(feed: Feed) -> None:
    await feed.connect(FULL)
    await feed.becomes(LITTLE)
    feed.answer(Resolution.TAKE)
    assert (feed.view.state, feed.view.suspected_loss) == (State.WAITING, None)
    assert await import_due(feed.app) == 1
    assert (feed.view.state, feed.view.entries, feed.view.suspected_loss) == (State.UP_TO_DATE, 3, None)
    assert (await feed.becomes(holding(20))).suspected_loss is None


async def test_keeping_asks_no_more_while_it_stays_so(feed: Feed) -> None:
    await feed.connect(FULL)
    await feed.becomes(LITTLE)
    feed.answer(Resolution.KEEP)
    assert (feed.view.state, feed.view.cause, feed.view.broken_since) == (State.RETRYING, Cause.LOSS_KEPT, None)
    feed.write(suspected_since=now() - timedelta(days=30))
    found = await feed.read()
    assert (found.state, found.cause, found.entries) == (State.RETRYING, Cause.LOSS_KEPT, 40)
    assert found.suspected_loss is not None and found.suspected_loss.is_kept
    assert found.why == "Work holds 3 of 40 entries; keeping the old data, as you chose."
    found = await feed.becomes(holding(21, 31))
    assert (found.state, found.cause) == (State.NEEDS_YOU, Cause.SUSPECTED_LOSS), "other content is another question"


async def test_who_kept_may_still_take(feed: Feed) -> None:
    await feed.connect(FULL)
    await feed.becomes(LITTLE)
    feed.answer(Resolution.KEEP)
    feed.answer(Resolution.TAKE)
    await import_due(feed.app)
    assert feed.view.entries == 3


async def test_what_is_kept_becomes_stale_after_a_day(feed: Feed) -> None:
    await feed.connect(FULL)
    await feed.becomes(LITTLE)
    feed.answer(Resolution.KEEP)
    feed.write(last_read_at=now() - timedelta(hours=25))
    assert (await feed.read()).is_stale(now())


async def test_after_seven_days_without_an_answer_the_same_content_is_believed(feed: Feed) -> None:
    await feed.connect(FULL)
    since = (await feed.becomes(LITTLE)).suspected_loss
    feed.write(suspected_since=now() - timedelta(days=6, hours=23))
    assert since is not None and (await feed.read()).suspected_loss is not None
    feed.write(suspected_since=now() - timedelta(days=7, minutes=1))
    found = await feed.read()
    assert (found.state, found.entries, found.suspected_loss) == (State.UP_TO_DATE, 3, None)


async def test_the_seven_days_begin_again_with_other_content(feed: Feed) -> None:
    await feed.connect(FULL)
    await feed.becomes(LITTLE)
    feed.write(suspected_since=now() - timedelta(days=8))
    found = await feed.becomes(holding(22))
    assert found.suspected_loss is not None and now() - found.suspected_loss.since < timedelta(minutes=1)
    assert found.entries == 40


async def test_a_change_of_rules_by_the_member_is_never_doubted(feed: Feed) -> None:
    await feed.connect(holding(*range(10, 50)))
    choose(feed.app, feed.alice.id, feed.connection_id, {feed.view.id: Choice(True, Mode.PREFER)})
    feed.feeds.replace(PATH, LITTLE)
    await import_due(feed.app)
    assert (feed.view.state, feed.view.entries) == (State.UP_TO_DATE, 3)


async def test_sync_now_looks_again_and_answers_nothing_for_the_member(feed: Feed) -> None:
    await feed.connect(FULL)
    await feed.becomes(LITTLE)
    sync_now(feed.app, feed.alice.id, feed.connection_id)
    await import_due(feed.app)
    assert (feed.view.cause, feed.view.entries) == (Cause.SUSPECTED_LOSS, 40)


async def test_a_new_day_is_no_change_of_rules(feed: Feed) -> None:
    await feed.connect(FULL)
    rules = "".join(_read_as(feed).partition("-")[1:])
    feed.write(rules_version=f"202001010000{rules}")
    assert (await feed.becomes(LITTLE)).suspected_loss is not None


async def test_a_failure_meanwhile_is_what_can_be_acted_on(feed: Feed) -> None:
    await feed.connect(FULL)
    first = (await feed.becomes(LITTLE)).suspected_loss
    feed.feeds.refuse(PATH, status=503, times=1)
    found = await feed.read()
    assert (found.state, found.suspected_loss) == (State.RETRYING, None)
    assert (await feed.read()).suspected_loss == first, "the same question, as old as before"


async def test_only_the_owner_answers(feed: Feed, mallory: Person) -> None:
    await feed.connect(FULL)
    await feed.becomes(LITTLE)
    with pytest.raises(NotAllowed):
        resolve_suspected_loss(feed.app, mallory.id, feed.view.id, Resolution.TAKE)
    with pytest.raises(NotAllowed):
        resolve_suspected_loss(feed.app, feed.alice.id, 999, Resolution.TAKE)
    assert feed.view.suspected_loss is not None


async def test_an_answer_to_a_doubt_that_is_gone_changes_nothing(feed: Feed) -> None:
    await feed.connect(FULL)
    before = feed.view
    feed.answer(Resolution.TAKE)
    feed.answer(Resolution.KEEP)
    assert feed.view == before


def _read_as(feed: Feed) -> str:
    with feed.app.db.read() as session:
        return session.exec(select(Calendar)).one().rules_version
