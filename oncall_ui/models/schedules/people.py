"""The people of a schedule, and what was agreed with each of them when."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, ForeignKey, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.models.columns import now, owned_by


class Participant(SQLModel, table=True):
    """A member in one schedule. It outlives the account, so that everybody else's sums stay right."""

    __table_args__ = (UniqueConstraint("schedule_id", "member_id"),)

    id: int | None = Field(default=None, primary_key=True)
    schedule_id: int = Field(sa_column=owned_by("schedule"))
    member_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("member.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    name: str = Field(default="", max_length=200)
    """Of somebody whose account is gone: `Former member 3`. Empty as long as the member has a name."""
    colour: int
    """1 to 16."""
    colour_freed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when another participant may have the colour."""


class Membership(SQLModel, table=True):
    """What was agreed about a participant from one day to another. A change ends rows and adds others."""

    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(sa_column=owned_by("participant"))
    from_day: date
    to_day: date | None = None
    """Exclusive; None: without an end. Days begin at midnight in the schedule's zone."""
    share: int = 100
    """Percent."""
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    """Empty: every role."""
    weekdays: list[int] = Field(default_factory=list, sa_type=JSON)
    """The days of the member's zone on which they can be on call, 0 is Monday. Empty: every day."""
    is_paused: bool = False
    """No shift while it lasts, nothing due, nothing to catch up on."""
    recorded_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """None: this is what holds now."""
