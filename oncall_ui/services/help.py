"""Votes on the guides."""

from oncall_ui.app import App
from oncall_ui.models import GuideVote


def vote(app: App, _member_id: int, guide: str, *, helped: bool) -> None:
    """Counts one answer to "Was this page helpful?"."""
    with app.db.write() as session:
        row = session.get(GuideVote, guide) or GuideVote(guide=guide)
        if helped:
            row.yes += 1
        else:
            row.no += 1
        session.add(row)
