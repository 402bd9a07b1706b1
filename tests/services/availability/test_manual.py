"""Manual days: private to their member, stored as dates, with a sentence for each error."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import MemberChanged
from oncall_ui.models import ManualEntry
from oncall_ui.services.availability import manual
from oncall_ui.services.availability.manual import (
    add_manual_days,
    manual_days_of,
    remove_manual_days,
    restore_manual_days,
)
from tests.conftest import Person, person

TODAY = date(2026, 11, 24)
B, P = Action.BLOCK, Action.PREFER


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "datetime", _Noon)


class _Noon(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime(2026, 11, 24, 12, tzinfo=UTC).astimezone(tz)  # type: ignore[arg-type]


def day(
    ahead: int, length: int = 1, action: Action = B, *, weekly: bool = False, until: int | None = None
) -> ManualDays:
    first = TODAY + timedelta(days=ahead)
    end = None if until is None else TODAY + timedelta(days=until)
    return ManualDays(first, first + timedelta(days=length - 1), action, weekly, end)


def kept(app: App, member: Person) -> list[ManualDays]:
    with app.db.read() as session:
        return [each.days for each in manual_days_of(session, member.id, TODAY)]


def test_added_days_are_listed_by_first_day_removed_and_restored(app: App, alice: Person) -> None:
    later, sooner = day(9, 4), day(3, 2, P, weekly=True, until=60)
    later_id = add_manual_days(app, alice.id, later)
    add_manual_days(app, alice.id, sooner)
    assert kept(app, alice) == [sooner, later]
    assert remove_manual_days(app, alice.id, later_id) == later
    assert kept(app, alice) == [sooner]
    restore_manual_days(app, alice.id, later)
    assert kept(app, alice) == [sooner, later]


def test_the_same_days_are_stored_once(app: App, alice: Person) -> None:
    assert add_manual_days(app, alice.id, day(1)) == add_manual_days(app, alice.id, day(1))
    add_manual_days(app, alice.id, day(1, action=P))
    assert kept(app, alice) == [day(1), day(1, action=P)]


def test_until_is_dropped_where_days_do_not_repeat(app: App, alice: Person) -> None:
    add_manual_days(app, alice.id, day(1, until=900))
    assert kept(app, alice) == [day(1)]


def test_other_members_cannot_see_or_remove_them(app: App, alice: Person, mallory: Person) -> None:
    days_id = add_manual_days(app, alice.id, day(1))
    assert kept(app, mallory) == []
    with pytest.raises(NotAllowed):
        remove_manual_days(app, mallory.id, days_id)
    for unknown in (days_id + 1, 0, -1, 2**31, 2**80):
        with pytest.raises(NotAllowed):
            remove_manual_days(app, alice.id, unknown)
    assert kept(app, alice) == [day(1)]


@pytest.mark.parametrize(
    ("days", "field", "sentence"),
    [
        (day(3, 0), "Last day", "This is before the first day. Choose the first day or a later one."),
        (day(-3, 3), "Last day", "These days are past. Choose today or a later day."),
        (day(732), "First day", manual.TOO_FAR),
        (day(700, 33), "Last day", manual.TOO_FAR),
        (day(-367, 400), "First day", "This is more than a year ago. Choose a later day."),
        (
            day(0, 8, weekly=True),
            "Last day",
            "Days that repeat every week can span at most 7 days. Choose an earlier day.",
        ),
        (day(3, 2, weekly=True, until=3), "Until", "This is before the last day."),
        (day(-30, weekly=True, until=-1), "Until", "This day is past."),
        (day(0, weekly=True, until=732), "Until", "Days can be at most 2 years ahead."),
        (ManualDays(date.max, date.max, B), "First day", manual.TOO_FAR),
        (ManualDays(date.min, TODAY, B), "First day", "This is more than a year ago."),
    ],
)
@pytest.mark.once_on_postgresql
def test_invalid_days_are_refused_with_field_and_sentence(
    app: App, alice: Person, days: ManualDays, field: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        add_manual_days(app, alice.id, days)
    assert caught.value.field == field
    assert caught.value.sentence.startswith(sentence)
    assert kept(app, alice) == []


@pytest.mark.parametrize(
    "days", [day(-3, 4), day(731), day(0, 7, weekly=True), day(-30, weekly=True), day(3, 2, weekly=True, until=4)]
)
@pytest.mark.once_on_postgresql
def test_days_at_the_limits_are_accepted(app: App, alice: Person, days: ManualDays) -> None:
    add_manual_days(app, alice.id, days)
    assert kept(app, alice) == [days]


def test_a_hundred_entries_are_the_limit_without_those_that_are_over(app: App, alice: Person) -> None:
    over = [(day(-9), False, None), (day(-20), True, TODAY - timedelta(days=1))]
    with app.db.write() as session:
        for days, weekly, until in over:
            row = ManualEntry(member_id=alice.id, first_day=days.first, last_day=days.last, action=B)
            row.weekly, row.until = weekly, until
            session.add(row)
        for number in range(99):
            days = day(number)
            session.add(ManualEntry(member_id=alice.id, first_day=days.first, last_day=days.last, action=B))
    add_manual_days(app, alice.id, day(99))
    for refused in (add_manual_days, restore_manual_days):
        with pytest.raises(InvalidInput) as caught:
            refused(app, alice.id, day(100))
        assert caught.value.field == "" and "100 entries" in caught.value.sentence
    assert len(kept(app, alice)) == 100


def test_today_is_the_date_in_the_members_zone(app: App) -> None:
    ahead = person(app, "Kiri", zone="Pacific/Auckland")  # already the 25th
    with pytest.raises(InvalidInput):
        add_manual_days(app, ahead.id, day(0))
    add_manual_days(app, ahead.id, day(1))


def test_open_pages_are_notified_after_each_change(app: App, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(app.hub, "publish", lambda change: told.append((change, kept(app, alice))))
    days_id = add_manual_days(app, alice.id, day(1))
    remove_manual_days(app, alice.id, days_id)
    restore_manual_days(app, alice.id, day(1))
    changed = MemberChanged(alice.id)
    assert told == [(changed, [day(1)]), (changed, []), (changed, [day(1)])]


def test_manual_days_are_deleted_with_their_member(app: App, bob: Person) -> None:
    from oncall_ui.models import Member

    add_manual_days(app, bob.id, day(1))
    with app.db.write() as session:
        session.delete(session.get(Member, bob.id))
    with app.db.read() as session:
        assert session.exec(select(ManualEntry)).all() == []
