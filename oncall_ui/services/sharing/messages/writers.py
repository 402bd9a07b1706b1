"""Who writes which kind of message."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from oncall_ui.domain.schedules.destinations.messages import Message as Brief
from oncall_ui.domain.schedules.messages.brief import brief_of
from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.models import Member, Message
from oncall_ui.services.sharing.messages.changes import write_changes
from oncall_ui.services.sharing.messages.conflicts import write_conflicts
from oncall_ui.services.sharing.messages.cover import write_answered, write_asked, write_taken
from oncall_ui.services.sharing.messages.managing import write_gaps, write_plan
from oncall_ui.services.sharing.messages.starting import write_handoff, write_reminder
from oncall_ui.services.sharing.messages.week_ahead import write_week_ahead
from oncall_ui.services.sharing.messages.writing import Writer, Writing

WRITERS: Mapping[MessageKind, Writer] = {
    MessageKind.PUBLISHED: write_changes,
    MessageKind.HANDED_OVER: write_changes,
    MessageKind.REPAIRED: write_changes,
    MessageKind.CONFLICT: write_conflicts,
    MessageKind.ASKED: write_asked,
    MessageKind.ANSWERED: write_answered,
    MessageKind.TAKEN: write_taken,
    MessageKind.WEEK_BEFORE: write_reminder,
    MessageKind.DAY_BEFORE: write_reminder,
    MessageKind.ON_CALL: write_handoff,
    MessageKind.OFF_CALL: write_handoff,
    MessageKind.GAP: write_gaps,
    MessageKind.GAP_SOON: write_gaps,
    MessageKind.WEEK_AHEAD: write_week_ahead,
    MessageKind.PLAN_READY: write_plan,
    MessageKind.PLAN_HELD_BACK: write_plan,
}


def brief(session: Session, message: Message, moment: datetime, public_url: str) -> Brief | None:
    """The message as it is sent to a channel, where others may read it. None: nothing is left to tell."""
    member = session.get_one(Member, message.member_id)
    written = WRITERS[message.kind](Writing(session, message, member, moment, public_url, "", is_for_channel=True))
    return brief_of(message.kind, written.email, public_url) if written else None
