"""What a schedule is: its settings, who may do what, and the rules that cut its time into shifts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.planning.problem import Strength
from oncall_ui.models.columns import now, one_of, owned_by


class Schedule(SQLModel, table=True):
    """One on-call schedule. Times of day are those of `zone`."""

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True, max_length=32)
    """For the UIDs of its shifts in calendars."""
    name: str = Field(max_length=200)
    zone: str = Field(max_length=64)
    country: str = Field(default="", max_length=2)
    """Whose public holidays make a shift a holiday shift, as in `Member`."""
    region: str = Field(default="", max_length=16)
    roles: list[dict[str, Any]] = Field(sa_type=JSON)
    """`{"name": str, "percent": 0 | 50 | 100}` in order of who is called first; the percentage of points it counts."""
    points: dict[str, int] = Field(sa_type=JSON)
    """Points by the type of a shift."""
    blocks: Strength = Field(default=Strength.AVOID, sa_type=one_of(Strength))
    needs_fresh: bool = False
    """Whether publishing waits until every calendar of its people is up to date."""
    priorities: list[str] = Field(sa_type=JSON)
    """Values of LaterStage in order, without those that are switched off."""
    balance_roles: bool = True
    bend: bool = True
    carry_percent: int = 50
    horizon_days: int = 28
    notice_days: int = 14
    freeze_hours: int = 24
    swaps_need_approval: bool = False
    """Whether a manager has to approve what members agree on."""
    is_automatic: bool = False
    """Whether the next weeks are planned, and published where nothing needs a decision, without anybody."""
    cycle_from: date
    """Any day of the first week of rules that don't apply every week."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    archived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ScheduleAccess(SQLModel, table=True):
    """What a member may do with a schedule."""

    __tablename__ = "schedule_access"

    schedule_id: int = Field(
        sa_column=Column(Integer, ForeignKey("schedule.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    member_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
        )
    )
    access: Access = Field(sa_type=one_of(Access))


class ShiftRule(SQLModel, table=True):
    """A rule that starts shifts. A change ends the row and adds another, so that earlier plans can be explained."""

    __tablename__ = "shift_rule"
    __table_args__ = (Index("ix_shift_rule_schedule", "schedule_id", "valid_to"),)

    id: int | None = Field(default=None, primary_key=True)
    schedule_id: int = Field(sa_column=Column(Integer, ForeignKey("schedule.id", ondelete="CASCADE"), nullable=False))
    position: int
    days: list[int] = Field(sa_type=JSON)
    """0 is Monday."""
    hour: int
    minute: int
    every: int = 1
    week: int = 1
    type: str = Field(default="", max_length=40)
    points: int | None = None
    fills: dict[str, list[str]] = Field(default_factory=dict, sa_type=JSON)
    """Role → kind and name of its Filler; a person's name is the participant's id."""
    valid_from: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    valid_to: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """None: it applies now."""


class ScheduleOneOff(SQLModel, table=True):
    """A shift beside the rules. A change ends the row and adds another."""

    __tablename__ = "one_off"
    __table_args__ = (Index("ix_one_off_schedule", "schedule_id", "valid_to"),)

    id: int | None = Field(default=None, primary_key=True)
    schedule_id: int = Field(sa_column=Column(Integer, ForeignKey("schedule.id", ondelete="CASCADE"), nullable=False))
    start: datetime = Field(sa_type=UtcDateTime)
    end: datetime = Field(sa_type=UtcDateTime)
    type: str = Field(default="", max_length=40)
    points: int | None = None
    fills: dict[str, list[str]] = Field(default_factory=dict, sa_type=JSON)
    valid_from: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    valid_to: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ScheduleLimit(SQLModel, table=True):
    """A rule about people, in the words of the `plan` format."""

    __tablename__ = "schedule_limit"

    id: int | None = Field(default=None, primary_key=True)
    schedule_id: int = Field(sa_column=owned_by("schedule"))
    position: int
    terms: dict[str, Any] = Field(sa_type=JSON)
    """As in the list `limits`; its `people` are ids of participants."""
    since: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    """When it was set with these terms."""
