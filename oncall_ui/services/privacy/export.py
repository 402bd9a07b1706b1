"""Everything stored about a member, in one file."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import or_
from sqlmodel import Session, SQLModel, col, func, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.window import DAYS_AHEAD
from oncall_ui.errors import NotAllowed
from oncall_ui.models import (
    ApiToken,
    AuditEntry,
    AuthorizationRequest,
    Availability,
    Calendar,
    Channel,
    ChannelDelivery,
    Connection,
    EmailChange,
    EmailChoice,
    FeedAddress,
    GuideRemark,
    Identity,
    KnownBrowser,
    LoginRequest,
    LoginSession,
    ManualEntry,
    Member,
    Message,
    MessageLink,
    Passkey,
    PendingLogin,
    QuietHours,
    RecoveryCode,
    ResetLink,
    ShiftFeedAddress,
    Totp,
    TrustedAddress,
    now,
)
from oncall_ui.services.audit.record import record
from oncall_ui.services.availability.query import spans_by_member
from oncall_ui.services.privacy.schedules import schedules_of
from oncall_ui.services.sharing.feed import calendar_name, owner_of_events
from oncall_ui.services.sharing.ics_writer import calendar_text

NOT_INCLUDED = (
    "Your password: stored as a hash. Nobody can read it, not even us.",
    "Addresses, passwords and access tokens of your connections and channels: encrypted, never shown.",
    "Session tokens, the addresses of your private feeds and API tokens: stored as hashes.",
    "Keys of your authenticator app and passkeys, recovery codes and links: encrypted, or stored as hashes.",
    "Sync state: fingerprints used to spot changes; no text of any event.",
)
SECRET = {
    Member: {"password_hash"},
    LoginSession: {"id"},
    AuthorizationRequest: {"state_hash", "session_id", "sealed"},
    Connection: {"sealed", "fingerprint"},
    Calendar: {"remote_id", "cursor", "rules_version", "lease", "lease_until", "suspected_loss"},
    FeedAddress: {"token_hash"},
    ResetLink: {"token_hash"},
    EmailChange: {"token_hash"},
    LoginRequest: {"state_hash", "sealed"},
    PendingLogin: {"id"},
    Totp: {"sealed", "last_step"},
    RecoveryCode: {"code_hash"},
    Passkey: {"credential_id", "public_key", "sign_count"},
    KnownBrowser: {"id"},
    AuditEntry: {"actor_id", "subject_id"},
    ShiftFeedAddress: {"token_hash"},
    Message: {"id", "schedule_id", "by_id", "key"},
    MessageLink: {"id", "message_id", "token_hash"},
    Channel: {"sealed", "lease", "lease_until", "wanted", "told", "cause"},
    ChannelDelivery: {"id", "channel_id", "message_id", "event_id"},
    ApiToken: {"token_hash"},
    Availability: {"key"},
}
"""Columns that are left out: secrets and sync state. A new column is exported unless it is listed here."""
LOGGING_IN: dict[str, type[SQLModel]] = {
    "passkeys": Passkey,
    "two_factor": Totp,
    "recovery_codes": RecoveryCode,
    "single_sign_on": Identity,
    "known_browsers": KnownBrowser,
    "reset_links": ResetLink,
    "email_changes": EmailChange,
    "logins_waiting_for_a_code": PendingLogin,
    "logins_under_way": LoginRequest,
}
"""What a member logs in with beside the password, and links and log-ins that have only begun."""

NOWHERE = {"address": "", "user_agent": ""}


def export(app: App, member_id: int) -> dict[str, Any]:
    """For JSON: times `2026-11-22T09:00:00Z`, days `2026-11-22`. Raises NotAllowed when the account is gone."""
    with app.db.read() as session:
        member = session.get(Member, member_id)
        if member is None:
            raise NotAllowed
        connections = session.exec(
            select(Connection).where(Connection.member_id == member_id).order_by(col(Connection.id))
        ).all()
        everything = {
            "exported_at": _plain(now().replace(microsecond=0)),
            "account": _serialise(member),
            "availability": _all(session, Availability, member_id),
            "connections": [_serialise(row) | {"calendars": _calendars(session, row)} for row in connections],
            "trusted_addresses": _all(session, TrustedAddress, member_id),
            "entries_by_hand": _all(session, ManualEntry, member_id),
            "logins": _all(session, LoginSession, member_id),
            "sign_ins_under_way": [_serialise(row) for row in _under_way(session, member_id)],
            "private_address": next((_serialise(row) for row in _owned(session, FeedAddress, member_id)), None),
            "shift_addresses": _all(session, ShiftFeedAddress, member_id),
            "messages": [_message(session, row) for row in _owned(session, Message, member_id)],
            "email_choices": _all(session, EmailChoice, member_id),
            "quiet_hours": _all(session, QuietHours, member_id),
            "channels": [_channel(session, row) for row in _owned(session, Channel, member_id)],
            "guide_remarks": _all(session, GuideRemark, member_id),
            "api_tokens": _all(session, ApiToken, member_id),
            **{
                name: [_serialise(row) for row in _owned(session, table, member_id)]
                for name, table in LOGGING_IN.items()
            },
            "schedules": schedules_of(session, member_id),
            "activity": _activity(session, member_id),
            "not_included": list(NOT_INCLUDED),
        }
    _record(app, member_id, "JSON")
    return everything


def export_ics(app: App, member_id: int) -> bytes:
    """All stored availability as an iCalendar file. Raises NotAllowed when the account is gone."""
    with app.db.read() as session:
        member = session.get(Member, member_id)
        if member is None:
            raise NotAllowed
        spans = spans_by_member(session, [member_id], *_extent(session, member_id))[member_id]
    stamp = now().replace(microsecond=0)
    text = calendar_text(calendar_name(member), spans, owner=owner_of_events(app, member_id), stamp=stamp)
    _record(app, member_id, "ICS")
    return text


def _record(app: App, member_id: int, kind: str) -> None:
    with app.db.write() as session:
        record(session, AuditAction.DATA_EXPORTED, by=member_id, what=kind)


def _extent(session: Session, member_id: int) -> tuple[datetime, datetime]:
    """From the first stored interval to the last, and at least as far ahead as imports: weekly days have no end."""
    stored = select(func.min(Availability.start), func.max(Availability.end))
    first, last = session.exec(stored.where(col(Availability.member_id) == member_id)).one()
    moment = now()
    return min(first or moment, moment), max(last or moment, moment + timedelta(days=DAYS_AHEAD))


def _owned(session: Session, table: Any, member_id: int) -> list[SQLModel]:
    (key, *_) = table.__table__.primary_key.columns
    by = col(Availability.start) if table is Availability else key
    return list(session.exec(select(table).where(table.member_id == member_id).order_by(by)))


def _all(session: Session, table: Any, member_id: int) -> list[dict[str, Any]]:
    return [_serialise(row) for row in _owned(session, table, member_id)]


def _message(session: Session, row: SQLModel) -> dict[str, Any]:
    links = session.exec(select(MessageLink).where(MessageLink.message_id == cast(Message, row).id))
    return _serialise(row) | {"links": [_serialise(link) for link in links]}


def _channel(session: Session, row: SQLModel) -> dict[str, Any]:
    rows = select(ChannelDelivery).where(ChannelDelivery.channel_id == cast(Channel, row).id)
    deliveries = session.exec(rows.order_by(col(ChannelDelivery.id)))
    return _serialise(row) | {"deliveries": [_serialise(each) for each in deliveries]}


def _calendars(session: Session, connection: Connection) -> list[dict[str, Any]]:
    rows = session.exec(select(Calendar).where(Calendar.connection_id == connection.id).order_by(col(Calendar.id)))
    return [_serialise(row) for row in rows]


def _under_way(session: Session, member_id: int) -> list[AuthorizationRequest]:
    own = select(LoginSession.id).where(LoginSession.member_id == member_id)
    return list(session.exec(select(AuthorizationRequest).where(col(AuthorizationRequest.session_id).in_(own))))


def _activity(session: Session, member_id: int) -> list[dict[str, Any]]:
    """The member's part of the audit log. Where others did something from stays with them."""
    theirs = or_(col(AuditEntry.actor_id) == member_id, col(AuditEntry.subject_id) == member_id)
    rows = session.exec(select(AuditEntry).where(theirs).order_by(col(AuditEntry.id)))
    return [_serialise(row) | ({} if row.actor_id in {member_id, None} else NOWHERE) for row in rows]


def _serialise(row: SQLModel) -> dict[str, Any]:
    hidden = {"member_id", "connection_id"} | SECRET.get(type(row), set())
    return {key: _plain(value) for key, value in row.model_dump().items() if key not in hidden}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
