"""The outbox of messages to members, links in them, and which messages members want when."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.schedules.messages.kinds import EmailKind, MessageKind
from oncall_ui.models.columns import now, one_of, owned_by


class Message(SQLModel, table=True):
    """Something for a member to know: written together with what caused it, sent by a job."""

    __table_args__ = (Index("ix_message_due", "sent_at", "due_at"), Index("ix_message_handed", "handed_at", "due_at"))

    id: int | None = Field(default=None, primary_key=True)
    kind: MessageKind = Field(sa_column=Column(one_of(MessageKind), nullable=False))
    member_id: int = Field(sa_column=owned_by("member"))
    schedule_id: int | None = Field(
        default=None,
        sa_column=Column(Integer, ForeignKey("schedule.id", ondelete="CASCADE"), nullable=True, index=True),
    )
    """None: it is about several."""
    by_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("member.id", ondelete="SET NULL"), nullable=True)
    )
    """Who caused it."""
    key: str = Field(unique=True, max_length=200)
    """What it is about: nothing is sent twice."""
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Ids, instants and names of roles, never what somebody wrote."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    """Later than this it is dropped."""
    starts_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the first of its shifts begins, which decides whether it waits for the end of quiet hours."""
    attempts: int = 0
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """By email. Also set when it was too late, wasn't wanted, or nothing was left to tell."""
    handed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the channels of the member got their deliveries of it, or none wanted one."""


class MessageLink(SQLModel, table=True):
    """A link in a message with which its reader does one thing without logging in, once."""

    __tablename__ = "message_link"

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(sa_column=owned_by("message"))
    action: str = Field(max_length=16)
    token_hash: str = Field(unique=True, max_length=64)
    until: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class EmailChoice(SQLModel, table=True):
    """Whether a member wants emails of a kind, where they said so."""

    __tablename__ = "email_choice"

    member_id: int = Field(
        sa_column=Column(Integer, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    kind: EmailKind = Field(sa_column=Column(one_of(EmailKind), primary_key=True))
    is_wanted: bool


class QuietHours(SQLModel, table=True):
    """A member's own quiet hours, in their zone; without a row they are the usual ones."""

    __tablename__ = "quiet_hours"

    member_id: int = Field(
        sa_column=Column(Integer, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    is_on: bool = True
    begin: int
    """A full hour, as is the end."""
    end: int
    lets_urgent_through: bool = True
