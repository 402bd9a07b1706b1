"""A member's row, held while something of theirs that has a limit is counted and added to."""

from sqlmodel import Session

from oncall_ui.models import Member
from oncall_ui.services.members import NotAllowed


def locked(session: Session, member_id: int) -> Member:
    """Two browsers of the member wait for one another; an import of theirs doesn't. Raises NotAllowed."""
    # No key update: a stronger lock would wait for every row that points at the member, and they for it.
    member = session.get(Member, member_id, with_for_update={"key_share": True})
    if member is None:
        raise NotAllowed
    return member
