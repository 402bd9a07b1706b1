"""A preview promises what the import brings, reads for its owner alone, and leaves nothing behind."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from oncall_ui.app import App
from oncall_ui.domain.availability.day_grid import days_of
from oncall_ui.domain.availability.preview import CountingMode, Preview, preview_for
from oncall_ui.domain.availability.rules import Action, Mode
from oncall_ui.domain.availability.spans import AvailabilitySpan
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater, Unreadable
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Availability, Calendar, Connection
from oncall_ui.services.accounts.addresses import add_address
from oncall_ui.services.connections.choose import Choice, choose
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.views import list_connections
from oncall_ui.services.imports.preview import CalendarPreview, preview
from oncall_ui.services.team.tags import save_tags
from oncall_ui.settings import Settings
from oncall_ui.worker import Workers
from tests.calendars import calendar, event, in_days, many
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.fakes.google import Google
from tests.fakes.graph import Microsoft
from tests.fakes.radicale import PASSWORD, Radicale
from tests.services.helpers.imports import connected, import_due, only_calendar, stored
from tests.services.helpers.oauth import sign_in
from tests.vendors import AtGoogle, AtMicrosoft, Vendor, registered

OTHER = "a.moreno@example.org"
EVERY_WAY = [CountingMode(mode, free, all_day) for mode in Mode for free in (False, True) for all_day in (False, True)]


def whole_day(title: str, days: int, *more: str) -> str:
    day = f"DTSTART;VALUE=DATE:{in_days(days):%Y%m%d}"
    return "\r\n".join(
        ["BEGIN:VEVENT", f"UID:{title}@test", "DTSTAMP:20260101T000000Z", day, f"SUMMARY:{title}", *more, "END:VEVENT"]
    )


def invitation(title: str, days: int, address: str, answer: str) -> str:
    more = ["ORGANIZER:mailto:boss@example.org", f"ATTENDEE;PARTSTAT={answer}:mailto:{address}"]
    return event(title, days=days, more=more)


FREE = "TRANSP:TRANSPARENT"
MIXED = calendar(
    event("Dentist, noc", days=2),
    event("Prefer oncall", days=3, more=[FREE]),
    event("Lunch", days=4),
    event("Standup", days=1, more=["RRULE:FREQ=DAILY;COUNT=20"]),
    event("Maybe here", days=5, more=[FREE]),
    whole_day("Easter", 6),
    whole_day("New Year", 7, FREE),
    event("Gone, noc", days=8, more=["STATUS:CANCELLED"]),
    invitation("Offsite", 9, "alice@example.org", "DECLINED"),
    invitation("Review, noc", 10, "alice@example.org", "ACCEPTED"),
    invitation("Retreat, noc", 11, OTHER, "ACCEPTED"),
    event("Point, noc", days=12, hours=0),
    event("Twice, noc", days=13, uid="same@test"),
    event("Twice, noc", days=13, uid="same@test"),
)


@pytest.fixture
def settings(settings: Settings, google: Google, microsoft: Microsoft) -> Settings:
    return registered(settings, google, microsoft)


async def connected_to(app: App, person: Person, feeds: FeedServer, body: bytes = MIXED) -> int:
    """The id of the person's only calendar, switched on."""
    return only_calendar(app, person, await connected(app, person, feeds.serve("/work.ics", body))).id


async def seen(app: App, person: Person, calendar_id: int) -> Mapping[CountingMode, Preview]:
    return (await preview(app, person.id, calendar_id, ignore)).previews


def ignore(_events: int) -> None:
    """Nobody waits."""


async def test_every_choice_imports_as_much_as_its_preview_promised(app: App, alice: Person, feeds: FeedServer) -> None:
    calendar_id = await connected_to(app, alice, feeds)
    forecasts = await seen(app, alice, calendar_id)
    connection_id = list_connections(app, alice.id)[0].id
    for way in EVERY_WAY:
        choice = Choice(True, way.mode, counts_free=way.counts_free, counts_all_day=way.counts_all_day)
        choose(app, alice.id, connection_id, {calendar_id: choice})
        await import_due(app)
        promised = preview_for(forecasts, way)
        assert promised.spans == len(stored(app)) == only_calendar(app, alice, connection_id).entries > 0, way
        imported = kept(app)
        listed = [(each.event.start, each.event.end, each.action) for each in promised.counting]
        assert set(listed) <= set(imported) and len(listed) == promised.number, way
        assert sum(each.event.times for each in promised.counting) == len(imported), way
        assert list(promised.days) == days_of(
            [AvailabilitySpan(moment(start), moment(end), action) for start, end, action in imported],
            promised.days[0].date,
            len(promised.days),
            today=promised.days[0].date,
            zone=alice.me.member.tz,
            known_until=date.max,
        ), way


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def kept(app: App) -> list[tuple[int, int, Action]]:
    with app.db.read() as session:
        rows = session.exec(select(Availability))
        return sorted((int(each.start.timestamp()), int(each.end.timestamp()), each.action) for each in rows)


async def test_a_calendar_that_is_off_is_previewed_and_stays_as_it_is(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connect(app, alice.id, "ics", "Work", {"url": feeds.serve("/work.ics", MIXED)})
    (found,) = list_connections(app, alice.id)[0].calendars
    choose(app, alice.id, connection_id, {found.id: Choice(False, Mode.MATCHING)})
    before = rows(app)
    assert preview_for(await seen(app, alice, found.id), CountingMode(Mode.MATCHING)).number > 0
    assert rows(app) == before and stored(app) == []


def rows(app: App) -> list[dict[str, object]]:
    with app.db.read() as session:
        found = [*session.exec(select(Calendar)), *session.exec(select(Connection))]
        return [each.model_dump() for each in found]


async def test_trusting_the_address_it_names_moves_its_events_over(app: App, alice: Person, feeds: FeedServer) -> None:
    calendar_id = await connected_to(app, alice, feeds)
    before = preview_for(await seen(app, alice, calendar_id), CountingMode(Mode.MATCHING))
    (asked,) = (each for each in before.ignored if each.address)
    assert (asked.words, asked.number) == (f"accepted by {OTHER}: not one of your addresses", 1)
    add_address(app, alice.id, asked.address, is_confirmed=True)
    after = preview_for(await seen(app, alice, calendar_id), CountingMode(Mode.MATCHING))
    assert after.number == before.number + 1
    assert not any(each.address for each in after.ignored)


async def test_the_address_of_another_member_is_nobody_elses_to_trust(
    app: App, alice: Person, bob: Person, feeds: FeedServer
) -> None:
    body = calendar(invitation("Offsite", 9, bob.email, "ACCEPTED").replace("boss@example.org", bob.email))
    found = preview_for(
        await seen(app, alice, await connected_to(app, alice, feeds, body)), CountingMode(Mode.MATCHING)
    )
    assert [(each.number, each.address) for each in found.ignored] == [(1, "")]


async def test_nobody_previews_another_members_calendar(
    app: App, alice: Person, mallory: Person, feeds: FeedServer
) -> None:
    calendar_id = await connected_to(app, alice, feeds)
    feeds.clear()
    for wanted in (calendar_id, 999):
        with pytest.raises(NotAllowed):
            await preview(app, mallory.id, wanted, ignore)
    assert feeds.requests == []


async def test_the_words_of_the_team_decide(app: App, alice: Person, feeds: FeedServer) -> None:
    calendar_id = await connected_to(app, alice, feeds)
    save_tags(app, alice.id, ["lunch"], ["gladly"])
    found = preview_for(await seen(app, alice, calendar_id), CountingMode(Mode.MATCHING))
    assert [each.event.title for each in found.counting] == ["Lunch"]


@pytest.mark.parametrize(
    ("status", "kind"), [(404, MemberMustAct), (401, MemberMustAct), (503, TryLater), (429, TryLater)]
)
@pytest.mark.once_on_postgresql
async def test_a_server_that_refuses_is_named_and_nothing_changes(
    app: App, alice: Person, feeds: FeedServer, status: int, kind: type[Failure]
) -> None:
    calendar_id = await connected_to(app, alice, feeds)
    before = rows(app)
    feeds.refuse("/work.ics", status=status)
    with pytest.raises(kind) as failed:
        await preview(app, alice.id, calendar_id, ignore)
    assert failed.value.sentence.endswith(".")
    assert rows(app) == before


async def test_what_is_no_calendar_says_so(app: App, alice: Person, feeds: FeedServer) -> None:
    calendar_id = await connected_to(app, alice, feeds)
    feeds.web_page("/work.ics")
    with pytest.raises(Failure) as failed:
        await preview(app, alice.id, calendar_id, ignore)
    assert "web page" in failed.value.sentence


async def test_credentials_sealed_with_a_lost_key_ask_to_reconnect(app: App, alice: Person, feeds: FeedServer) -> None:
    calendar_id = await connected_to(app, alice, feeds)
    with app.db.write() as session:
        session.exec(select(Connection)).one().sealed = "gAAAAAB-not-ours"
    with pytest.raises(MemberMustAct, match=Cause.KEY_LOST):
        await preview(app, alice.id, calendar_id, ignore)


@pytest.mark.slow
async def test_a_calendar_that_takes_too_long_to_work_out_costs_its_own_preview_alone(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    calendar_id = await connected_to(app, alice, feeds, many(20_000))
    hurried = Workers(processes=1, seconds=0.01)
    try:
        with pytest.raises(Unreadable) as failed:
            await preview(replace(app, workers=hurried), alice.id, calendar_id, ignore)
    finally:
        hurried.stop()
    assert failed.value.cause is Cause.TOO_LARGE
    assert preview_for(await seen(app, alice, calendar_id), CountingMode(Mode.BLOCK)).number == 20_000


async def test_progress_is_told_while_it_reads(app: App, alice: Person, feeds: FeedServer) -> None:
    calendar_id = await connected_to(app, alice, feeds, many(3000))
    told: list[int] = []
    await preview(app, alice.id, calendar_id, told.append)
    assert told and max(told) > 0


async def test_no_title_is_logged(app: App, alice: Person, feeds: FeedServer) -> None:
    calendar_id = await connected_to(app, alice, feeds)
    with capture_logs() as said:
        await seen(app, alice, calendar_id)
        feeds.serve("/work.ics", b"BEGIN:VCALENDAR\r\nSUMMARY:Dentist\r\n", cut_after=20)
        with pytest.raises(Failure):
            await seen(app, alice, calendar_id)
    assert [line["event"] for line in said if line["log_level"] != "debug"] == ["preview failed"]
    assert "Dentist" not in repr(said)


async def test_a_member_previews_one_calendar_at_a_time_and_leaving_makes_room_at_once(
    app: App, alice: Person, bob: Person, feeds: FeedServer
) -> None:
    hers = await connected_to(app, alice, feeds)
    his = only_calendar(app, bob, await connected(app, bob, feeds.serve("/bob.ics", MIXED))).id
    feeds.clear()
    with feeds.hold("/work.ics") as held:
        first = asyncio.create_task(preview(app, alice.id, hers, ignore))
        await asyncio.to_thread(held.reached)
        second = asyncio.create_task(preview(app, alice.id, hers, ignore))
        assert isinstance(await preview(app, bob.id, his, ignore), CalendarPreview)
        assert [each.path for each in feeds.requests] == ["/work.ics", "/bob.ics"]
        first.cancel()
    assert isinstance(await second, CalendarPreview)
    assert first.cancelled() and not app.previewing.locked()


@pytest.mark.parametrize("name", ["google", "microsoft"])
async def test_vendors_are_previewed_the_same_way(
    app: App, alice: Person, google: Google, microsoft: Microsoft, name: str
) -> None:
    vendor: Vendor = AtGoogle(google) if name == "google" else AtMicrosoft(microsoft)
    led = await sign_in(app, alice, vendor)
    found = only_calendar(app, alice, led.connection_id)
    forecasts = await seen(app, alice, found.id)
    (counting,) = preview_for(forecasts, CountingMode(Mode.MATCHING)).counting
    assert (counting.event.title, counting.words) == ("noc", "tag “noc” in the title")
    vendor.invite("declined")
    (ignored,) = preview_for(await seen(app, alice, found.id), CountingMode(Mode.MATCHING)).ignored
    assert ignored.words == "an invitation you declined"


async def test_free_and_busy_times_have_no_title_and_say_busy(app: App, alice: Person, google: Google) -> None:
    led = await sign_in(app, alice, AtGoogle(google), free_busy_only=True)
    found = only_calendar(app, alice, led.connection_id)
    (counting,) = preview_for(await seen(app, alice, found.id), CountingMode(Mode.MATCHING)).counting
    assert (counting.event.title, counting.words) == ("Busy", "published as busy")


async def test_each_calendar_of_a_caldav_account_is_previewed_by_itself(
    app: App, alice: Person, radicale: Radicale
) -> None:
    radicale.hold("personal", {"1": event("noc")}, title="Personal")
    radicale.hold("rota", {"1": event("Shift", days=4), "2": event("Shift", days=6)}, title="Rota")
    typed = {"url": radicale.url, "user": radicale.user, "password": PASSWORD}
    await connect(app, alice.id, "caldav", "", typed)
    found = {each.name: each.id for each in list_connections(app, alice.id)[0].calendars}
    numbers = {
        name: preview_for(await seen(app, alice, calendar_id), CountingMode(Mode.MATCHING)).number
        for name, calendar_id in found.items()
    }
    assert numbers == {"Personal": 1, "Rota": 0}
    assert preview_for(await seen(app, alice, found["Rota"]), CountingMode(Mode.PREFER)).number == 2
