"""How long messages stay once they are sent."""

from datetime import timedelta

from sqlmodel import col, delete

from oncall_ui.app import App
from oncall_ui.models import Message, now

KEPT = timedelta(days=90)
"""After that nothing they are about can become due again."""


def erase_old_messages(app: App) -> int:
    """Erases what was sent, or dropped, that long ago. Returns how many."""
    with app.db.write() as session:
        old = delete(Message).where(col(Message.sent_at) < now() - KEPT, col(Message.until) < now() - KEPT)
        return int(session.exec(old).rowcount)
