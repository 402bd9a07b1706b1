"""Notes to the managers of a schedule about plans that nobody asked for: ready for review, or held back."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlmodel import Session

from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.models import Message, SchedulePlan
from oncall_ui.services.schedules.messages.gaps import managers_of
from oncall_ui.services.schedules.messages.outbox import Note, put


def note_ready(session: Session, plan: SchedulePlan, moment: datetime) -> list[Message]:
    """A draft was planned by itself. Once for each revision; call it where the server sends email."""
    return _to_managers(session, MessageKind.PLAN_READY, plan, {}, moment)


def note_held_back(
    session: Session,
    plan: SchedulePlan,
    moment: datetime,
    *,
    gaps: int = 0,
    blocked: int = 0,
    limits: int = 0,
    stale: Collection[int] = (),
) -> list[Message]:
    """A draft wasn't published by itself, because of what isn't zero; `stale` are participants.

    Once for each revision; call it where the server sends email.
    """
    why = {"gaps": gaps, "blocked": blocked, "limits": limits, "stale": sorted(stale)}
    return _to_managers(session, MessageKind.PLAN_HELD_BACK, plan, why, moment)


def _to_managers(
    session: Session, kind: MessageKind, plan: SchedulePlan, more: dict[str, Any], moment: datetime
) -> list[Message]:
    found = []
    for member_id in managers_of(session, plan.schedule_id):
        key = f"{kind}:{plan.id}:{plan.revision}:{member_id}"
        row = put(session, Note(kind, member_id, plan.schedule_id, {"plan": plan.id, **more}, key=key), moment)
        found += [row] if row else []
    return found
