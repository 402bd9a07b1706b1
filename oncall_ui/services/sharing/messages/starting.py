"""Reminders and handoffs. One whose shift moved, or is somebody else's by now, isn't sent."""

from datetime import datetime

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.domain.schedules.messages.starting import Ended, Starting, off_call_now, on_call_now, reminder
from oncall_ui.domain.schedules.messages.turns import Turn
from oncall_ui.models import Participant, Schedule
from oncall_ui.services.schedules.messages.turns import AFTER, turns_between
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.sharing.messages.writing import Writing, Written


def write_reminder(writing: Writing) -> Written | None:
    turn = _turn(writing)
    if turn is None or turn.start <= writing.moment or not _is_theirs(writing, turn.participant):
        return None
    email = reminder(_starting(writing, turn), writing.moment, url=writing.schedule_url, stop_url=writing.stop_url)
    return Written(email)


def write_handoff(writing: Writing) -> Written | None:
    turn = _turn(writing)
    if turn is None:
        return None
    if writing.message.kind is MessageKind.ON_CALL and _is_theirs(writing, turn.participant):
        return Written(on_call_now(_starting(writing, turn), url=writing.schedule_url, stop_url=writing.stop_url))
    if writing.message.kind is MessageKind.OFF_CALL and turn.follows and _is_theirs(writing, turn.follows.participant):
        return Written(off_call_now(_ended(writing, turn), url=writing.schedule_url, stop_url=writing.stop_url))
    return None


def _turn(writing: Writing) -> Turn | None:
    """The turn the message is about, as it is now. None: it moved, or the schedule was archived."""
    if writing.session.get_one(Schedule, writing.message.schedule_id or 0).archived_at is not None:
        return None
    role, start = writing.message.payload["role"], datetime.fromisoformat(writing.message.payload["start"])
    turns = turns_between(writing.session, writing.message.schedule_id or 0, start, start + AFTER)
    return next((turn for turn in turns if (turn.role, turn.start) == (role, start)), None)


def _is_theirs(writing: Writing, participant: int | None) -> bool:
    row = writing.session.get(Participant, participant) if participant else None
    return row is not None and row.member_id == writing.member.id


def _starting(writing: Writing, turn: Turn) -> Starting:
    names = names_of(writing.session, writing.message.schedule_id or 0)
    return Starting(
        name=writing.member.name,
        schedule=_schedule(writing),
        role=turn.role,
        start=turn.start,
        end=turn.end,
        before=names.get(turn.follows.participant or 0, "") if turn.follows else "",
        zone=zone_of(writing.member.zone),
    )


def _ended(writing: Writing, turn: Turn) -> Ended:
    names = names_of(writing.session, writing.message.schedule_id or 0)
    return Ended(
        name=writing.member.name,
        schedule=_schedule(writing),
        role=turn.role,
        after=names.get(turn.participant or 0, ""),
        until=turn.end,
        zone=zone_of(writing.member.zone),
    )


def _schedule(writing: Writing) -> str:
    return writing.session.get_one(Schedule, writing.message.schedule_id or 0).name
