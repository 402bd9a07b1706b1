"""Votes on the guides."""

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from oncall_ui.app import App
from oncall_ui.models import GuideVote


def vote(app: App, _member_id: int, guide: str, *, helped: bool) -> None:
    """Counts one answer to "Was this page helpful?"."""
    counted = GuideVote.yes if helped else GuideVote.no
    with app.db.write() as session:
        _require_row(session, guide)
        # Counted by the database: of two votes at once none is lost.
        session.exec(update(GuideVote).where(col(GuideVote.guide) == guide).values({col(counted): col(counted) + 1}))


def _require_row(session: Session, guide: str) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.exec(insert(GuideVote).values(guide=guide, yes=0, no=0).on_conflict_do_nothing())
