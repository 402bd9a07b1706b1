"""Plans: drafts that are worked on, and those that were published, which never change."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.schedules.plan_states import PlanKind, PlanStatus, SlotHow
from oncall_ui.models.columns import now, one_of, owned_by


class SchedulePlan(SQLModel, table=True):
    """One result of planning a span of days of a schedule."""

    __tablename__ = "schedule_plan"
    __table_args__ = (UniqueConstraint("schedule_id", "number"), Index("ix_schedule_plan_status", "status"))

    id: int | None = Field(default=None, primary_key=True)
    schedule_id: int = Field(sa_column=owned_by("schedule"))
    number: int
    kind: PlanKind = Field(sa_type=one_of(PlanKind))
    status: PlanStatus = Field(sa_type=one_of(PlanStatus))
    first_day: date
    end_day: date
    """Exclusive, like every end here; days of the schedule's zone."""
    based_on: int = 0
    """The newest assignment of the schedule when the plan was computed; 0 if there was none."""
    by_id: int | None = Field(
        default=None, sa_column=Column("by_id", Integer, ForeignKey("member.id", ondelete="SET NULL"), nullable=True)
    )
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    as_of: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The moment it is planned for; None: when it is planned."""
    revision: int = 1
    """Counts every manual change and every planning."""
    choices: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What managers decided about slots: `pinned`, `barred`, `empty`, `accepted`."""
    input_hash: str = Field(default="", max_length=64)
    result: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """`stages`, `conflicts`, `problems`, `is_by_hand`, `seed`, `seconds`, `solver`, and the `choices` it was planned
    with; empty until then."""
    note: str = Field(default="", sa_type=Text)
    """Why planning failed, as a sentence."""

    progress: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """`stage`, `best`, `bound` while it is planned, and `since` when."""
    is_stop_asked: bool = False
    lease: str | None = Field(default=None, max_length=32)
    """Who is planning. A result counts only while its process still holds the lease."""
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)

    published_by: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("member.id", ondelete="SET NULL"), nullable=True)
    )
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    published_until: date | None = None


class PlanSlot(SQLModel, table=True):
    """One role of one shift in a plan."""

    __tablename__ = "plan_slot"
    __table_args__ = (UniqueConstraint("plan_id", "shift_start", "role"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(sa_column=Column(Integer, ForeignKey("schedule_plan.id", ondelete="CASCADE"), nullable=False))
    shift_start: datetime = Field(sa_type=UtcDateTime)
    shift_end: datetime = Field(sa_type=UtcDateTime)
    role: str = Field(max_length=40)
    type: str = Field(max_length=40)
    points: int
    """Of the shift, whatever the role counts."""
    label: str = Field(default="", max_length=60)
    participant_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("participant.id", ondelete="CASCADE"), nullable=True)
    )
    """None: a gap."""
    how: SlotHow = Field(default=SlotHow.SOLVER, sa_type=one_of(SlotHow))
    blocked: int = 0
    """Thousandths of the shift, and so are the next two."""
    unknown: int = 0
    wish: int = 0
    """What it adds to wishes."""
    changed: bool = False
    """Whether somebody else holds the published slot."""
    reasons: list[dict[str, list[str]]] = Field(default_factory=list, sa_type=JSON)


class PlanInput(SQLModel, table=True):
    """What a plan was computed from: the `plan` format, compressed. It has shares of shifts, not spans of calendars."""

    __tablename__ = "plan_input"

    plan_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("schedule_plan.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    content: bytes = Field(sa_type=LargeBinary)
    read_at: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """Participant id → when their oldest calendar was read."""
