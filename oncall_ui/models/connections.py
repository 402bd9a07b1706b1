"""What members connect, and the calendars found there."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.state import State
from oncall_ui.models.columns import now, one_of, owned_by


class Connection(SQLModel, table=True):
    """One account or feed a member connected."""

    __table_args__ = (UniqueConstraint("member_id", "product", "fingerprint"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=owned_by("member"))
    product: str = Field(max_length=32)
    """Key of a product in providers."""
    nickname: str = Field(max_length=200)
    account: str = Field(max_length=300)
    """What may be shown of the account: an email address, or a host and the last characters of an address."""
    fingerprint: str = Field(max_length=64)
    """Keyed hash of what is connected, so that connecting it again finds this row."""
    addresses: list[str] = Field(default_factory=list, sa_type=JSON)
    """The account's own email addresses, lower case: trusted as the member's."""
    sealed: str = Field(sa_column=Column(Text, nullable=False))
    """The credentials, encrypted by the vault."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class AuthorizationRequest(SQLModel, table=True):
    """A member who was sent to a vendor to sign in and isn't back yet (RFC 6749 section 4.1.1)."""

    __tablename__ = "authorization_request"

    state_hash: str = Field(primary_key=True, max_length=64)
    """SHA-256 of the state, which only the vendor and the browser hold."""
    session_id: str = Field(
        sa_column=Column(ForeignKey("login_session.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    product: str = Field(max_length=32)
    connection_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("connection.id", ondelete="CASCADE"), nullable=True)
    )
    """The connection to renew."""
    sealed: str = Field(sa_column=Column(Text, nullable=False))
    """Code verifier and what was asked for, encrypted by the vault."""
    expires_at: datetime = Field(sa_type=UtcDateTime)


class Calendar(SQLModel, table=True):
    """One calendar inside a connection: how it counts, how it is doing, when it is read next."""

    __table_args__ = (UniqueConstraint("connection_id", "remote_id"), Index("ix_calendar_due", "next_import_at"))

    id: int | None = Field(default=None, primary_key=True)
    connection_id: int = Field(sa_column=owned_by("connection"))
    remote_id: str = Field(max_length=1000)
    """The provider's name for it; empty where a connection is one calendar."""
    name: str = Field(max_length=300)
    is_on: bool = False
    mode: Mode = Field(default=Mode.MATCHING, sa_type=one_of(Mode))
    counts_free: bool = False
    counts_all_day: bool = True

    state: State = Field(default=State.OFF, sa_type=one_of(State))
    state_since: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    why: str = Field(default="", sa_type=Text)
    """The sentence of the failure that lasts."""
    hint: str = Field(default="", sa_type=Text)
    """What to change when the last complete reading brought nothing that counts."""
    cause: str = Field(default="", max_length=32)
    """A value of Cause, or empty."""
    attempts: int = 0
    """Failed tries in a row."""
    events_read: int = 0
    """Of the last complete reading; while importing see `progress`."""
    events_counted: int = 0
    """How many of them count; an event may make several rows of availability."""
    entries: int = 0
    """Rows of availability read from it."""
    problems: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """`{"line": int, "message": str}` of what was skipped; no text of events."""
    progress: int = 0
    progress_share: float | None = None
    """0 to 1, None while the size is unknown."""

    next_import_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it is due; None: not by itself (off, or needs the member)."""
    asked_to_wait_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """What its server asked for (Retry-After, RFC 9110 section 10.2.3); None if it named no time."""
    lease: str | None = Field(default=None, max_length=32)
    """Who is importing it. A finished import counts only while it still holds its lease."""
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    suspected_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the import that `suspected_loss` describes was first held back."""
    cursor: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """What the provider wants back next time: ETag, hash."""
    broken_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it first failed after the last success; None while it is well, or off."""
    alerts_sent: int = 0
    """How many alert emails were sent about this breakage."""
    suspected_loss: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Fields of SuspectedLoss while an import is held back, else empty."""
    resolution: str = Field(default="", max_length=8)
    """A value of Resolution once the member has decided about `suspected_loss`, else empty."""
    rules_version: str = Field(default="", max_length=64)
    """`rules_version` of the last complete import; where it differs now, the calendar is read in full."""


class CalendarDigest(SQLModel, table=True):
    """Hashes of what the last reading of a calendar was made of (domain.ical.Digest); apart, since it may be large."""

    __tablename__ = "calendar_digest"

    calendar_id: int = Field(
        sa_column=Column(Integer, ForeignKey("calendar.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    digest: bytes = Field(sa_type=LargeBinary)
