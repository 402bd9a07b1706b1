"""History that was brought from another tool or a spreadsheet. What it counts is in the ledger."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Integer
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.schedules.rota_import.rota import RotaSource
from oncall_ui.models.columns import now, one_of, owned_by


class RotaImport(SQLModel, table=True):
    """One import. Nothing of the file is kept but what these columns say."""

    __tablename__ = "rota_import"

    id: int | None = Field(default=None, primary_key=True)
    schedule_id: int = Field(sa_column=owned_by("schedule"))
    source: RotaSource = Field(sa_type=one_of(RotaSource))
    start: datetime = Field(sa_type=UtcDateTime)
    end: datetime = Field(sa_type=UtcDateTime)
    """From when to when it counts."""
    slots: int
    """How many slots of the schedule's rules somebody held in it."""
    recorded_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    by_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("member.id", ondelete="SET NULL"), nullable=True)
    )
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RotaName(SQLModel, table=True):
    """Who is meant by a name or an address in other rotas, chosen once for each schedule."""

    __tablename__ = "rota_name"

    schedule_id: int = Field(
        sa_column=Column(Integer, ForeignKey("schedule.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    known_as: str = Field(primary_key=True, max_length=200)
    """As `Named.key`."""
    participant_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("participant.id", ondelete="CASCADE"), nullable=True)
    )
    """None: nobody; entries with this name don't count."""
