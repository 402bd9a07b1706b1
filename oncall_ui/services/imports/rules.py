"""What decides for one calendar: its settings, its member's trusted addresses, the team's tags."""

from sqlmodel import Session, col, select

from oncall_ui.domain.availability.rules import Mode, Rules, Tags
from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.models import Calendar, Connection, Member, Team, TrustedAddress
from oncall_ui.services.imports import state

TAGS_DAMAGED = "Your team’s tags were damaged on this server. Ask your administrator to save them again."


def load_rules(session: Session, member: Member, connection: Connection, calendar: Calendar) -> Rules:
    """The rules an import of this calendar follows now. Raises TryLater if it needs damaged tags."""
    tags = stored_tags(session)
    if tags is None and calendar.mode is Mode.MATCHING:
        raise TryLater(Cause.BAD_RECORD, TAGS_DAMAGED, detail="the team's tags can't be read")
    return Rules(
        mode=calendar.mode,
        addresses=trusted_addresses(session, member, connection),
        counts_free=calendar.counts_free,
        counts_all_day=calendar.counts_all_day,
        tags=tags or Tags(),
    )


def read_again(session: Session, member_id: int | None = None, *, mode: Mode | None = None) -> set[int]:
    """The rules have changed for all calendars of this member, or of this mode: the members whose calendars are due.

    Within the caller's transaction, which has written the new rules or is about to. What happens to each calendar:
    state.rules_changed.
    """
    # By id, as every transaction that locks several calendars: else two of them could wait for each other.
    rows = select(Calendar, Connection.member_id).join(Connection).order_by(col(Calendar.id))
    if member_id is not None:
        rows = rows.where(Connection.member_id == member_id)
    if mode is not None:
        rows = rows.where(Calendar.mode == mode)
    found = session.exec(rows.with_for_update(of=Calendar)).all()
    return {owner for calendar, owner in found if state.rules_changed(calendar)}


def trusted_addresses(session: Session, member: Member, connection: Connection) -> frozenset[str]:
    """The member's account, the connection's own, and those the member added; lower case."""
    added = session.exec(select(TrustedAddress.address).where(TrustedAddress.member_id == member.id))
    return frozenset({member.email, *connection.addresses, *added})


def team_tags(session: Session) -> Tags:
    """The default tags until an administrator changes them, and while those that are stored are damaged."""
    return stored_tags(session) or Tags()


def stored_tags(session: Session) -> Tags | None:
    """As `team_tags`, but None while they are damaged."""
    try:
        found = session.exec(select(Team.block_tags, Team.prefer_tags).where(Team.id == 1)).first()
    except ValueError:  # not JSON
        return None
    if found is None:
        return Tags()
    if not all(isinstance(tags, list) and all(isinstance(tag, str) for tag in tags) for tags in found):
        return None
    block, prefer = found
    return Tags(tuple(block), tuple(prefer))
