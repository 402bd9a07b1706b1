"""Administrator or member, and logging somebody out everywhere."""

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.hub import MemberChanged, MembersChanged
from oncall_ui.services.accounts.administrators import keep_one, lock_account, lock_administrators
from oncall_ui.services.accounts.logging_in.sessions import announce_ended, end_sessions
from oncall_ui.services.audit.record import record

ROLES = {True: "administrator", False: "member"}


def change_role(app: App, by: int | None, member_id: int, *, is_admin: bool) -> None:
    """Takes effect at once. Raises NotAllowed, Gone, or LastAdministrator: then nothing has changed.

    `by` is the administrator who does it, None on the command line. Of two administrators who demote each other at
    once, one succeeds.
    """
    with app.db.write() as session:
        admins = lock_administrators(session, by)
        member = lock_account(session, member_id)
        if member.is_admin == is_admin:
            return
        if not is_admin:
            keep_one(admins, member)
        member.is_admin = is_admin
        record(session, AuditAction.ROLE_CHANGED, by=by, about=member_id, what=ROLES[is_admin])
    app.hub.publish(MembersChanged())
    app.hub.publish(MemberChanged(member_id))


def log_out_everywhere(app: App, by: int, member_id: int) -> int:
    """Ends every session of the member and closes their open pages. Returns how many. Raises NotAllowed, Gone."""
    with app.db.write() as session:
        lock_administrators(session, by)
        lock_account(session, member_id)
        ended = end_sessions(session, member_id)
        record(session, AuditAction.SESSIONS_ENDED, by=by, about=member_id, sessions=len(ended))
    announce_ended(app, member_id, ended)
    return len(ended)
