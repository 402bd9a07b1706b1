"""Whole imports of feeds whose server answers what nobody asked for."""

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.state import State
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.services.helpers.imports import connected, import_due, make_due, only_calendar, stored

FEED = "/work.ics"


async def test_nothing_changed_is_not_up_to_date_while_nothing_was_read(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve(FEED, calendar(event("noc")), etag="1"))
    feeds.refuse(FEED, status=304)
    await import_due(app)
    found = only_calendar(app, alice, connection_id)
    assert (found.state, found.last_read_at, found.entries) == (State.RETRYING, None, 0)
    feeds.accept(FEED)
    make_due(app)
    await import_due(app)
    found = only_calendar(app, alice, connection_id)
    assert (found.state, found.entries) == (State.UP_TO_DATE, 1)


async def test_a_new_etag_of_the_same_feed_makes_the_next_request_conditional_again(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    body = calendar(event("noc"))
    connection_id = await connected(app, alice, feeds.serve(FEED, body, etag="1"))
    await import_due(app)
    feeds.replace(FEED, body, etag="2")
    for sent in ('"1"', '"2"'):
        make_due(app)
        await import_due(app)
        assert feeds.requests[-1].headers["If-None-Match"] == sent
    found = only_calendar(app, alice, connection_id)
    assert (found.state, found.entries, found.events_read) == (State.UP_TO_DATE, 1, 1)
    feeds.replace(FEED, calendar(event("noc"), event("noc", days=3, uid="2")), etag="3")
    make_due(app)
    await import_due(app)
    assert only_calendar(app, alice, connection_id).entries == 2, "a change is still seen"


async def test_a_circle_of_redirects_is_retried_before_the_member_is_asked(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve(FEED, calendar(event("noc"))))
    await import_due(app)
    feeds.redirect(FEED, to=FEED)
    states = []
    for _ in range(8):
        make_due(app)
        await import_due(app)
        states.append(only_calendar(app, alice, connection_id).state)
    assert states == [State.RETRYING] * 7 + [State.NEEDS_YOU]
    found = only_calendar(app, alice, connection_id)
    assert (found.cause, found.why) == (Cause.REDIRECT_LOOP, "127.0.0.1 redirects too many times.")
    assert stored(app) == [(alice.id, "block")]


async def test_a_circle_at_the_end_of_an_outage_is_retried_too(app: App, alice: Person, feeds: FeedServer) -> None:
    connection_id = await connected(app, alice, feeds.serve(FEED, calendar(event("noc"))))
    feeds.refuse(FEED, status=503, times=9)
    feeds.redirect(FEED, to=FEED)
    for _ in range(10):
        make_due(app)
        await import_due(app)
    found = only_calendar(app, alice, connection_id)
    assert (found.state, found.cause, found.attempts) == (State.RETRYING, Cause.REDIRECT_LOOP, 10)
