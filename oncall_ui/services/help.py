"""Votes on the guides."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.models import GuideVote
from oncall_ui.services.accounts.members import require_admin


@dataclass(frozen=True, slots=True)
class Votes:
    """How many found the guide of this key helpful."""

    guide: str
    yes: int
    no: int


def vote(app: App, _member_id: int, guide: str, *, helped: bool) -> None:
    """Counts one answer to "Was this page helpful?"."""
    counted = GuideVote.yes if helped else GuideVote.no
    with app.db.write() as session:
        _require_row(session, guide)
        # Counted by the database: of two votes at once none is lost.
        session.exec(update(GuideVote).where(col(GuideVote.guide) == guide).values({col(counted): col(counted) + 1}))


def read_votes(app: App, admin_id: int) -> Sequence[Votes]:
    """Those with the most No first. Raises NotAllowed unless the member is an administrator."""
    with app.db.read() as session:
        require_admin(session, admin_id)
        rows = session.exec(select(GuideVote)).all()
        found = [Votes(row.guide, row.yes, row.no) for row in rows]
    return sorted(found, key=lambda votes: (-votes.no, -votes.yes, votes.guide))


def _require_row(session: Session, guide: str) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.exec(insert(GuideVote).values(guide=guide, yes=0, no=0).on_conflict_do_nothing())
