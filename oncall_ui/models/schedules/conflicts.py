"""Published slots that need a change, since when and until when."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, text
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.schedules.conflicts.trouble import Ending, Trouble
from oncall_ui.models.columns import now, one_of, owned_by

_OPEN = text("closed_at IS NULL")


class ShiftConflict(SQLModel, table=True):
    """An assignment that can't stay as it is. A row is added when that is found and closed when it ends, once."""

    __tablename__ = "conflict"
    __table_args__ = (
        Index(
            "ix_conflict_open",
            "assignment_id",
            "kind",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_conflict_schedule", "schedule_id", "closed_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    schedule_id: int = Field(sa_column=Column(Integer, ForeignKey("schedule.id", ondelete="CASCADE"), nullable=False))
    assignment_id: int = Field(sa_column=owned_by("assignment"))
    kind: Trouble = Field(sa_type=one_of(Trouble))
    about: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """`spans` of the shift that are blocked, or `limits` that are broken, how often: as of the last look while open."""
    found_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    how: Ending | None = Field(default=None, sa_column=Column(one_of(Ending), nullable=True))
    by_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("member.id", ondelete="SET NULL"), nullable=True)
    )
    """Who kept it."""
