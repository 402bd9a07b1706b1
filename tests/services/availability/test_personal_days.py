"""Personal days: manual days and holidays, for many members at once."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import days_from
from oncall_ui.errors import NotAllowed
from oncall_ui.models import ManualEntry, Member
from oncall_ui.services.availability.personal_days import (
    ADDED_BY_YOU,
    PersonalDay,
    personal_days_of,
    read_personal_days,
)
from tests.conftest import Person, person

B, P = Action.BLOCK, Action.PREFER
BERLIN, AUCKLAND = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland")
DECEMBER = date(2026, 12, 1)
CHRISTMAS_WEEK = datetime(2026, 12, 21, tzinfo=UTC), datetime(2026, 12, 28, tzinfo=UTC)


def add(app: App, member: Person, first: str, last: str = "", action: Action = B, *, weekly: bool = False) -> int:
    with app.db.write() as session:
        row = ManualEntry(
            member_id=member.id,
            first_day=date.fromisoformat(first),
            last_day=date.fromisoformat(last or first),
            action=action,
            weekly=weekly,
        )
        session.add(row)
        session.flush()
        return row.id or 0


def live_in(app: App, member: Person, country: str, region: str = "", *, blocks: bool = True) -> None:
    with app.db.write() as session:
        row = session.get(Member, member.id)
        assert row is not None
        row.country, row.region, row.holidays_block = country, region, blocks


def found(app: App, start: datetime, end: datetime, *members: Person) -> list[PersonalDay]:
    with app.db.read() as session:
        rows = session.exec(select(Member).where(col(Member.id).in_([each.id for each in members]))).all()
        return personal_days_of(session, rows, start, end)


def test_days_of_each_member_run_from_midnight_to_midnight_in_their_zone(app: App, alice: Person) -> None:
    kiri = person(app, "Kiri", zone="Pacific/Auckland")
    hers, theirs = add(app, alice, "2026-12-23"), add(app, kiri, "2026-12-23", "2026-12-24", P)
    assert found(app, *CHRISTMAS_WEEK, alice, kiri) == [
        PersonalDay(
            kiri.id,
            datetime(2026, 12, 22, 11, tzinfo=UTC),
            datetime(2026, 12, 24, 11, tzinfo=UTC),
            P,
            ADDED_BY_YOU,
            theirs,
        ),
        PersonalDay(
            alice.id,
            datetime(2026, 12, 22, 23, tzinfo=UTC),
            datetime(2026, 12, 23, 23, tzinfo=UTC),
            B,
            ADDED_BY_YOU,
            hers,
        ),
    ]


def test_holidays_block_only_for_members_who_chose_that(app: App, alice: Person, bob: Person, mallory: Person) -> None:
    live_in(app, alice, "DE")
    live_in(app, bob, "DE", blocks=False)
    days = found(app, *CHRISTMAS_WEEK, alice, bob, mallory)
    assert [(each.member_id, each.source, each.action, each.manual_id) for each in days] == [
        (alice.id, "Christmas Day", B, 0),
        (alice.id, "Second Day of Christmas", B, 0),
    ]
    assert days[0].start == datetime(2026, 12, 24, 23, tzinfo=UTC)
    assert days[0].end - days[0].start == timedelta(hours=24)


def test_only_days_of_the_given_members_are_returned(app: App, alice: Person, bob: Person) -> None:
    add(app, bob, "2026-12-23")
    assert found(app, *CHRISTMAS_WEEK, alice) == []
    assert found(app, *CHRISTMAS_WEEK) == []


def test_repeating_days_and_days_at_the_edges_are_found(app: App, alice: Person) -> None:
    add(app, alice, "2026-01-07", weekly=True)  # a Wednesday
    add(app, alice, "2026-12-01", "2026-12-21")
    add(app, alice, "2026-12-20")
    add(app, alice, "2026-12-28")
    add(app, alice, "2026-12-29")
    days = found(app, *CHRISTMAS_WEEK, alice)
    # Midnight UTC is an hour into the day in Berlin: the 28th has begun there when the span ends.
    assert [each.start.astimezone(BERLIN).date().isoformat()[5:] for each in days] == ["12-01", "12-23", "12-28"]


def test_many_members_cost_one_query(app: App, alice: Person, bob: Person) -> None:
    members = [person(app, f"P{number}") for number in range(10)]
    for each in members:
        add(app, each, "2026-12-23")
        live_in(app, each, "DE")
    asked: list[str] = []
    with app.db.read() as session:
        rows = session.exec(select(Member)).all()
        event.listen(app.db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        days = personal_days_of(session, rows, *CHRISTMAS_WEEK)
    assert len(days) == 30
    assert len(asked) == 1


def test_one_members_days_include_holidays_that_do_not_block(app: App, alice: Person) -> None:
    live_in(app, alice, "DE", "BY", blocks=False)
    days_id = add(app, alice, "2028-01-01")
    personal = read_personal_days(app, alice.id, days_from(DECEMBER, BERLIN), DECEMBER)
    assert next(iter(personal.holidays.values())) == "Christmas Day" and date(2027, 1, 6) in personal.holidays
    assert personal.days == ()
    assert [(each.id, each.days) for each in personal.manual] == [
        (days_id, ManualDays(date(2028, 1, 1), date(2028, 1, 1), B))
    ]
    assert personal == read_personal_days(app, alice.id, days_from(DECEMBER, BERLIN), DECEMBER)
    with pytest.raises(NotAllowed):
        read_personal_days(app, alice.id + 1, days_from(DECEMBER, BERLIN), DECEMBER)
