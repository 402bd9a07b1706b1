"""Members, their sessions, and everything they can log in with."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Integer, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.models.columns import now, one_of, owned_by


class Member(SQLModel, table=True):
    """A person with an account."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True, max_length=254)
    """Lower case; the first trusted address."""
    name: str = Field(max_length=200)
    password_hash: str
    """Empty for an account that has no password: it logs in with single sign-on or a passkey."""
    password_changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """None: since the account was created."""
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
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LoginSession(SQLModel, table=True):
    """One browser that is logged in. The cookie holds the token, this table its SHA-256."""

    __tablename__ = "login_session"

    id: str = Field(primary_key=True, max_length=64)
    member_id: int = Field(sa_column=owned_by("member"))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_used_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    address: str = Field(default="", max_length=64)
    """The IP address it was last used from."""
    user_agent: str = Field(default="", max_length=400)
    """RFC 9110 section 10.1.5; shortened, one line."""
    method: LoginMethod = Field(default=LoginMethod.PASSWORD, sa_type=one_of(LoginMethod))


class SetupLink(SQLModel, table=True):
    """The one link that creates the first account; the row goes when it is used."""

    __tablename__ = "setup_link"

    id: int = Field(default=1, primary_key=True)
    token_hash: str = Field(max_length=64)
    printed: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    """The token, encrypted by the vault: processes that start together print the same link."""
    created_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TrustedAddress(SQLModel, table=True):
    """One more email address of a member: what it organised or accepted counts."""

    __tablename__ = "trusted_address"
    __table_args__ = (UniqueConstraint("member_id", "address"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=owned_by("member"))
    address: str = Field(max_length=254)
    """Lower case."""
    confirmed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Invitation(SQLModel, table=True):
    """A link with which somebody without an account creates one, once. Ended ones stay, so that links can say why."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254, index=True)
    """Lower case. At most one invitation for it is open."""
    is_admin: bool = False
    token_hash: str = Field(unique=True, max_length=64)
    invited_by: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("member.id", ondelete="SET NULL"), nullable=True)
    )
    """None: on the command line, or by somebody whose account is gone."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    emailed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ResetLink(SQLModel, table=True):
    """A link with which a member sets a new password, once. The old password works until then."""

    __tablename__ = "reset_link"

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=owned_by("member"))
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class EmailChange(SQLModel, table=True):
    """A new email address that its member hasn't confirmed yet."""

    __tablename__ = "email_change"

    member_id: int = Field(
        sa_column=Column(Integer, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    email: str = Field(max_length=254)
    token_hash: str = Field(unique=True, max_length=64)
    expires_at: datetime = Field(sa_type=UtcDateTime)
