"""Where members are sent messages beside email, and which message is on its way there."""

from datetime import datetime

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.schedules.destinations.kinds import DeliveryState
from oncall_ui.models.columns import now, one_of, owned_by
from oncall_ui.models.receivers import Receiver


class Channel(Receiver, table=True):
    """A channel of one member: in Slack, Teams or ntfy."""

    __table_args__ = (Index("ix_channel_due", "next_at"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=owned_by("member"))
    kinds: list[str] = Field(default_factory=list, sa_type=JSON)
    """What is sent there: values of EmailKind."""


class ChannelDelivery(SQLModel, table=True):
    """One message for one channel. It is written when it is sent, so nothing of its text is here."""

    __tablename__ = "channel_delivery"
    __table_args__ = (
        UniqueConstraint("channel_id", "message_id"),
        Index("ix_channel_delivery_waiting", "channel_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = Field(sa_column=owned_by("channel"))
    message_id: int = Field(sa_column=owned_by("message"))
    event_id: str = Field(max_length=32)
    """The same for every try."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    state: DeliveryState = Field(default=DeliveryState.WAITING, sa_type=one_of(DeliveryState))
    """DELIVERED before it is sent, so that nothing is sent twice; WAITING again where it certainly didn’t arrive."""
    attempts: int = 0
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
