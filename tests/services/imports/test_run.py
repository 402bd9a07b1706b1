"""The promises of an import (docs/architecture.md), on both databases, against feeds served over HTTP."""

from datetime import timedelta

import httpx
from sqlmodel import col, select
from structlog.testing import capture_logs

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Availability, Calendar, now
from oncall_ui.reporting.ids import SHORT
from oncall_ui.services.connections.choose import Choice, choose, sync_now
from oncall_ui.services.imports.claim import claim_due
from oncall_ui.services.imports.run import give_up
from tests.calendars import calendar, event, many
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.services.helpers.imports import connected, import_due, make_due, only_calendar, stored


async def test_an_import_keeps_what_is_tagged_and_forgets_the_rest(app: App, alice: Person, feeds: FeedServer) -> None:
    url = feeds.serve("/work.ics", calendar(event("Dentist, noc"), event("Prefer oncall", days=4), event("Lunch")))
    connection_id = await connected(app, alice, url)
    assert only_calendar(app, alice, connection_id).state is State.WAITING
    assert await import_due(app) == 1
    found = only_calendar(app, alice, connection_id)
    assert (found.state, found.events_read, found.entries) == (State.UP_TO_DATE, 3, 2)
    assert stored(app) == [(alice.id, "block"), (alice.id, "prefer")]


async def test_an_import_in_which_nothing_counts_says_what_to_change(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("Lunch"), event("Standup"))))
    await import_due(app)
    assert only_calendar(app, alice, connection_id).why == "none is tagged: choose how events count"


async def test_changing_the_mode_imports_again_although_the_feed_did_not_change(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    url = feeds.serve("/work.ics", calendar(event("Lunch"), event("Standup", hour=14)), etag="1")
    connection_id = await connected(app, alice, url)
    await import_due(app)
    calendar_id = only_calendar(app, alice, connection_id).id
    choose(app, alice.id, connection_id, {calendar_id: Choice(True, Mode.BLOCK)})
    await import_due(app)
    assert stored(app) == [(alice.id, "block"), (alice.id, "block")]


async def test_an_unchanged_feed_is_asked_for_and_not_read(app: App, alice: Person, feeds: FeedServer) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")), etag="1")
    connection_id = await connected(app, alice, url)
    await import_due(app)
    read_at = only_calendar(app, alice, connection_id).last_read_at
    make_due(app)
    await import_due(app)
    found = only_calendar(app, alice, connection_id)
    assert "If-None-Match" in feeds.requests[-1].headers
    assert (found.state, found.entries, found.events_read) == (State.UP_TO_DATE, 1, 1)
    assert read_at is not None and found.last_read_at is not None and found.last_read_at > read_at


async def test_a_failure_changes_the_status_and_never_the_data(app: App, alice: Person, feeds: FeedServer) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")))
    connection_id = await connected(app, alice, url)
    await import_due(app)
    feeds.refuse("/work.ics", status=503)
    make_due(app)
    await import_due(app)
    found = only_calendar(app, alice, connection_id)
    assert (found.state, found.attempts, found.entries) == (State.RETRYING, 1, 1)
    assert "503" in found.why
    assert stored(app) == [(alice.id, "block")]
    assert found.next_import_at is not None and found.next_import_at > now()


async def test_retries_wait_longer_each_time_and_obey_the_server(app: App, alice: Person, feeds: FeedServer) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")))
    connection_id = await connected(app, alice, url)
    feeds.refuse("/work.ics", status=503)
    for minutes in (1, 2, 4, 8):
        make_due(app)
        started = now()
        await import_due(app)
        due = only_calendar(app, alice, connection_id).next_import_at
        assert due is not None
        assert due >= started + timedelta(minutes=minutes) * 0.9
        assert due <= now() + timedelta(minutes=minutes) * 1.1
    feeds.refuse("/work.ics", status=429, retry_after="7200")
    make_due(app)
    await import_due(app)
    due = only_calendar(app, alice, connection_id).next_import_at
    assert due is not None and due - now() > timedelta(seconds=7190)


async def test_a_feed_that_is_gone_needs_the_member_and_is_not_asked_again(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    await import_due(app)
    feeds.remove("/work.ics")
    make_due(app)
    await import_due(app)
    found = only_calendar(app, alice, connection_id)
    assert (found.state, found.next_import_at, found.entries) == (State.NEEDS_YOU, None, 1)
    assert await import_due(app) == 0


async def test_a_web_page_instead_of_the_feed_keeps_the_data_and_tries_again(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    await import_due(app)
    feeds.web_page("/work.ics")
    make_due(app)
    await import_due(app)
    found = only_calendar(app, alice, connection_id)
    assert found.state is State.RETRYING
    assert "web page" in found.why
    assert stored(app) == [(alice.id, "block")]


async def test_switching_a_calendar_off_forgets_what_was_read(app: App, alice: Person, feeds: FeedServer) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    await import_due(app)
    choose(app, alice.id, connection_id, {only_calendar(app, alice, connection_id).id: Choice(False, Mode.MATCHING)})
    assert stored(app) == []
    make_due(app)
    assert await import_due(app) == 0


async def test_sync_now_reads_in_full_what_had_given_up(app: App, alice: Person, feeds: FeedServer) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    feeds.remove("/work.ics")
    await import_due(app)
    feeds.serve("/work.ics", calendar(event("noc")))
    sync_now(app, alice.id, connection_id)
    assert await import_due(app) == 1
    assert only_calendar(app, alice, connection_id).state is State.UP_TO_DATE


async def test_credentials_sealed_with_a_lost_key_need_the_member_and_stop_nobody_else(
    app: App, alice: Person, bob: Person, feeds: FeedServer
) -> None:
    from oncall_ui.models import Connection

    lost = await connected(app, alice, feeds.serve("/a.ics", calendar(event("noc"))))
    fine = await connected(app, bob, feeds.serve("/b.ics", calendar(event("noc"))))
    with app.db.write() as session:
        row = session.exec(select(Connection).where(Connection.id == lost)).one()
        row.sealed = "gAAAAAB-not-ours"
    await import_due(app)
    assert only_calendar(app, alice, lost).state is State.NEEDS_YOU
    assert only_calendar(app, bob, fine).state is State.UP_TO_DATE


async def test_an_import_that_ends_in_an_unforeseen_way_is_tried_again(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    await import_due(app)
    make_due(app)
    (job,) = claim_due(app, 10)
    give_up(app, job)
    found = only_calendar(app, alice, connection_id)
    assert found.state is State.RETRYING and found.next_import_at is not None
    with app.db.read() as session:
        assert session.exec(select(Calendar.cursor)).one() == {}, "what is stored about the last one may be the reason"


async def test_each_import_leaves_a_line_with_its_host_and_what_came_of_it(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    url = feeds.serve("/s3cret.ics", calendar(event("noc"), event("Lunch")), etag="1")
    await connected(app, alice, url)
    with capture_logs() as lines:
        await import_due(app)
        make_due(app)
        await import_due(app)
        feeds.refuse("/s3cret.ics")
        make_due(app)
        await import_due(app)
    told = [line for line in lines if line["event"] in {"imported", "import failed"}]
    assert {line["host"] for line in told} == {httpx.URL(url).netloc.decode()}
    assert all(line["log_level"] == "info" and line["seconds"] >= 0 for line in told)
    assert [(line.get("result"), line.get("events"), line.get("kept")) for line in told[:2]] == [
        ("stored", 2, 1),
        ("unchanged", 2, 1),
    ]
    assert told[2]["cause"] == Cause.SERVER_ERROR
    assert {(line["member"], len(line["import"])) for line in told} == {(alice.id, SHORT)}
    assert len({line["import"] for line in told}) == 3
    assert "s3cret" not in str(lines) and alice.email not in str(lines)


async def test_what_fails_again_and_again_is_said_once_and_when_it_is_over(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")))
    await connected(app, alice, url)
    await import_due(app)
    feeds.refuse("/work.ics", times=3)
    with capture_logs() as lines:
        for _ in range(5):
            make_due(app)
            await import_due(app)
    assert [(line["event"], line["log_level"], line.get("had_failed")) for line in lines if "import" in line] == [
        ("import failed", "info", None),
        ("import failed again", "debug", None),
        ("import failed again", "debug", None),
        ("imported", "info", Cause.SERVER_ERROR),
        ("imported", "info", None),
    ]


async def test_a_large_calendar_is_replaced_in_one_transaction(app: App, alice: Person, feeds: FeedServer) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", many(800)), Mode.BLOCK)
    await import_due(app)
    first = only_calendar(app, alice, connection_id)
    assert first.events_read == 800 and first.entries == len(stored(app)) > 100
    feeds.replace("/work.ics", many(400))
    make_due(app)
    await import_due(app)
    assert only_calendar(app, alice, connection_id).entries == len(stored(app))


async def test_only_what_changed_is_read_again_and_the_outcome_is_that_of_a_full_reading(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    url = feeds.serve("/work.ics", calendar(*(event("noc", days=day, uid=f"{day}@test") for day in range(1, 40))))
    connection_id = await connected(app, alice, url)
    await import_due(app)
    before = rows(app)
    changed = [event("noc", days=day, uid=f"{day}@test") for day in range(1, 40) if day not in {5, 6}]
    changed += [
        event("Lunch", days=5, uid="5@test"),
        event("noc", days=6, hour=20, uid="6@test"),
        event("noc", days=70),
    ]
    feeds.replace("/work.ics", calendar(*changed))
    make_due(app)
    await import_due(app)
    incremental = rows(app)
    assert len(incremental.keys() & before.keys()) == 37, "rows of events that did not change stay as they are"
    sync_now(app, alice.id, connection_id)
    await import_due(app)
    assert list(rows(app).values()) == list(incremental.values())
    found = only_calendar(app, alice, connection_id)
    assert (found.entries, found.events_read) == (39, 40)


async def test_when_the_last_thing_that_counted_goes_the_member_learns_why(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc", uid="1@test"), event("Lunch", days=9)))
    connection_id = await connected(app, alice, url)
    await import_due(app)
    feeds.replace("/work.ics", calendar(event("Dentist", uid="1@test"), event("Lunch", days=9)))
    make_due(app)
    while await import_due(app):
        pass
    found = only_calendar(app, alice, connection_id)
    assert (found.entries, found.why) == (0, "none is tagged: choose how events count")


async def test_a_calendar_that_recovers_forgets_why_it_failed(app: App, alice: Person, feeds: FeedServer) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc")), etag="1"))
    await import_due(app)
    feeds.refuse("/work.ics", status=503)
    make_due(app)
    await import_due(app)
    assert only_calendar(app, alice, connection_id).why
    feeds.accept("/work.ics")
    make_due(app)
    await import_due(app)
    found = only_calendar(app, alice, connection_id)
    assert (found.state, found.why, found.cause) == (State.UP_TO_DATE, "", None)


def rows(app: App) -> dict[int, tuple[str, str]]:
    """Row id → start and end, by start."""
    with app.db.read() as session:
        found = session.exec(select(Availability).order_by(col(Availability.start)))
        return {row.id or 0: (row.start.isoformat(), row.end.isoformat()) for row in found}
