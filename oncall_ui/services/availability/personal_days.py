"""Personal days: availability without a calendar, from manual days and from public holidays that block."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, or_, select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays, occurrences
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import Window, zone_of
from oncall_ui.errors import NotAllowed
from oncall_ui.models import ManualEntry, Member
from oncall_ui.services.availability.holidays import holidays_between
from oncall_ui.services.availability.manual import ManualDaysView, manual_days_of, to_manual_days

ADDED_BY_YOU = "added by you"
ONE_DAY = timedelta(days=1)
MAX_IDS = 10_000
"""Ids per query; databases accept about 30,000 parameters."""


@dataclass(frozen=True, slots=True)
class PersonalDay:
    """One or more whole days, midnight to midnight in the member's time zone; aware UTC, end exclusive.

    `source` is ADDED_BY_YOU or the name of a public holiday; `manual_id` is 0 for a holiday.
    """

    member_id: int
    start: datetime
    end: datetime
    action: Action
    source: str
    manual_id: int = 0


@dataclass(frozen=True, slots=True)
class PersonalDays:
    """A member's personal days for their own pages; two are equal if nothing changed in between."""

    zone: str
    manual: tuple[ManualDaysView, ...]
    """Those that aren't over, however far ahead they are."""
    days: tuple[PersonalDay, ...]
    holidays: Mapping[date, str]
    """Public holidays in the window, even where they don't block."""
    holidays_block: bool


def personal_days_of(session: Session, members: Sequence[Member], start: datetime, end: datetime) -> list[PersonalDay]:
    """The members' days that overlap [start, end), not clipped to it; sorted by start, end and member.

    `start` and `end` are aware UTC. Blocking: one query for all members.
    """
    window = Window(start, end)
    manual = _manual_days(session, [member.id or 0 for member in members], window)
    found = [day for member in members for day in _of_member(member, manual.get(member.id or 0, ()), window)]
    return sorted(found, key=lambda day: (day.start, day.end, day.member_id))


def read_personal_days(app: App, member_id: int, window: Window, today: date) -> PersonalDays:
    """One member's personal days in `window`. Raises NotAllowed if there is no such member."""
    with app.db.read() as session:
        member = session.get(Member, member_id)
        if member is None:
            raise NotAllowed
        return PersonalDays(
            zone=member.zone,
            manual=tuple(manual_days_of(session, member_id, today)),
            days=tuple(personal_days_of(session, [member], window.start, window.end)),
            holidays=_holidays(member, window),
            holidays_block=member.holidays_block,
        )


def _of_member(member: Member, manual: Sequence[tuple[int, ManualDays]], window: Window) -> Iterator[PersonalDay]:
    zone, member_id = zone_of(member.zone), member.id or 0
    for manual_id, days in manual:
        for start, end in occurrences(days, window, zone):
            yield PersonalDay(member_id, start, end, days.action, ADDED_BY_YOU, manual_id)
    if member.holidays_block:
        for day, name in _holidays(member, window).items():
            for start, end in occurrences(ManualDays(day, day, Action.BLOCK), window, zone):
                yield PersonalDay(member_id, start, end, Action.BLOCK, name)


def _holidays(member: Member, window: Window) -> dict[date, str]:
    zone = zone_of(member.zone)
    last = (window.end - timedelta(microseconds=1)).astimezone(zone).date()
    return holidays_between(member.country, member.region, window.start.astimezone(zone).date(), last)


def _manual_days(
    session: Session, member_ids: Sequence[int], window: Window
) -> dict[int, list[tuple[int, ManualDays]]]:
    # One day more on both sides: which date an instant falls on depends on each member's time zone.
    first, last = window.start.date() - ONE_DAY, window.end.date() + ONE_DAY
    found: dict[int, list[tuple[int, ManualDays]]] = {}
    for begin in range(0, len(member_ids), MAX_IDS):
        rows = session.exec(
            select(ManualEntry)
            .where(col(ManualEntry.member_id).in_(member_ids[begin : begin + MAX_IDS]))
            .where(col(ManualEntry.first_day) <= last)
            .where(or_(col(ManualEntry.last_day) >= first, col(ManualEntry.weekly)))
            .where(or_(col(ManualEntry.until).is_(None), col(ManualEntry.until) >= first))
            .order_by(col(ManualEntry.id))
        )
        for row in rows:
            found.setdefault(row.member_id, []).append((row.id or 0, to_manual_days(row)))
    return found
