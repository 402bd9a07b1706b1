"""Emails about shifts: those that wait, and those that members don't want."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.schedules.shift_email import EmailKind, Occasion
from oncall_ui.models.columns import now, one_of, owned_by


class ShiftEmail(SQLModel, table=True):
    """News for a member about shifts that changed hands: written together with the change, sent by a job."""

    __tablename__ = "shift_email"
    __table_args__ = (Index("ix_shift_email_due", "sent_at", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    schedule_id: int = Field(sa_column=owned_by("schedule"))
    member_id: int = Field(sa_column=owned_by("member"))
    by_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("member.id", ondelete="SET NULL"), nullable=True)
    )
    """Who changed them."""
    occasion: Occasion = Field(sa_column=Column(one_of(Occasion), nullable=False))
    changes: list[dict[str, Any]] = Field(sa_type=JSON)
    """By time: `start`, `end`, `role`, `before`, `after`, `of_shift`, as in a `Change`."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Also set when nothing was left to tell."""


class MutedEmail(SQLModel, table=True):
    """A kind of email that a member doesn't want."""

    __tablename__ = "muted_email"

    member_id: int = Field(
        sa_column=Column(Integer, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    kind: EmailKind = Field(sa_column=Column(one_of(EmailKind), primary_key=True))
