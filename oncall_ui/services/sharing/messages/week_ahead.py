"""Monday's overview: this week and next of every schedule its reader is on, with balances for those who see them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.ledger.lines import MILLI
from oncall_ui.domain.schedules.messages.kinds import EmailKind
from oncall_ui.domain.schedules.messages.timing import week_of
from oncall_ui.domain.schedules.messages.turns import Turn
from oncall_ui.domain.schedules.messages.week_ahead import ScheduleWeeks, WeekTurn, week_ahead_email
from oncall_ui.models import EmailChoice, LedgerLine, Participant, Schedule, ScheduleAccess
from oncall_ui.services.schedules.messages.turns import turns_between
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.sharing.messages.writing import Writing, Written


def write_week_ahead(writing: Writing) -> Written | None:
    zone = zone_of(writing.member.zone)
    found = [_weeks(writing, schedule, access, zone) for schedule, access in _schedules(writing)]
    shown = [each for each in found if any(each.weeks)]
    if not shown:
        return None
    return Written(week_ahead_email(writing.member.name, shown, zone, stop_url=writing.stop_url))


def _schedules(writing: Writing) -> Iterator[tuple[Schedule, Access]]:
    """By name. Those they only view if they asked for the overview."""
    session, member_id = writing.session, writing.member.id or 0
    is_asked_for = writing.is_for_channel or session.get(EmailChoice, (member_id, EmailKind.WEEK_AHEAD)) is not None
    rows = session.exec(
        select(Schedule, ScheduleAccess)
        .join(ScheduleAccess, col(ScheduleAccess.schedule_id) == col(Schedule.id))
        .where(ScheduleAccess.member_id == member_id, col(Schedule.archived_at).is_(None))
        .order_by(func.lower(Schedule.name), col(Schedule.id))
    )
    for schedule, row in rows:
        if is_asked_for or row.access.includes(Access.MEMBER):
            yield schedule, row.access


def _weeks(writing: Writing, schedule: Schedule, access: Access, zone: ZoneInfo) -> ScheduleWeeks:
    session, schedule_id = writing.session, schedule.id or 0
    first, second, third = week_of(writing.moment, zone)
    turns, names = turns_between(session, schedule_id, first, third), names_of(session, schedule_id)
    own = select(Participant.id).where(
        Participant.schedule_id == schedule_id, Participant.member_id == writing.member.id
    )
    me = session.exec(own).first()

    def week(start: datetime, end: datetime) -> list[WeekTurn]:
        return [_shown(turn, names, me) for turn in turns if turn.start < end and turn.end > start]

    return ScheduleWeeks(
        schedule.name,
        (week(first, second), week(second, third)),
        _balances(session, schedule_id, names) if access.includes(Access.MEMBER) else {},
        f"{writing.public_url}/schedules/{schedule_id}",
    )


def _shown(turn: Turn, names: Mapping[int, str], me: int | None) -> WeekTurn:
    is_mine = turn.participant is not None and turn.participant == me
    return WeekTurn(turn.role, names.get(turn.participant or 0, ""), is_mine, turn.start, turn.end)


def _balances(session: Session, schedule_id: int, names: Mapping[int, str]) -> Mapping[str, Fraction]:
    balance = func.sum(LedgerLine.done - LedgerLine.due)
    rows = select(LedgerLine.participant_id, balance).where(LedgerLine.schedule_id == schedule_id)
    found: defaultdict[str, Fraction] = defaultdict(Fraction)
    for participant, total in session.exec(rows.group_by(col(LedgerLine.participant_id))):
        found[names.get(participant, "")] += Fraction(int(total), MILLI)
    return found
