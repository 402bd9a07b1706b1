"""The team's calendars that aren't read: for administrators, who ask their members to look.

It tells as little as that takes: whose, which product, what its member named the connection, since when, and why, in
words of our own. The names of calendars, accounts, hosts and sentences of servers stay with their member.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.freshness import STALE_AFTER
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.imports.suspected_loss import ASKED, KEPT
from oncall_ui.models import Calendar, Connection, Member
from oncall_ui.services.accounts.members import require_admin

_WHY = {
    Cause.NOT_FOUND: "It is no longer where it was.",
    Cause.NEEDS_PASSWORD: "It asks for a password.",
    Cause.REFUSED: "Access is refused, most likely after a password change.",
    Cause.ACCESS_LOST: "Its vendor no longer lets us in; its member has to sign in again.",
    Cause.NOT_REGISTERED: "Its vendor doesn’t know this server any more. Renew the registration.",
    Cause.WEB_PAGE: "The address answers with a web page.",
    Cause.UNREADABLE: "What arrives can’t be read as a calendar.",
    Cause.TRUNCATED: "It ends in the middle.",
    Cause.TOO_SLOW: "Its server is too slow.",
    Cause.TOO_LARGE: "It is larger than this server reads.",
    Cause.ADDRESS_NOT_ALLOWED: "Its address leads into this server’s own network.",
    Cause.BAD_ADDRESS: "Its address can’t be used.",
    Cause.UNREACHABLE: "Its server is not answering.",
    Cause.UNKNOWN_HOST: "Its server can’t be found.",
    Cause.REDIRECTS: "Its server sends on and on.",
    Cause.BUSY: "Its server asks to wait.",
    Cause.SERVER_ERROR: "Its server has a fault.",
    ASKED: "It suddenly holds much less; its member is asked.",
    KEPT: "It holds much less, and its member keeps what was read before.",
    Cause.KEY_MISSING: "This server can no longer decrypt its address.",
}
_NOT_READ = "It has not been read for more than a day."


@dataclass(frozen=True, slots=True)
class BrokenCalendar:
    """One of the team's calendars that isn't read; times are aware UTC."""

    id: int
    member: str
    product: str
    logo: str
    nickname: str
    """What its member named the connection; empty where that is the account itself, which is theirs to know."""
    state: State
    """NEEDS_YOU, RETRYING, or whatever else it is in while nothing is read."""
    since: datetime | None
    """When it was read last, or else when it failed first; None: it never was, and that isn't kept."""
    why: str


def broken_calendars(app: App, admin_id: int, at: datetime) -> tuple[BrokenCalendar, ...]:
    """Those that need their member first, then by member. Raises NotAllowed unless asked by an administrator."""
    with app.db.read() as session:
        require_admin(session, admin_id)
        found = [_broken(app, *row) for row in _rows(session, at)]
    return tuple(sorted(found, key=lambda each: (each.state is not State.NEEDS_YOU, each.member.casefold(), each.id)))


def _rows(session: Session, at: datetime) -> list[tuple[Calendar, Connection, Member]]:
    failing = col(Calendar.state).in_((State.NEEDS_YOU, State.RETRYING))
    # While it is tried again it is no less broken.
    tried_again = col(Calendar.attempts) > 0
    stale = col(Calendar.last_read_at) < at - STALE_AFTER
    return list(
        session.exec(
            select(Calendar, Connection, Member)
            .join(Connection, col(Calendar.connection_id) == col(Connection.id))
            .join(Member, col(Connection.member_id) == col(Member.id))
            .where(col(Calendar.is_on), or_(failing, tried_again, stale))
        )
    )


def _broken(app: App, calendar: Calendar, connection: Connection, member: Member) -> BrokenCalendar:
    product = app.product(connection.product)
    state = calendar.state
    if state is not State.NEEDS_YOU and calendar.attempts:
        state = State.RETRYING
    return BrokenCalendar(
        id=calendar.id or 0,
        member=member.name,
        product=product.name if product else connection.product,
        logo=product.logo if product else "ics.svg",
        nickname="" if connection.nickname == connection.account else connection.nickname,
        state=state,
        since=calendar.last_read_at or calendar.broken_since,
        why=_why(calendar.cause),
    )


def _why(cause: str) -> str:
    return _WHY.get(cause, "Reading it fails.") if cause else _NOT_READ
