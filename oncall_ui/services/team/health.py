"""Broken and stale calendars of the team, so that administrators can ask their owners to fix them.

Shows the owner, the product, the connection's nickname, since when and why, in our own words. Names of calendars,
accounts and hosts and the messages of servers are left out.
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
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Calendar, Connection, Member

_WHY = {
    Cause.NOT_FOUND: "The address no longer works.",
    Cause.NEEDS_PASSWORD: "It asks for a password.",
    Cause.REFUSED: "Access was denied, most likely after a password change.",
    Cause.ACCESS_LOST: "The provider revoked access. The owner has to sign in again.",
    Cause.NOT_REGISTERED: "The provider no longer accepts this server’s registration. Renew it.",
    Cause.WEB_PAGE: "The address returns a web page.",
    Cause.UNREADABLE: "The server returns something that isn’t a calendar.",
    Cause.TRUNCATED: "The calendar is cut off in the middle.",
    Cause.TOO_SLOW: "The server is too slow.",
    Cause.TOO_LARGE: "The calendar is larger than the limit.",
    Cause.ADDRESS_NOT_ALLOWED: "The address is inside this server’s own network.",
    Cause.BAD_ADDRESS: "The address isn’t valid.",
    Cause.UNREACHABLE: "The server doesn’t answer.",
    Cause.UNKNOWN_HOST: "The server can’t be found.",
    Cause.REDIRECTS: "The server redirects too many times.",
    Cause.BUSY: "The server asks us to wait.",
    Cause.SERVER_ERROR: "The server returns errors.",
    ASKED: "It lost most of its entries. The owner has to decide what is right.",
    KEPT: "It lost most of its entries. The owner is keeping the old data.",
    "key": "The stored address can’t be decrypted any more.",
}
_NOT_READ = "It hasn’t been read for more than a day."


@dataclass(frozen=True, slots=True)
class BrokenCalendar:
    """A calendar that can't be read or is stale; times are aware UTC."""

    id: int
    member: str
    product: str
    logo: str
    nickname: str
    """The connection's nickname; empty if that is the account, which is private to its owner."""
    state: State
    """NEEDS_YOU, RETRYING, or any other state for a stale calendar."""
    since: datetime | None
    """The last time it was read, or the first failure of one that never was; None if neither is known."""
    why: str


def broken_calendars(app: App, admin_id: int, at: datetime) -> tuple[BrokenCalendar, ...]:
    """Those that need their owner first, then by owner. Raises NotAllowed unless `admin_id` is an administrator."""
    with app.db.read() as session:
        admin = session.get(Member, admin_id)
        if admin is None or not admin.is_admin:
            raise NotAllowed
        found = [_broken(app, *row) for row in _rows(session, at)]
    return tuple(sorted(found, key=lambda each: (each.state is not State.NEEDS_YOU, each.member.casefold(), each.id)))


def _rows(session: Session, at: datetime) -> list[tuple[Calendar, Connection, Member]]:
    failing = col(Calendar.state).in_((State.NEEDS_YOU, State.RETRYING))
    # A calendar is still broken while a retry is running.
    retried = col(Calendar.attempts) > 0
    stale = col(Calendar.last_read_at) < at - STALE_AFTER
    return list(
        session.exec(
            select(Calendar, Connection, Member)
            .join(Connection, col(Calendar.connection_id) == col(Connection.id))
            .join(Member, col(Connection.member_id) == col(Member.id))
            .where(col(Calendar.is_on), or_(failing, retried, stale))
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
    return _WHY.get(cause, "It can’t be read.") if cause else _NOT_READ
