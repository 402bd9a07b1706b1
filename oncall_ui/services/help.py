"""Votes on the guides, and what members say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select

from oncall_ui.app import App
from oncall_ui.models import GuideRemark, GuideVote, now
from oncall_ui.services.accounts.members import require_admin
from oncall_ui.services.text_input import checked_line

LONGEST = 300
"""Characters of a remark."""
KEPT = timedelta(days=365)
MOST_READ = 200
FIELD = "Your remark"


@dataclass(frozen=True, slots=True)
class Votes:
    """How many found the guide of this key helpful."""

    guide: str
    yes: int
    no: int


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody said of the guide of this key; not who."""

    guide: str
    text: str
    has_helped: bool
    said_at: datetime


def vote(app: App, _member_id: int, guide: str, *, helped: bool) -> None:
    """Counts one answer to "Was this page helpful?"."""
    counted = GuideVote.yes if helped else GuideVote.no
    with app.db.write() as session:
        _require_row(session, guide)
        # Counted by the database: of two votes at once none is lost.
        session.exec(update(GuideVote).where(col(GuideVote.guide) == guide).values({col(counted): col(counted) + 1}))


def say(app: App, member_id: int, guide: str, text: str, *, helped: bool) -> None:
    """Keeps the member's remark on the guide, in place of an earlier one. Raises InvalidInput."""
    line = checked_line(text, FIELD, longest=LONGEST, sentence=f"Write 1 to {LONGEST} characters.")
    said = {"has_helped": helped, "text": line, "said_at": now()}
    with app.db.write() as session:
        row = _insert(session)(GuideRemark).values(member_id=member_id, guide=guide, **said)
        session.exec(row.on_conflict_do_update(index_elements=["member_id", "guide"], set_=said))


def read_votes(app: App, admin_id: int) -> Sequence[Votes]:
    """Those with the most No first. Raises NotAllowed unless the member is an administrator."""
    with app.db.read() as session:
        require_admin(session, admin_id)
        rows = session.exec(select(GuideVote)).all()
        found = [Votes(row.guide, row.yes, row.no) for row in rows]
    return sorted(found, key=lambda votes: (-votes.no, -votes.yes, votes.guide))


def read_remarks(app: App, admin_id: int) -> Sequence[Remark]:
    """The latest, newest first. Raises NotAllowed unless the member is an administrator."""
    with app.db.read() as session:
        require_admin(session, admin_id)
        rows = session.exec(
            select(GuideRemark).order_by(col(GuideRemark.said_at).desc(), col(GuideRemark.id)).limit(MOST_READ)
        )
        return [Remark(row.guide, row.text, row.has_helped, row.said_at) for row in rows]


def erase_old_remarks(app: App) -> None:
    """Those that are older than a year."""
    with app.db.write() as session:
        session.exec(delete(GuideRemark).where(col(GuideRemark.said_at) < now() - KEPT))


def _require_row(session: Session, guide: str) -> None:
    session.exec(_insert(session)(GuideVote).values(guide=guide, yes=0, no=0).on_conflict_do_nothing())


def _insert(session: Session) -> type[postgresql.Insert] | type[sqlite.Insert]:
    return postgresql.Insert if session.get_bind().dialect.name == "postgresql" else sqlite.Insert
