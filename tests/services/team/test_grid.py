"""What members see of each other: spans and freshness, nothing else."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlmodel import col, delete

from oncall_ui.app import App
from oncall_ui.domain.availability.day_grid import DayState, days_of
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar, Member
from oncall_ui.services.team.grid import TeamMember, TeamView, read_team, team_spans
from tests.conftest import Person
from tests.services.helpers.team import NOW, add_calendar, add_people, add_spans

AUCKLAND, LOS_ANGELES = ZoneInfo("Pacific/Auckland"), ZoneInfo("America/Los_Angeles")
WINDOW = days_from(date(2026, 11, 23), ZoneInfo("Europe/Berlin"), 42)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def look(app: App, me: Person, before: TeamView | None = None) -> TeamView:
    return read_team(app, me.id, WINDOW, NOW, before)


def the(view: TeamView, name: str) -> TeamMember:
    (found,) = (member for member in view.members if member.name == name)
    return found


def test_every_member_is_listed_by_name_with_spans_that_overlap_the_window(app: App, bob: Person) -> None:
    (alice,) = add_people(app, "Alice")
    calendar = add_calendar(app, alice)
    inside = (NOW + DAY, NOW + DAY + HOUR, Action.BLOCK)
    reaching_in = (WINDOW.start - HOUR, WINDOW.start + HOUR, Action.PREFER)
    before = (WINDOW.start - HOUR, WINDOW.start, Action.BLOCK)
    after = (WINDOW.end, WINDOW.end + HOUR, Action.BLOCK)
    add_spans(app, alice, calendar, inside, before, after, reaching_in)
    view = look(app, bob)
    assert [member.name for member in view.members] == ["Alice", "Bob"]
    assert [tuple(span) for span in view.spans[alice]] == [reaching_in, inside]
    assert view.spans[bob.id] == []


def test_a_zone_this_server_does_not_know_costs_nobody_the_grid(app: App, bob: Person) -> None:
    (alice,) = add_people(app, "Alice")
    add_spans(app, alice, add_calendar(app, alice), (NOW, NOW + HOUR, Action.BLOCK))
    with app.db.write() as session:
        session.get_one(Member, alice).zone = "Mars/Olympus"
    view = look(app, bob)
    assert the(view, "Alice").utc_offset == timedelta()
    assert len(view.spans[alice]) == 1


def test_nothing_private_leaves_the_service(app: App, bob: Person) -> None:
    (alice,) = add_people(app, "Alice")
    add_spans(app, alice, add_calendar(app, alice, "Therapy"), (NOW, NOW + HOUR, Action.BLOCK))
    told = repr(look(app, bob))
    assert "Alice" in told
    for secret in ("Therapy", "secret-account", "alice@example.org", "Europe/Berlin"):
        assert secret not in told
    assert {field.name for field in dataclasses.fields(TeamMember)} == {
        "id", "name", "initials", "freshness", "unknown_since", "known_until", "utc_offset",
    }  # fmt: skip


def test_how_late_it_is_for_a_member_is_told_without_the_zone(app: App, bob: Person) -> None:
    add_people(app, "Alice", zone="Pacific/Auckland")
    view = look(app, bob)
    assert (the(view, "Alice").utc_offset, the(view, "Bob").utc_offset) == (13 * HOUR, HOUR)
    summer = read_team(app, bob.id, WINDOW, datetime(2026, 7, 1, 9, tzinfo=UTC))
    assert (the(summer, "Alice").utc_offset, the(summer, "Bob").utc_offset) == (12 * HOUR, 2 * HOUR)
    assert "Auckland" not in repr(view)


@pytest.mark.parametrize(
    ("calendars", "freshness", "is_known"),
    [
        ([], Freshness.NOTHING_CONNECTED, False),
        ([{"is_on": False, "state": State.OFF}], Freshness.NOTHING_CONNECTED, False),
        ([{"state": State.WAITING, "last_read_at": None}], Freshness.NOT_READ_YET, False),
        ([{}], Freshness.UP_TO_DATE, True),
        ([{"state": State.RETRYING}], Freshness.UP_TO_DATE, True),
        ([{}, {"state": State.WAITING, "last_read_at": None}], Freshness.UP_TO_DATE, True),
        ([{}, {"state": State.RETRYING, "last_read_at": None}], Freshness.NOT_READ_YET, True),
        ([{}, {"state": State.IMPORTING, "last_read_at": None, "attempts": 2}], Freshness.NOT_READ_YET, True),
        (
            [{}, {"state": State.RETRYING, "last_read_at": None, "broken_since": NOW - DAY - HOUR}],
            Freshness.STALE,
            False,
        ),
        ([{}, {"state": State.NEEDS_YOU, "last_read_at": None}], Freshness.NEEDS_MEMBER, False),
        ([{"last_read_at": NOW - DAY}], Freshness.UP_TO_DATE, True),
        ([{"last_read_at": NOW - DAY - HOUR}], Freshness.STALE, False),
        ([{}, {"last_read_at": NOW - DAY - HOUR}], Freshness.STALE, False),
        ([{}, {"last_read_at": NOW - 9 * DAY, "is_on": False}], Freshness.UP_TO_DATE, True),
        ([{}, {"state": State.NEEDS_YOU}], Freshness.NEEDS_MEMBER, False),
        ([{"state": State.NEEDS_YOU, "last_read_at": None}], Freshness.NEEDS_MEMBER, False),
        ([{"state": State.NEEDS_YOU, "last_read_at": NOW - 9 * DAY}], Freshness.NEEDS_MEMBER, False),
    ],
)
@pytest.mark.once_on_postgresql
def test_freshness_is_decided_by_the_calendars_that_are_on(
    app: App, bob: Person, calendars: list[dict[str, object]], freshness: Freshness, is_known: bool
) -> None:
    (alice,) = add_people(app, "Alice")
    for number, row in enumerate(calendars):
        add_calendar(app, alice, f"{number}", **row)
    member = the(look(app, bob), "Alice")
    assert member.freshness is freshness
    assert (member.known_until is not None) is is_known


def test_unknown_since_is_the_calendar_that_has_waited_longest(app: App, bob: Person) -> None:
    (alice,) = add_people(app, "Alice")
    add_calendar(app, alice, "A", last_read_at=NOW - 4 * DAY)
    add_calendar(app, alice, "B", last_read_at=NOW - 2 * DAY)
    assert the(look(app, bob), "Alice").unknown_since == NOW - 4 * DAY


def test_an_import_covers_ninety_days_in_its_members_zone(app: App, bob: Person) -> None:
    (alice,) = add_people(app, "Alice", zone="Pacific/Auckland")
    add_calendar(app, alice, last_read_at=datetime(2026, 11, 24, 8, tzinfo=UTC))  # 21:00 in Auckland
    until = the(look(app, bob), "Alice").known_until
    assert until == datetime(2027, 2, 22, tzinfo=AUCKLAND).astimezone(UTC)


def test_a_day_in_auckland_is_two_days_in_los_angeles(app: App, bob: Person) -> None:
    (alice,) = add_people(app, "Alice", zone="Pacific/Auckland")
    start = datetime(2026, 11, 26, tzinfo=AUCKLAND)
    add_spans(app, alice, add_calendar(app, alice), (start, start + DAY, Action.BLOCK))
    first = date(2026, 11, 23)
    view = read_team(app, bob.id, days_from(first, LOS_ANGELES, 7), NOW)
    days = days_of(view.spans[alice], first, 7, today=first, zone=LOS_ANGELES, known_until=date.max)
    assert {day.date.day: day.segments for day in days if day.segments} == {
        25: ((Action.BLOCK, 3, 24),),
        26: ((Action.BLOCK, 0, 3),),
    }


def test_a_day_of_25_hours_in_the_viewers_zone_stays_whole(app: App, bob: Person) -> None:
    (alice,) = add_people(app, "Alice")
    first = date(2026, 10, 26)
    sunday = datetime(2026, 11, 1, tzinfo=LOS_ANGELES)  # 25 hours
    monday = datetime(2026, 11, 2, tzinfo=LOS_ANGELES)
    add_spans(app, alice, add_calendar(app, alice), (sunday, monday, Action.PREFER))
    view = read_team(app, bob.id, days_from(first, LOS_ANGELES, 14), NOW)
    days = days_of(view.spans[alice], first, 14, today=first, zone=LOS_ANGELES, known_until=date.max)
    assert {day.date: day.state for day in days if day.segments} == {date(2026, 11, 1): DayState.PREFERRED}


def test_spans_are_read_again_only_when_an_import_changed_something(app: App, bob: Person) -> None:
    (alice,) = add_people(app, "Alice")
    calendar = add_calendar(app, alice)
    first = look(app, bob)
    assert look(app, bob, first).spans is first.spans
    with app.db.write() as session:
        row = session.get(Calendar, calendar)
        assert row is not None
        row.last_read_at = NOW
    assert look(app, bob, first).spans is first.spans
    add_spans(app, alice, calendar, (NOW, NOW + HOUR, Action.BLOCK))
    with app.db.write() as session:
        row = session.get(Calendar, calendar)
        assert row is not None
        row.last_changed_at, row.entries = NOW, 1
    assert [span.action for span in look(app, bob, first).spans[alice]] == [Action.BLOCK]


def test_spans_of_the_whole_team_take_no_more_queries_than_one_members(app: App, bob: Person) -> None:
    people = add_people(app, *(f"Member {number}" for number in range(50)))
    for member_id in people:
        calendar = add_calendar(app, member_id)
        moments = [NOW + day * DAY for day in range(90)]
        add_spans(app, member_id, calendar, *((at, at + HOUR, Action.BLOCK) for at in moments))
    asked: list[str] = []
    event.listen(app.db.engine, "before_cursor_execute", lambda *args: asked.append(args[2].split()[0]))
    spans = team_spans(app, NOW, NOW + 90 * DAY)
    assert sum(map(len, spans.values())) == 50 * 90
    many, asked[:] = len(asked), []
    with app.db.write() as session:
        session.exec(delete(Member).where(col(Member.id).in_(people[1:])))
    asked.clear()
    team_spans(app, NOW, NOW + 90 * DAY)
    assert len(asked) == many, "as many queries for two members as for fifty"
