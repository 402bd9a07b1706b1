"""What was published: shifts, who has them, and the account of who carried how much. Rows are added and ended."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Integer, text
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.schedules.plan_states import AssignmentCause, LedgerKind
from oncall_ui.models.columns import now, one_of

_NOT_CANCELLED = text("cancelled_at IS NULL")


class PublishedShift(SQLModel, table=True):
    """A shift that was published. One that is no longer wanted is cancelled, never deleted."""

    __tablename__ = "shift"
    __table_args__ = (
        Index(
            "ix_shift_start",
            "schedule_id",
            "start",
            unique=True,
            sqlite_where=_NOT_CANCELLED,
            postgresql_where=_NOT_CANCELLED,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    schedule_id: int = Field(sa_column=Column(Integer, ForeignKey("schedule.id", ondelete="CASCADE"), nullable=False))
    start: datetime = Field(sa_type=UtcDateTime)
    end: datetime = Field(sa_type=UtcDateTime)
    type: str = Field(max_length=40)
    points: int
    label: str = Field(default="", max_length=60)
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Assignment(SQLModel, table=True):
    """Who has a published slot, or a part of it. The rows of a slot that aren't ended tile it at every moment."""

    __table_args__ = (
        Index("ix_assignment_shift", "shift_id", "role"),
        Index("ix_assignment_participant", "participant_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shift_id: int = Field(sa_column=Column(Integer, ForeignKey("shift.id", ondelete="CASCADE"), nullable=False))
    role: str = Field(max_length=40)
    participant_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("participant.id", ondelete="CASCADE"), nullable=True)
    )
    """None: a gap."""
    start: datetime = Field(sa_type=UtcDateTime)
    end: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """None: this is how it is now."""
    cause: AssignmentCause = Field(sa_type=one_of(AssignmentCause))
    cause_id: int | None = None
    """The plan, or the request."""
    is_accepted: bool = False
    """Whether it was published although its holder was blocked."""
    by_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("member.id", ondelete="SET NULL"), nullable=True)
    )


class LedgerLine(SQLModel, table=True):
    """A line of somebody's account, in thousandths of a point. What belongs together sums to zero: done minus due."""

    __tablename__ = "ledger_line"
    __table_args__ = (Index("ix_ledger_line_schedule", "schedule_id", "participant_id"),)

    id: int | None = Field(default=None, primary_key=True)
    schedule_id: int = Field(sa_column=Column(Integer, ForeignKey("schedule.id", ondelete="CASCADE"), nullable=False))
    participant_id: int = Field(
        sa_column=Column(Integer, ForeignKey("participant.id", ondelete="CASCADE"), nullable=False)
    )
    shift_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("shift.id", ondelete="CASCADE"), nullable=True, index=True)
    )
    role: str = Field(default="", max_length=40)
    type: str = Field(default="", max_length=40)
    at: datetime = Field(sa_type=UtcDateTime)
    """When the shift starts, or since when it counts."""
    due: int = 0
    done: int = 0
    kind: LedgerKind = Field(sa_type=one_of(LedgerKind))
    recorded_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    by_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("member.id", ondelete="SET NULL"), nullable=True)
    )
    why: str = Field(default="", max_length=200)
