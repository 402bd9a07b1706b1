"""What several processes on one PostgreSQL have to agree on. On SQLite there is one process, and both stay empty."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime


class TryCount(SQLModel, table=True):
    """How often something was tried lately, see `database.counts`. Not logged: a server that crashes forgets it."""

    __tablename__ = "try_count"

    key: str = Field(primary_key=True, max_length=32)
    """A hash of what is counted and for whom."""
    numbers: list[float] = Field(default_factory=list, sa_type=JSON)
    forgotten_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Lease(SQLModel, table=True):
    """What one process does while others wait, see `database.leases`."""

    name: str = Field(primary_key=True, max_length=64)
    holder: str = Field(max_length=32)
    until: datetime = Field(sa_type=UtcDateTime)
    """A process that was killed loses it then."""
