"""A member about whom everything is kept that can be."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind
from oncall_ui.domain.schedules.messages.kinds import EmailKind, MessageKind
from oncall_ui.domain.schedules.shift_feed import FeedKind
from oncall_ui.models import (
    AuthorizationRequest,
    Availability,
    Calendar,
    CalendarDigest,
    Channel,
    ChannelDelivery,
    Connection,
    EmailChange,
    EmailChoice,
    GuideRemark,
    Identity,
    KnownBrowser,
    LoginRequest,
    ManualEntry,
    Message,
    MessageLink,
    Passkey,
    PendingLogin,
    QuietHours,
    RecoveryCode,
    ResetLink,
    Totp,
    TrustedAddress,
    now,
)
from oncall_ui.services.sharing.feed import create_feed_link
from oncall_ui.services.sharing.shift_feed import create_shift_link
from oncall_ui.services.sharing.tokens import create_token
from tests.calendars import in_days
from tests.conftest import Person
from tests.services.helpers.schedules import keep_schedule, participant_of, publish_by_hand

SEALED, FINGERPRINT, REMOTE, CURSOR = "sealed-credentials", "f1ngerprint", "https://secret.example/x", "etag-7"


def keep_everything(app: App, person: Person) -> Calendar:
    """The calendar; it has three spans, of which two are the same."""
    calendar = keep_calendar(app, person)
    with app.db.write() as session:
        session.add(CalendarDigest(calendar_id=calendar.id or 0, digest=b"digest"))
        session.add(TrustedAddress(member_id=person.id, address="other@example.org"))
        session.add(
            ManualEntry(
                member_id=person.id,
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 8),
                action=Action.BLOCK,
                weekly=True,
            )
        )
        session.add(
            AuthorizationRequest(
                state_hash=f"state-{person.id}",
                session_id=person.me.session_id,
                product="google",
                sealed=SEALED,
                expires_at=now() + timedelta(minutes=5),
            )
        )
    keep_ways_to_log_in(app, person)
    create_feed_link(app, person.id)
    create_token(app, person.id, "Script")
    create_shift_link(app, person.id, FeedKind.MINE)
    schedule = keep_schedule(app, person, [person])
    publish_by_hand(app, person, schedule, [participant_of(app, schedule, person)])
    keep_emails(app, person, schedule)
    return calendar


def keep_emails(app: App, person: Person, schedule: int) -> None:
    with app.db.write() as session:
        key = f"published-{person.id}"
        message = Message(kind=MessageKind.PUBLISHED, member_id=person.id, key=key, due_at=now(), until=now())
        message.schedule_id = schedule
        session.add(message)
        session.flush()
        session.add(MessageLink(message_id=message.id or 0, action="answer", token_hash=key, until=now()))
        session.add(EmailChoice(member_id=person.id, kind=EmailKind.SHIFT_CHANGES, is_wanted=False))
        session.add(GuideRemark(member_id=person.id, guide="connect-google", has_helped=False, text="Too long."))
        session.add(QuietHours(member_id=person.id, begin=22, end=7))
        channel = Channel(
            member_id=person.id, kind=DestinationKind.NTFY, name="Phone", account="ntfy.sh", sealed=SEALED
        )
        session.add(channel)
        session.flush()
        session.add(ChannelDelivery(channel_id=channel.id or 0, message_id=message.id or 0, event_id=f"e{person.id}"))


def keep_ways_to_log_in(app: App, person: Person) -> None:
    """A row of each, with secrets that must never leave the server."""
    soon, secret = now() + timedelta(hours=1), f"secret-{person.id}"
    with app.db.write() as session:
        session.add_all(
            [
                Passkey(member_id=person.id, credential_id=secret, public_key=b"public", name="Laptop"),
                Totp(member_id=person.id, sealed=SEALED),
                RecoveryCode(member_id=person.id, code_hash=secret),
                Identity(member_id=person.id, issuer="https://id.example.org", subject=secret, email=person.email),
                KnownBrowser(id=secret, member_id=person.id, expires_at=soon),
                ResetLink(member_id=person.id, token_hash=secret, expires_at=soon),
                EmailChange(member_id=person.id, email="new@example.org", token_hash=secret, expires_at=soon),
                PendingLogin(id=secret, member_id=person.id, expires_at=soon),
                LoginRequest(state_hash=secret, sealed=SEALED, member_id=person.id, expires_at=soon),
            ]
        )


def keep_calendar(app: App, person: Person, name: str = "Work", **row: Any) -> Calendar:
    with app.db.write() as session:
        connection = Connection(
            member_id=person.id,
            product="ics",
            nickname=f"{name} of {person.email}",
            account="cloud.example.org",
            fingerprint=f"{FINGERPRINT}-{name}",
            addresses=["own@example.org"],
            sealed=SEALED,
        )
        session.add(connection)
        session.flush()
        usual: dict[str, Any] = {
            "is_on": True,
            "state": State.UP_TO_DATE,
            "last_read_at": now(),
            "cursor": {"etag": CURSOR},
        }
        calendar = Calendar(connection_id=connection.id or 0, remote_id=REMOTE, name=name, **(usual | row))
        session.add(calendar)
    add_span(app, person, calendar, 3, 9, 11)
    add_span(app, person, calendar, 3, 9, 11)
    add_span(app, person, calendar, 5, 12, 13, Action.PREFER)
    return calendar


def add_span(
    app: App,
    person: Person,
    calendar: Calendar,
    days: int,
    start: int,
    end: int,
    action: Action = Action.BLOCK,
) -> None:
    """`days` from today, from hour to hour, UTC."""
    with app.db.write() as session:
        session.add(
            Availability(
                member_id=person.id,
                calendar_id=calendar.id or 0,
                start=in_days(days, start),
                end=in_days(days, end),
                action=action,
                key=b"key",
            )
        )


def around_now(days: int = 90) -> tuple[datetime, datetime]:
    today = datetime.now(UTC)
    return today - timedelta(days=1), today + timedelta(days=days)
