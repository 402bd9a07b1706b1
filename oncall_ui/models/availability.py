"""When somebody can't, or would like to, be on call."""

from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.availability.rules import Action
from oncall_ui.models.columns import one_of, owned_by


class ManualEntry(SQLModel, table=True):
    """Whole days that a member blocked or offered; in the member's zone."""

    __tablename__ = "manual_entry"

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=owned_by("member"))
    first_day: date
    last_day: date
    """Inclusive."""
    action: Action = Field(sa_type=one_of(Action))
    weekly: bool = False
    """Whether the same days of every following week count too."""
    until: date | None = None
    """Last day that counts when it repeats; None: without an end."""


class Availability(SQLModel, table=True):
    """All that is kept of events: when somebody can't, or would like to, be on call."""

    __table_args__ = (Index("ix_availability_span", "member_id", "start"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=Column(Integer, ForeignKey("member.id", ondelete="CASCADE"), nullable=False))
    calendar_id: int = Field(sa_column=owned_by("calendar"))
    start: datetime = Field(sa_type=UtcDateTime)
    end: datetime = Field(sa_type=UtcDateTime)
    action: Action = Field(sa_type=one_of(Action))
    key: bytes = Field(default=b"", sa_type=LargeBinary)
    """Hash of the event's UID (domain.ical.key_of)."""
