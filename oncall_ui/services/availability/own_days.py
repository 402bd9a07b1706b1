"""What members say of their days without a calendar: entries by hand, and public holidays counted as blocks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays, spans
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import Window
from oncall_ui.errors import NotAllowed
from oncall_ui.models import ManualEntry, Member
from oncall_ui.services.availability.holidays import holidays_between
from oncall_ui.services.availability.manual import EntryView, days_of, entries_of

BY_HAND = "by hand"
ONE_DAY = timedelta(days=1)
MANY = 10_000
"""Of ids in one question; databases take some thirty thousand."""


@dataclass(frozen=True, slots=True)
class OwnDay:
    """Whole days of a member, from midnight to midnight in their zone; aware UTC, end exclusive.

    `source` is `by hand` or the name of a public holiday; `entry_id` is 0 for the latter.
    """

    member_id: int
    start: datetime
    end: datetime
    action: Action
    source: str
    entry_id: int = 0


@dataclass(frozen=True, slots=True)
class Own:
    """What a member's own pages show of it, with what only informs; equal when nothing of it changed."""

    zone: str
    entries: tuple[EntryView, ...]
    """Those that aren't over, however far ahead."""
    days: tuple[OwnDay, ...]
    holidays: Mapping[date, str]
    """Those of the span, whether they count or not."""
    holidays_block: bool


def own_days(session: Session, members: Sequence[Member], start: datetime, end: datetime) -> list[OwnDay]:
    """What touches the span, by start, end and member; whole, also where it began before.

    `start` and `end` are aware UTC, end exclusive. Blocking: one query for all members, whose rows the caller has.
    """
    window = Window(start, end)
    entries = _entries(session, [member.id or 0 for member in members], window)
    found = [day for member in members for day in _of_member(member, entries.get(member.id or 0, ()), window)]
    return sorted(found, key=lambda day: (day.start, day.end, day.member_id))


def own_in(app: App, member_id: int, window: Window, today: date) -> Own:
    """Of one member, in `window`; entries over before `today` are left out. Raises NotAllowed without the member."""
    with app.db.read() as session:
        member = session.get(Member, member_id)
        if member is None:
            raise NotAllowed
        return Own(
            zone=member.zone,
            entries=tuple(entries_of(session, member_id, today)),
            days=tuple(own_days(session, [member], window.start, window.end)),
            holidays=_holidays(member, window),
            holidays_block=member.holidays_block,
        )


def _of_member(member: Member, entries: Sequence[tuple[int, ManualDays]], window: Window) -> Iterator[OwnDay]:
    zone, member_id = ZoneInfo(member.zone), member.id or 0
    for entry_id, days in entries:
        for start, end in spans(days, window, zone):
            yield OwnDay(member_id, start, end, days.action, BY_HAND, entry_id)
    if member.holidays_block:
        for day, name in _holidays(member, window).items():
            for start, end in spans(ManualDays(day, day, Action.BLOCK), window, zone):
                yield OwnDay(member_id, start, end, Action.BLOCK, name)


def _holidays(member: Member, window: Window) -> dict[date, str]:
    zone = ZoneInfo(member.zone)
    last = (window.end - timedelta(microseconds=1)).astimezone(zone).date()
    return holidays_between(member.country, member.region, window.start.astimezone(zone).date(), last)


def _entries(session: Session, member_ids: Sequence[int], window: Window) -> dict[int, list[tuple[int, ManualDays]]]:
    # A day more on both sides: which days a moment belongs to depends on the zone of each.
    first, last = window.start.date() - ONE_DAY, window.end.date() + ONE_DAY
    found: dict[int, list[tuple[int, ManualDays]]] = {}
    for begin in range(0, len(member_ids), MANY):
        rows = session.exec(
            select(ManualEntry)
            .where(col(ManualEntry.member_id).in_(member_ids[begin : begin + MANY]))
            .where(col(ManualEntry.first_day) <= last)
            .where(or_(col(ManualEntry.last_day) >= first, col(ManualEntry.weekly)))
            .where(or_(col(ManualEntry.until).is_(None), col(ManualEntry.until) >= first))
            .order_by(col(ManualEntry.id))
        )
        for row in rows:
            found.setdefault(row.member_id, []).append((row.id or 0, days_of(row)))
    return found
