"""What we keep about everything that something is sent to: a schedule's destinations, and members' channels."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, DestinationState
from oncall_ui.models.columns import now, one_of


class Receiver(SQLModel):
    """Columns alone; the tables are Destination and Channel."""

    kind: DestinationKind = Field(sa_type=one_of(DestinationKind))
    name: str = Field(max_length=200)
    account: str = Field(max_length=300)
    """What may be shown of where it is: the name of its server."""
    sealed: str = Field(sa_type=Text)
    """Address and secrets, encrypted by the vault."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)

    state: DestinationState = Field(default=DestinationState.WAITING, sa_type=one_of(DestinationState))
    state_since: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    why: str = Field(default="", sa_type=Text)
    """The sentence of what keeps it from being in step."""
    cause: str = Field(default="", max_length=32)
    """A value of Cause, or empty."""
    attempts: int = 0
    """Failed tries in a row."""
    wanted: int = 0
    """Counts what has to be sent: with every change, and whenever somebody asks for another try."""
    told: int = 0
    """What `wanted` was when everything had been sent."""
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it is due; None: not by itself."""
    lease: str | None = Field(default=None, max_length=32)
    """Who is sending. What it finds counts only while it still holds its lease."""
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_ok_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
