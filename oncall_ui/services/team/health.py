"""The team's calendars that are broken or stale: for administrators, who ask their owners to fix them.

They see whose it is, which product, the name its owner gave the connection, since when, and why, in words of our own.
Names of calendars, accounts and hosts, and what a server answered, stay with the owner.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.freshness import STALE_AFTER
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar, Connection, Member
from oncall_ui.services.accounts.members import require_admin

_WHY = {
    Cause.NOT_FOUND: "The address no longer works.",
    Cause.NEEDS_PASSWORD: "The server asks for a password.",
    Cause.REFUSED: "The server refuses access, probably after a password change.",
    Cause.ACCESS_LOST: "The provider ended our access. Its owner has to sign in again.",
    Cause.NOT_REGISTERED: "The provider does not accept this server. Check its registration there.",
    Cause.WEB_PAGE: "The address returns a web page.",
    Cause.UNREADABLE: "The answer isn’t a readable calendar.",
    Cause.TRUNCATED: "The calendar is cut off.",
    Cause.TOO_SLOW: "The server is too slow.",
    Cause.TOO_LARGE: "The calendar is too large.",
    Cause.ADDRESS_NOT_ALLOWED: "The address leads into this server’s own network.",
    Cause.BAD_ADDRESS: "The address isn’t valid.",
    Cause.UNREACHABLE: "The server isn’t answering.",
    Cause.UNKNOWN_HOST: "The server can’t be found.",
    Cause.REDIRECTS: "The server redirects to an address we don’t follow.",
    Cause.REDIRECT_LOOP: "The server redirects too many times.",
    Cause.BUSY: "The server asks us to wait.",
    Cause.SERVER_ERROR: "The server returns errors.",
    Cause.SUSPECTED_LOSS: "Most entries suddenly disappeared. Its owner is asked which data is right.",
    Cause.LOSS_KEPT: "Most entries disappeared. Its owner chose to keep the old data.",
    Cause.KEY_LOST: "This server can no longer decrypt the credentials.",
    Cause.BAD_RECORD: "Something stored on this server can’t be used. Its owner’s Calendars page says what.",
}
_NOT_READ = "Not read for more than a day."


@dataclass(frozen=True, slots=True)
class BrokenCalendar:
    """One of the team's calendars that is broken or stale; times are aware UTC."""

    id: int
    member: str
    product: str
    logo: str
    nickname: str
    """The name its owner gave the connection; empty if that is the account itself, which is private."""
    state: State
    """NEEDS_YOU, RETRYING, or another state while it is stale."""
    since: datetime | None
    """The last complete import, or else the first failure; None: it was never read, and when it broke isn't known."""
    why: str


def broken_calendars(app: App, admin_id: int, at: datetime) -> tuple[BrokenCalendar, ...]:
    """Those that need their owner first, then by owner. Raises NotAllowed unless the member is an administrator."""
    with app.db.read() as session:
        require_admin(session, admin_id)
        found = [_broken(app, *row) for row in _rows(session, at)]
    return tuple(sorted(found, key=lambda each: (each.state is not State.NEEDS_YOU, each.member.casefold(), each.id)))


def _rows(session: Session, at: datetime) -> list[tuple[Calendar, Connection, Member]]:
    failing = col(Calendar.state).in_((State.NEEDS_YOU, State.RETRYING))
    # A calendar that is being retried is still broken.
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
        why=_WHY[Cause(calendar.cause)] if calendar.cause else _NOT_READ,
    )
