"""How long the audit log is kept."""

from datetime import timedelta

from sqlmodel import col, delete

from oncall_ui.app import App
from oncall_ui.models import AuditEntry, now

KEPT = timedelta(days=365)


def erase_old_entries(app: App) -> int:
    """Deletes the lines that are older than KEPT. Returns how many."""
    with app.db.write() as session:
        return session.exec(delete(AuditEntry).where(col(AuditEntry.at) < now() - KEPT)).rowcount
