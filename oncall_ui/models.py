"""The tables. Times are aware UTC; what a member's event says is in none of them."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Enum, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from oncall_ui.db import UtcDateTime
from oncall_ui.domain.availability.rules import Action, Mode
from oncall_ui.domain.imports.state import State


def now() -> datetime:
    return datetime.now(UTC)


def _owned_by(table: str) -> Any:
    """A column that points at its owner and goes with it."""
    return Column(Integer, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, index=True)


def _one_of(kind: type[StrEnum]) -> Any:
    """A column type that stores the words of `kind` and returns its members."""
    return Enum(kind, native_enum=False, length=16, values_callable=lambda members: [each.value for each in members])


class Member(SQLModel, table=True):
    """A person with an account."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True, max_length=254)
    """Lower case; the first trusted address."""
    name: str = Field(max_length=200)
    password_hash: str
    zone: str = Field(max_length=64)
    """IANA name."""
    is_admin: bool = False
    theme: str = Field(default="", max_length=8)
    """`light`, `dark`, or empty: as the system says."""
    country: str = Field(default="", max_length=2)
    """ISO 3166-1 alpha-2; whose public holidays are shown. Empty: none."""
    region: str = Field(default="", max_length=16)
    """Subdivision of the country as the package `holidays` knows it; empty: the whole country."""
    holidays_block: bool = False
    """Whether public holidays count as blocks."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class LoginSession(SQLModel, table=True):
    """One browser that is logged in. The cookie holds the token, this table its SHA-256."""

    __tablename__ = "login_session"

    id: str = Field(primary_key=True, max_length=64)
    member_id: int = Field(sa_column=_owned_by("member"))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class SetupLink(SQLModel, table=True):
    """The one link that creates the first account; the row goes when it is used."""

    __tablename__ = "setup_link"

    id: int = Field(default=1, primary_key=True)
    token_hash: str = Field(max_length=64)


class Connection(SQLModel, table=True):
    """One account or feed a member connected."""

    __table_args__ = (UniqueConstraint("member_id", "product", "fingerprint"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=_owned_by("member"))
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
    connection_id: int = Field(sa_column=_owned_by("connection"))
    remote_id: str = Field(max_length=1000)
    """The provider's name for it; empty where a connection is one calendar."""
    name: str = Field(max_length=300)
    is_on: bool = False
    mode: Mode = Field(default=Mode.MATCHING, sa_type=_one_of(Mode))
    counts_free: bool = False
    counts_all_day: bool = True

    state: State = Field(default=State.OFF, sa_type=_one_of(State))
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


class TrustedAddress(SQLModel, table=True):
    """One more email address of a member: what it organised or accepted counts."""

    __tablename__ = "trusted_address"
    __table_args__ = (UniqueConstraint("member_id", "address"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=_owned_by("member"))
    address: str = Field(max_length=254)
    """Lower case."""
    confirmed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ManualEntry(SQLModel, table=True):
    """Whole days that a member blocked or offered; in the member's zone."""

    __tablename__ = "manual_entry"

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=_owned_by("member"))
    first_day: date
    last_day: date
    """Inclusive."""
    action: Action = Field(sa_type=_one_of(Action))
    weekly: bool = False
    """Whether the same days of every following week count too."""
    until: date | None = None
    """Last day that counts when it repeats; None: without an end."""


class Team(SQLModel, table=True):
    """What the whole team agreed on; one row, made when something is changed."""

    id: int = Field(default=1, primary_key=True)
    block_tags: list[str] = Field(default_factory=list, sa_type=JSON)
    prefer_tags: list[str] = Field(default_factory=list, sa_type=JSON)


class FeedAddress(SQLModel, table=True):
    """The private address under which a member's availability can be subscribed to."""

    __tablename__ = "feed_address"

    member_id: int = Field(
        sa_column=Column(Integer, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_fetched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ApiToken(SQLModel, table=True):
    """A member's key to the read-only API; the table holds its SHA-256."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=_owned_by("member"))
    name: str = Field(max_length=100)
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class GuideVote(SQLModel, table=True):
    """How many found a guide helpful; not who."""

    __tablename__ = "guide_vote"

    guide: str = Field(primary_key=True, max_length=100)
    yes: int = 0
    no: int = 0


class Availability(SQLModel, table=True):
    """All that is kept of events: when somebody can't, or would like to, be on call."""

    __table_args__ = (Index("ix_availability_span", "member_id", "start"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=Column(Integer, ForeignKey("member.id", ondelete="CASCADE"), nullable=False))
    calendar_id: int = Field(sa_column=_owned_by("calendar"))
    start: datetime = Field(sa_type=UtcDateTime)
    end: datetime = Field(sa_type=UtcDateTime)
    action: Action = Field(sa_type=_one_of(Action))
    key: bytes = Field(default=b"", sa_type=LargeBinary)
    """Hash of the event's UID (domain.ical.key_of)."""
