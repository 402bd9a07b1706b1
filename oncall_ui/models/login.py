"""What members log in with beside a password, and log-ins that have only begun."""

from datetime import datetime

from sqlalchemy import JSON, Column, ForeignKey, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.domain.accounts.login import LoginMethod, SecondFactorRule
from oncall_ui.models.columns import now, one_of, owned_by


class LoginRules(SQLModel, table=True):
    """What administrators decided about logging in; one row, made when something is changed."""

    __tablename__ = "login_rules"

    id: int = Field(default=1, primary_key=True)
    second_factor: SecondFactorRule = Field(default=SecondFactorRule.NOBODY, sa_type=one_of(SecondFactorRule))
    """Who has to have one."""
    creates_accounts: bool = False
    """Whether the first log-in with single sign-on creates an account."""


class ServerSecret(SQLModel, table=True):
    """A secret of this installation that outlives its keys: sealed again when they are rotated, never made again."""

    __tablename__ = "server_secret"

    name: str = Field(primary_key=True, max_length=40)
    sealed: str = Field(sa_column=Column(Text, nullable=False))
    """Encrypted by the vault."""


class Identity(SQLModel, table=True):
    """A member's account at the OpenID provider."""

    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=owned_by("member"))
    issuer: str = Field(max_length=500)
    subject: str = Field(max_length=255)
    """OpenID Connect Core section 2, `iss` and `sub`."""
    email: str = Field(max_length=254)
    """As the provider gave it last."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LoginRequest(SQLModel, table=True):
    """A browser that was sent to the OpenID provider and isn't back yet."""

    __tablename__ = "login_request"

    state_hash: str = Field(primary_key=True, max_length=64)
    sealed: str = Field(sa_column=Column(Text, nullable=False))
    """Code verifier, nonce and the page to open afterwards, encrypted by the vault."""
    member_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("member.id", ondelete="CASCADE"), nullable=True)
    )
    """The member who links the account, if they are logged in already."""
    expires_at: datetime = Field(sa_type=UtcDateTime)


class PendingLogin(SQLModel, table=True):
    """A log-in that waits for its second factor. The cookie holds the token, this table its SHA-256."""

    __tablename__ = "pending_login"

    id: str = Field(primary_key=True, max_length=64)
    member_id: int = Field(sa_column=owned_by("member"))
    method: LoginMethod = Field(default=LoginMethod.PASSWORD, sa_type=one_of(LoginMethod))
    """The first factor."""
    wrong_codes: int = 0
    expires_at: datetime = Field(sa_type=UtcDateTime)


class Totp(SQLModel, table=True):
    """A member's authenticator app (RFC 6238)."""

    member_id: int = Field(
        sa_column=Column(Integer, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    sealed: str = Field(sa_column=Column(Text, nullable=False))
    """The shared secret, encrypted by the vault."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """None until the first code: it protects nothing yet."""
    last_step: int = 0
    """The time step of the last accepted code; a code works once."""


class RecoveryCode(SQLModel, table=True):
    """One of a member's codes for a lost second factor. It works once."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=owned_by("member"))
    code_hash: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Passkey(SQLModel, table=True):
    """A member's WebAuthn credential (W3C Web Authentication Level 3)."""

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(sa_column=owned_by("member"))
    credential_id: str = Field(unique=True, max_length=1400)
    """Base64url."""
    public_key: bytes = Field(sa_type=LargeBinary)
    sign_count: int = 0
    transports: list[str] = Field(default_factory=list, sa_type=JSON)
    name: str = Field(max_length=100)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PasskeyChallenge(SQLModel, table=True):
    """A challenge that a browser was asked to answer with a passkey. It works once; the row goes with the answer."""

    __tablename__ = "passkey_challenge"

    id: str = Field(primary_key=True, max_length=64)
    """Its SHA-256. The session cookie of the one browser that may answer holds the challenge."""
    expires_at: datetime = Field(sa_type=UtcDateTime)


class KnownBrowser(SQLModel, table=True):
    """A browser in which a member has logged in before. Its cookie holds the token, this table its SHA-256."""

    __tablename__ = "known_browser"

    id: str = Field(primary_key=True, max_length=64)
    member_id: int = Field(sa_column=owned_by("member"))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    trusted_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Until then it isn't asked for the second factor."""
