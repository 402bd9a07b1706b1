"""What the whole team shares."""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.models.columns import now, owned_by


class Team(SQLModel, table=True):
    """What the whole team agreed on; one row, made when something is changed."""

    id: int = Field(default=1, primary_key=True)
    block_tags: list[str] = Field(default_factory=list, sa_type=JSON)
    prefer_tags: list[str] = Field(default_factory=list, sa_type=JSON)


class GuideVote(SQLModel, table=True):
    """How many found a guide helpful; not who."""

    __tablename__ = "guide_vote"

    guide: str = Field(primary_key=True, max_length=100)
    yes: int = 0
    no: int = 0


class GuideRemark(SQLModel, table=True):
    """What a member said of a guide. They own it: administrators read it without the name."""

    __tablename__ = "guide_remark"
    __table_args__ = (UniqueConstraint("member_id", "guide"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=owned_by("member"))
    guide: str = Field(max_length=100)
    has_helped: bool
    text: str = Field(max_length=300)
    said_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ImportHour(SQLModel, table=True):
    """How many imports of all members ended in the hour that begins then."""

    __tablename__ = "import_hour"

    hour: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    ended: int = 0
    failed: int = 0
    longest_wait: int = 0
    """Seconds from when one was due until it began."""
