"""Administrators make a backup now, into the folder that the operator named."""

import sqlite3

import structlog
from sqlalchemy.exc import SQLAlchemyError

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.sizes import bytes_words
from oncall_ui.keeping import nightly
from oncall_ui.keeping.failing import CannotKeep, NoRoom
from oncall_ui.models import now
from oncall_ui.security.rate_limits import BACKUPS
from oncall_ui.services.accounts.members import require_admin
from oncall_ui.services.audit.record import record

log = structlog.get_logger()

FAILED = "Backup failed: "
TOO_MANY = "You made 5 backups in the last hour. Try again later."


def back_up_now(app: App, admin_id: int) -> str:
    """Makes a backup without keys. Returns a sentence if that failed, else an empty string.

    Takes as long as the database is large. Raises NotAllowed unless the member is an administrator.
    """
    with app.db.read() as session:
        require_admin(session, admin_id)
    folder = app.settings.backup_dir
    if folder is None:
        return f"{FAILED}set ONCALL_BACKUP_DIR to a folder first."
    if not app.rate_limits.allows(BACKUPS, "backups", str(admin_id)):
        return TOO_MANY
    try:
        made = nightly.back_up_now(app.settings, folder, now())
    except (CannotKeep, SQLAlchemyError, sqlite3.Error, OSError) as error:
        log.warning("not backed up", why=str(error))
        failure, file = _sentence(error), ""
    else:
        failure, file = "", made.path.name
    with app.db.write() as session:
        record(session, AuditAction.BACKED_UP, by=admin_id, what=file, failed=int(bool(failure)))
    return failure


def _sentence(error: Exception) -> str:
    if isinstance(error, NoRoom):
        return f"{FAILED}{bytes_words(error.free)} free, {bytes_words(error.needed)} needed. Free some disk space."
    if isinstance(error, CannotKeep):
        return f"{FAILED}{error}"
    return f"{FAILED}the log says why. Check the database and the disk, then try again."
