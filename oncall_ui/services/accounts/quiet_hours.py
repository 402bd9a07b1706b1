"""When a member wants no messages: the usual hours, or their own."""

from collections.abc import Mapping

from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.messages.timing import Quiet
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import Member, QuietHours
from oncall_ui.services.audit.record import record

SAME = "Choose two different hours, or turn quiet hours off."


def quiet_of(session: Session, member_id: int) -> Quiet:
    row = session.get(QuietHours, member_id)
    return Quiet(row.is_on, row.begin, row.end, row.lets_urgent_through) if row else Quiet()


def all_quiet_hours(session: Session) -> Mapping[int, Quiet]:
    """By member, of those who chose their own."""
    rows = session.exec(select(QuietHours))
    return {row.member_id: Quiet(row.is_on, row.begin, row.end, row.lets_urgent_through) for row in rows}


def read_quiet_hours(app: App, member_id: int) -> Quiet:
    with app.db.read() as session:
        return quiet_of(session, member_id)


def choose_quiet_hours(app: App, member_id: int, quiet: Quiet) -> None:
    """From the next message on. Raises InvalidInput, and NotAllowed when the account is gone."""
    if not {quiet.begin, quiet.end} <= set(range(24)) or quiet.begin == quiet.end:
        raise InvalidInput("Quiet hours", SAME)
    with app.db.write() as session:
        if session.get(Member, member_id, with_for_update={"key_share": True}) is None:
            raise NotAllowed
        if quiet_of(session, member_id) == quiet:
            return
        session.merge(
            QuietHours(
                member_id=member_id,
                is_on=quiet.is_on,
                begin=quiet.begin,
                end=quiet.end,
                lets_urgent_through=quiet.lets_urgent_through,
            )
        )
        hours = f"{quiet.begin}–{quiet.end}"
        record(session, AuditAction.QUIET_HOURS_CHOSEN, by=member_id, what=hours, on=int(quiet.is_on))
