"""Notes to the managers of a schedule about plans that nobody asked for: ready for review, or held back."""

from datetime import datetime

from sqlmodel import Session

from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.models import Message, SchedulePlan
from oncall_ui.services.schedules.messages.gaps import managers_of
from oncall_ui.services.schedules.messages.outbox import Note, put


def note_ready(session: Session, plan: SchedulePlan, moment: datetime) -> list[Message]:
    """A draft was planned by itself. Once for each revision; call it where `reaches_members`."""
    return _to_managers(session, MessageKind.PLAN_READY, plan, moment)


def note_held_back(session: Session, plan: SchedulePlan, moment: datetime) -> list[Message]:
    """A draft wasn't published by itself: its result says why, under `held_back`, in sentences.

    Once for each revision; call it where `reaches_members`.
    """
    return _to_managers(session, MessageKind.PLAN_HELD_BACK, plan, moment)


def _to_managers(session: Session, kind: MessageKind, plan: SchedulePlan, moment: datetime) -> list[Message]:
    found = []
    for member_id in managers_of(session, plan.schedule_id):
        key = f"{kind}:{plan.id}:{plan.revision}:{member_id}"
        row = put(session, Note(kind, member_id, plan.schedule_id, {"plan": plan.id}, key=key), moment)
        found += [row] if row else []
    return found
