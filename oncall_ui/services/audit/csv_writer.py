"""The audit log as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.services.accounts.members import require_admin
from oncall_ui.services.audit.query import Entry, Wanted, every_match, every_own
from oncall_ui.services.audit.record import record

COLUMNS = ("time", "action", "who", "who_id", "whom", "whom_id", "what", "facts", "address", "browser")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for a formula when a cell starts with it."""


def export_log(app: App, admin_id: int, wanted: Wanted) -> Iterator[str]:
    """The lines that match, as CSV, piece by piece; the export is recorded. Raises NotAllowed, before any piece."""
    with app.db.write() as session:
        require_admin(session, admin_id)
        record(session, AuditAction.DATA_EXPORTED, by=admin_id, what="Audit log")
    return lines_of(every_match(app, admin_id, wanted))


def export_own(app: App, member_id: int) -> Iterator[str]:
    """As `export_log`, of the member's own part."""
    with app.db.write() as session:
        record(session, AuditAction.DATA_EXPORTED, by=member_id, what="Activity")
    return lines_of(every_own(app, member_id))


def lines_of(entries: Iterable[Entry]) -> Iterator[str]:
    """The head, and a line for each entry."""
    yield csv_line(COLUMNS)
    for entry in entries:
        yield csv_line(
            (
                entry.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                entry.action,
                entry.actor_name,
                str(entry.actor_id or ""),
                entry.subject_name,
                str(entry.subject_id or ""),
                entry.what,
                json.dumps(entry.facts, ensure_ascii=False) if entry.facts else "",
                entry.address,
                entry.user_agent,
            )
        )


def csv_line(cells: Iterable[str | float]) -> str:
    """One line of a CSV file. Text that a spreadsheet would run as a formula gets an apostrophe first."""
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if _is_formula(cell) else cell for cell in cells])
    return text.getvalue()


def _is_formula(cell: str | float) -> bool:
    return isinstance(cell, str) and cell.lstrip(" \ufeff").startswith(FORMULA)
