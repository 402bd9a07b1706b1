"""Where published shifts and news about them are sent, what was written there, and every single delivery."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.schedules.destinations.copies import Intent
from oncall_ui.domain.schedules.destinations.kinds import DeliveryState, EventKind
from oncall_ui.models.columns import now, one_of, owned_by
from oncall_ui.models.receivers import Receiver


class Destination(Receiver, table=True):
    """A program or channel that a schedule is sent to."""

    __table_args__ = (Index("ix_destination_due", "next_at"),)

    id: int | None = Field(default=None, primary_key=True)
    schedule_id: int = Field(sa_column=owned_by("schedule"))
    options: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What isn’t secret: `events`, or `schedules` (role → id there) and `people` (participant → user there, as chosen).
    """
    result: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Of the last time: `sent`, `refused`, and `edits` that were made there."""


class DestinationItem(SQLModel, table=True):
    """One thing we wrote there and may take back: an override, or a span of shifts."""

    __tablename__ = "destination_item"
    id: int | None = Field(default=None, primary_key=True)
    destination_id: int = Field(sa_column=owned_by("destination"))
    place: str = Field(max_length=100)
    """The schedule there."""
    remote_id: str = Field(default="", max_length=100)
    """Empty until we know it."""
    start: datetime = Field(sa_type=UtcDateTime)
    end: datetime = Field(sa_type=UtcDateTime)
    user: str = Field(default="", max_length=100)
    """The user there."""
    intent: Intent = Field(default=Intent.NONE, sa_type=one_of(Intent))
    """What we were about to do with it, in case we never learn whether it happened."""
    written_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Delivery(SQLModel, table=True):
    """One event for one destination: written together with what happened, sent by a job."""

    __table_args__ = (
        UniqueConstraint("destination_id", "event_id"),
        Index("ix_delivery_waiting", "destination_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    destination_id: int = Field(sa_column=owned_by("destination"))
    event_id: str = Field(max_length=32)
    """The same for every destination, and for every try: by it a receiver knows what it has already."""
    kind: EventKind = Field(sa_type=one_of(EventKind, 24))
    facts: dict[str, Any] = Field(sa_type=JSON)
    """`schedule` and `data` of the event."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    """When it happened."""
    noted_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    """Since when it waits; later than that where it is sent once more."""
    state: DeliveryState = Field(default=DeliveryState.WAITING, sa_type=one_of(DeliveryState))
    attempts: int = 0
    status: int | None = None
    """Of the last answer."""
    milliseconds: int | None = None
    """Until that answer."""
    why: str = Field(default="", sa_type=Text)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
