"""Keys of programs that read a member's availability and shifts."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Integer
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.schedules.shift_feed import FeedKind
from oncall_ui.models.columns import now, one_of, owned_by


class FeedAddress(SQLModel, table=True):
    """The private address under which a member's availability can be subscribed to."""

    __tablename__ = "feed_address"

    member_id: int = Field(
        sa_column=Column(Integer, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_fetched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ShiftFeedAddress(SQLModel, table=True):
    """A private address under which a member subscribes to shifts; the table holds the SHA-256 of its token."""

    __tablename__ = "shift_feed_address"
    __table_args__ = (Index("ix_shift_feed_address_member", "member_id", "kind", "schedule_id"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=Column(Integer, ForeignKey("member.id", ondelete="CASCADE"), nullable=False))
    kind: FeedKind = Field(sa_type=one_of(FeedKind))
    schedule_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("schedule.id", ondelete="CASCADE"), nullable=True)
    )
    """With the kind SCHEDULE."""
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_fetched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ApiToken(SQLModel, table=True):
    """A member's key to the read-only API; the table holds its SHA-256."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=owned_by("member"))
    name: str = Field(max_length=100)
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
