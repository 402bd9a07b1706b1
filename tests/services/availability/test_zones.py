"""Days on which the clocks change, in Auckland and in Los Angeles.

Each is on the right days and hours for every viewer, from every source and in every output.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from oncall_ui.app import App
from oncall_ui.domain.availability.day_grid import Day, DayState, Segment, monday_of, strip
from oncall_ui.domain.availability.evaluate import evaluate
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action, Mode, Rules
from oncall_ui.domain.availability.spans import AvailabilitySpan
from oncall_ui.domain.availability.window import DAYS_AHEAD, days_from, start_of_day
from oncall_ui.domain.ical import Changes
from oncall_ui.models import ManualEntry
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.availability.personal_days import read_personal_days
from oncall_ui.services.availability.query import calendar_spans, personal_spans
from oncall_ui.services.sharing.feed import create_feed_link, open_feed
from oncall_ui.services.sharing.tokens import create_token
from oncall_ui.services.team.grid import read_team
from pages.sharing.api import routes
from pages.team.cells import GridRow as Row
from pages.team.cells import grid_window, team_grid
from providers import PRODUCTS
from providers.base import Product
from tests.conftest import Person, person
from tests.services.helpers.clock_changes import AUCKLAND, CHANGES, LOS_ANGELES, ONE_DAY, WITH_ZONES, Change, reading_of
from tests.services.helpers.team import add_calendar, add_people, add_spans

EVERYTHING = Rules(Mode.BLOCK)
over_changes = pytest.mark.parametrize("change", CHANGES, ids=str)
of_products = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
whoever_reads = pytest.mark.parametrize("member", [AUCKLAND, LOS_ANGELES], ids=str)


@of_products
@over_changes
def test_in_a_calendar_without_a_zone_days_are_the_members(product: Product, change: Change) -> None:
    window = days_from(three_days_before(change), change.zone)
    (at,) = reading_of(product, [change.day], window, change.zone).occurrences
    assert (at.starts_at, at.ends_at, at.all_day) == (change.start, change.end, True)


@pytest.mark.parametrize("product", WITH_ZONES, ids=lambda product: product.key)
@over_changes
@whoever_reads
def test_in_a_calendar_with_a_zone_days_are_the_calendars(product: Product, change: Change, member: ZoneInfo) -> None:
    window = days_from(three_days_before(change), member)
    (at,) = reading_of(product, [change.day], window, member, change.zone.key).occurrences
    assert (at.starts_at, at.ends_at, at.all_day) == (change.start, change.end, True)


@of_products
@over_changes
@pytest.mark.parametrize("is_first", [True, False], ids=["first", "last"])
def test_the_first_and_the_last_day_of_a_window_belong_to_it(product: Product, change: Change, is_first: bool) -> None:
    window = days_from(change.day - timedelta(days=0 if is_first else DAYS_AHEAD - 1), change.zone)
    assert change.start == window.start if is_first else change.end == window.end
    around = [change.day + number * ONE_DAY for number in (-1, 0, 1)]
    found = reading_of(product, around, window, change.zone).occurrences
    inside = around[1:] if is_first else around[:2]
    assert [at.starts_at for at in found] == [start_of_day(day, change.zone) for day in inside]


@over_changes
def test_owners_see_their_whole_day_on_home_and_among_the_team(app: App, change: Change) -> None:
    for source, owner in owners(app, change).items():
        home = [day for day in home_of(app, owner, change) if day.segments]
        team = [day for day in row_seen(app, owner, change, change.zone).days if day.segments]
        assert [(day.date, day.state) for day in home] == [(change.day, DayState.BLOCKED)], source
        assert [(day.date, day.segments) for day in home] == [(day.date, day.segments) for day in team], source


@over_changes
def test_a_viewer_elsewhere_sees_it_on_their_own_days_and_hours(app: App, change: Change) -> None:
    expected = {day: (Segment(Action.BLOCK, *hours),) for day, hours in change.elsewhere.items()}
    for source, owner in owners(app, change).items():
        seen = [day for day in row_seen(app, owner, change, change.other).days if day.segments]
        assert {day.date: day.segments for day in seen} == expected, source
        assert {day.state for day in seen} == {DayState.BLOCKED_IN_PART}, source


@over_changes
@whoever_reads
def test_the_weeks_on_the_screen_are_whole_days_of_whoever_looks(change: Change, member: ZoneInfo) -> None:
    window = grid_window(change.day, member)
    here = window.start.astimezone(member), window.end.astimezone(member)
    assert [(moment.hour, moment.minute, moment.weekday()) for moment in here] == [(0, 0, 0)] * 2
    assert (here[1].date() - here[0].date()).days >= DAYS_AHEAD


@over_changes
@whoever_reads
async def test_a_program_asks_for_days_and_gets_its_owners(app: App, change: Change, member: ZoneInfo) -> None:
    reader = person(app, "Reader", zone=member.key)
    owner = owner_of_manual_days(app, change)
    answer = await ask(app, reader, f"start={change.day}&end={change.day + ONE_DAY}")
    start, end = start_of_day(change.day, member), start_of_day(change.day + ONE_DAY, member)
    assert (moment(answer["start"]), moment(answer["end"])) == (start, end)
    (told,) = [each for each in answer["members"] if each["id"] == owner]
    shared = max(start, change.start), min(end, change.end)
    assert [(moment(each["start"]), moment(each["end"])) for each in told["intervals"]] == [shared]


@whoever_reads
def test_the_feed_contains_the_instants_of_manual_days(app: App, member: ZoneInfo) -> None:
    alice = person(app, "Alice", zone=member.key)
    changes = next_changes(member)
    for day in changes:
        add_manual_days(app, alice.id, ManualDays(day, day, Action.BLOCK))
    feed = open_feed(app, create_feed_link(app, alice.id).rpartition("/")[2].removesuffix(".ics"))
    assert feed is not None
    spans = [
        AvailabilitySpan(start_of_day(day, member), start_of_day(day + ONE_DAY, member), Action.BLOCK)
        for day in changes
    ]
    assert list(feed.spans) == spans
    assert sorted(span.end - span.start for span in spans) == [timedelta(hours=23), timedelta(hours=25)]
    for span in spans:
        assert f"DTSTART:{span.start:%Y%m%dT%H%M%SZ}\r\nDTEND:{span.end:%Y%m%dT%H%M%SZ}\r\n".encode() in feed.text()


def owners(app: App, change: Change) -> dict[str, int]:
    """Members there who are away on that day, by source: a calendar of each product, and manual days."""
    return {product.key: owner_by_calendar(app, change, product) for product in PRODUCTS} | {
        "manual": owner_of_manual_days(app, change)
    }


def owner_of_manual_days(app: App, change: Change) -> int:
    (owner,) = add_people(app, "Added by you", zone=change.zone.key)
    with app.db.write() as session:
        session.add(ManualEntry(member_id=owner, first_day=change.day, last_day=change.day, action=Action.BLOCK))
    return owner


def owner_by_calendar(app: App, change: Change, product: Product) -> int:
    (owner,) = add_people(app, product.name, zone=change.zone.key)
    window = days_from(three_days_before(change), change.zone)
    pieces = evaluate(Changes(reading_of(product, [change.day], window, change.zone)), EVERYTHING).spans
    times = [tuple(datetime.fromtimestamp(seconds, UTC) for seconds in piece[:2]) for piece in pieces]
    calendar = add_calendar(app, owner, last_read_at=window.start)
    add_spans(app, owner, calendar, *((start, end, Action.BLOCK) for start, end in times))
    return owner


def home_of(app: App, owner: int, change: Change) -> list[Day]:
    """The owner's days as Home shows them three days before."""
    today = three_days_before(change)
    window = days_from(monday_of(today), change.zone, DAYS_AHEAD + 7)
    spans = calendar_spans(app, owner, window) + personal_spans(read_personal_days(app, owner, window, today))
    return strip(spans, today=today, zone=change.zone, known_until=date.max)


def row_seen(app: App, owner: int, change: Change, zone: ZoneInfo) -> Row:
    """The owner's row on the team's page of somebody in `zone`, three days before."""
    today = three_days_before(change)
    view = read_team(app, owner, grid_window(today, zone), start_of_day(today, zone))
    (row,) = [each for each in team_grid(view, today, zone).rows if each.member.id == owner]
    return row


def three_days_before(change: Change) -> date:
    return change.day - timedelta(days=3)


def next_changes(zone: ZoneInfo) -> list[date]:
    """The next two days that don't have 24 hours: the feed begins today, whenever that is."""
    today = datetime.now(zone).date()
    days = [today + number * ONE_DAY for number in range(1, 380)]
    return [day for day in days if start_of_day(day + ONE_DAY, zone) - start_of_day(day, zone) != ONE_DAY][:2]


async def ask(app: App, reader: Person, query: str) -> dict[str, Any]:
    transport = httpx.ASGITransport(routes.application(app))
    token = {"Authorization": f"Bearer {create_token(app, reader.id, 'Script')}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=token) as client:
        answer = await client.get(f"/api/v1/team/availability?{query}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
