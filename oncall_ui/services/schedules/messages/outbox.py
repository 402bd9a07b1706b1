"""The outbox: messages to members wait here, from the transaction that caused it until a job sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.destinations.kinds import DestinationState
from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.domain.schedules.messages.timing import TOO_OLD, due_at
from oncall_ui.email.mail import is_set_up
from oncall_ui.models import Channel, Member, Message
from oncall_ui.services.accounts.quiet_hours import quiet_of


def reaches_members(app: App, session: Session) -> bool:
    """Whether anything queued can arrive: this server sends email, or somebody has a channel that is on."""
    if is_set_up(app.settings):
        return True
    rows = select(Channel.id).where(col(Channel.state) != DestinationState.OFF)
    return session.exec(rows.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Note:
    """A message to one member. Whether they want it is asked when it is sent."""

    kind: MessageKind
    member_id: int
    schedule_id: int | None
    payload: Mapping[str, Any]
    """Ids, instants as text and names of roles, never what somebody wrote."""
    key: str = ""
    """Names what it is about, for all time: of two notes with the same key only the first counts. Empty: of its own."""
    by: int | None = None
    """The member who caused it."""
    starts: tuple[datetime, ...] = field(default=())
    """Of the shifts it is about, without those that are over: news about what begins soon doesn't wait overnight."""
    until: datetime | None = None
    """When it is too late to send it; None: after three days."""


def put(session: Session, note: Note, moment: datetime) -> Message | None:
    """Queues it in the caller's transaction, due at once or when the member's quiet hours end.

    None: it was queued before, or the account is gone.
    """
    member = session.get(Member, note.member_id)
    if member is None:
        return None
    due = due_at(note.kind, moment, zone_of(member.zone), note.starts, quiet_of(session, note.member_id))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(Message).values(
        kind=note.kind,
        member_id=note.member_id,
        schedule_id=note.schedule_id,
        by_id=note.by,
        key=note.key or uuid4().hex,
        payload=dict(note.payload),
        created_at=moment,
        due_at=due,
        until=note.until or max(moment, due) + TOO_OLD,
        starts_at=min(note.starts, default=None),
        attempts=0,
    )
    # Of two processes that note the same at once, one waits for the other.
    found = session.execute(row.on_conflict_do_nothing(index_elements=["key"]).returning(col(Message.id))).scalar()
    return session.get(Message, found) if found is not None else None


def due_now(session: Session, message: Message, moment: datetime) -> datetime:
    """When it may be sent, seen from this moment: the member may have other quiet hours, or another zone, by now."""
    zone = zone_of(session.get_one(Member, message.member_id).zone)
    starts = [message.starts_at] if message.starts_at else []
    return due_at(message.kind, moment, zone, starts, quiet_of(session, message.member_id))
