"""Requests for cover and swaps, and what those who were asked said."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.schedules.cover.states import Answer, Pace, RequestKind, RequestState, Via
from oncall_ui.models.columns import now, one_of, owned_by


def _to(table: str, *, nullable: bool = False, ondelete: str = "CASCADE") -> Column[int]:
    return Column(Integer, ForeignKey(f"{table}.id", ondelete=ondelete), nullable=nullable)


class ShiftRequest(SQLModel, table=True):
    """A published slot, or a part of it, that is to change hands. Once it is closed the row stays as it is."""

    __tablename__ = "request"
    __table_args__ = (Index("ix_request_due", "state", "next_at"),)

    id: int | None = Field(default=None, primary_key=True)
    schedule_id: int = Field(sa_column=owned_by("schedule"))
    kind: RequestKind = Field(sa_type=one_of(RequestKind))
    state: RequestState = Field(default=RequestState.OPEN, sa_type=one_of(RequestState))
    shift_id: int = Field(sa_column=_to("shift"))
    role: str = Field(max_length=40)
    start: datetime = Field(sa_type=UtcDateTime)
    end: datetime = Field(sa_type=UtcDateTime)
    """Of the part that is asked about."""
    holder_id: int = Field(sa_column=_to("participant"))
    """The participant who has it when it is asked about."""
    taker_id: int | None = Field(default=None, sa_column=_to("participant", nullable=True))
    """Who takes it; of an offer from the beginning, else once somebody does."""
    by_id: int | None = Field(default=None, sa_column=_to("member", nullable=True, ondelete="SET NULL"))
    """The member who asked: the participant concerned, or a manager."""
    note: str = Field(default="", max_length=200)
    pace: Pace | None = Field(default=None, sa_type=one_of(Pace))
    """Chosen by a person; None: by how near the shift is."""
    takes_swaps: bool = True
    """Whether they take one in return that they may hold, without being asked again."""
    back_shift_id: int | None = Field(default=None, sa_column=_to("shift", nullable=True))
    """What the holder gets in return, with the next three; None: nothing."""
    back_role: str = Field(default="", max_length=40)
    back_start: datetime | None = Field(default=None, sa_type=UtcDateTime)
    back_end: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its round is looked at again; None once it is closed."""
    is_accepted: bool = False
    """Whether those who agreed knew that it breaks a limit or meets a block."""
    settled_by: int | None = Field(default=None, sa_column=_to("member", nullable=True, ondelete="SET NULL"))
    via: Via | None = Field(default=None, sa_type=one_of(Via))
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it changed hands."""
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undo_by: int | None = Field(default=None, sa_column=_to("participant", nullable=True))
    """Who wants it undone, while the other one hasn’t agreed."""


class RequestAnswer(SQLModel, table=True):
    """Somebody who is asked, or will be."""

    __tablename__ = "request_answer"
    __table_args__ = (UniqueConstraint("request_id", "participant_id"),)

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(sa_column=_to("request"))
    participant_id: int = Field(sa_column=_to("participant"))
    rank: int
    """Who is asked first has the smallest."""
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the next one is asked; they may answer later, too."""
    answer: Answer | None = Field(default=None, sa_type=one_of(Answer))
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    via: Via | None = Field(default=None, sa_type=one_of(Via))
    back_shift_id: int | None = Field(default=None, sa_column=_to("shift", nullable=True))
    """The swap they propose, which the holder has to agree to."""
    back_role: str = Field(default="", max_length=40)
    back_start: datetime | None = Field(default=None, sa_type=UtcDateTime)
    back_end: datetime | None = Field(default=None, sa_type=UtcDateTime)
