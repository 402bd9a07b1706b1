"""Notes reminders a week and a day before somebody's turn, and at the handoff a message to both sides."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.domain.schedules.messages.timing import HANDOFF_NEWS, REMINDERS, Quiet, reminded_at
from oncall_ui.domain.schedules.messages.turns import Turn
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.models import Member, Schedule
from oncall_ui.services.accounts.quiet_hours import all_quiet_hours
from oncall_ui.services.schedules.messages.outbox import Note
from oncall_ui.services.schedules.messages.turns import members_of, turns_between

AHEAD = timedelta(days=8)


def starting_notes(session: Session, schedule: Schedule, moment: datetime) -> Iterator[Note]:
    """Everything that is due by now, also what was noted before."""
    members, quiet = members_of(session, schedule.id or 0), all_quiet_hours(session)
    for turn in turns_between(session, schedule.id or 0, moment - HANDOFF_NEWS, moment + AHEAD):
        holder = members.get(turn.participant or 0)
        if turn.start > moment and holder is not None:
            yield from _reminders(schedule, turn, holder, quiet.get(holder.id or 0, Quiet()), moment)
        # Who changed it since then has told them already.
        elif moment - HANDOFF_NEWS < turn.start <= moment and turn.recorded_at < turn.start:
            yield from _handoff(schedule, turn, members)


def _reminders(schedule: Schedule, turn: Turn, member: Member, quiet: Quiet, moment: datetime) -> Iterator[Note]:
    zone = zone_of(member.zone)
    for kind, (_, last) in REMINDERS.items():
        if reminded_at(kind, turn.start, turn.recorded_at, zone, quiet, moment):
            yield _note(kind, schedule, turn, member, turn.start - last)


def _handoff(schedule: Schedule, turn: Turn, members: Mapping[int, Member]) -> Iterator[Note]:
    holder = members.get(turn.participant or 0)
    former = members.get(turn.follows.participant or 0) if turn.follows else None
    until = turn.start + HANDOFF_NEWS
    if holder is not None:
        yield _note(MessageKind.ON_CALL, schedule, turn, holder, until)
    if former is not None:
        yield _note(MessageKind.OFF_CALL, schedule, turn, former, until)


def _note(kind: MessageKind, schedule: Schedule, turn: Turn, member: Member, until: datetime) -> Note:
    start = utc(turn.start)
    return Note(
        kind,
        member.id or 0,
        schedule.id,
        {"role": turn.role, "start": start},
        key=f"{kind}:{schedule.id}:{turn.role}:{start}:{member.id}",
        starts=(turn.start,),
        until=until,
    )
