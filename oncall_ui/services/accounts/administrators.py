"""What administrators may do to other accounts, one at a time, so that there is always an administrator.

`by` is the administrator who acts, None on the command line.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, or_, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import Gone, LastAdministrator, NotAllowed
from oncall_ui.models import AuditEntry, Member, now

A_MOMENT = timedelta(minutes=10)
"""For so long something happened a moment ago."""
_ADMINS = select(Member).where(col(Member.is_admin)).order_by(col(Member.id))


def administrators(session: Session, by: int | None) -> Sequence[Member]:
    """The administrators there are. Raises NotAllowed unless `by` is one of them."""
    return _admins_for(by, session.exec(_ADMINS).all())


def lock_administrators(session: Session, by: int | None) -> Sequence[Member]:
    """As `administrators`, and serialises changes to accounts until the transaction ends."""
    # FOR NO KEY UPDATE, as in `lock_member`. Who was demoted while we waited is no longer among them.
    locked = _ADMINS.with_for_update(key_share=True).execution_options(populate_existing=True)
    return _admins_for(by, session.exec(locked).all())


def account(session: Session, member_id: int) -> Member:
    """Raises Gone, which says who removed the member."""
    member = session.get(Member, member_id)
    if member is None:
        raise Gone(_who_removed(session, member_id))
    return member


def check_account(app: App, by: int, member_id: int) -> None:
    """Raises NotAllowed unless `by` is an administrator, and Gone if the member is no longer there."""
    with app.db.read() as session:
        administrators(session, by)
        account(session, member_id)


def lock_account(session: Session, member_id: int) -> Member:
    """As `account`, locked; take it after `lock_administrators`."""
    session.get(Member, member_id, with_for_update={"key_share": True}, populate_existing=True)
    return account(session, member_id)


def keep_one(admins: Sequence[Member], member: Member) -> None:
    """Raises LastAdministrator if `member` is the only one of `admins`."""
    if [admin.id for admin in admins] == [member.id]:
        raise LastAdministrator


def happened(entry: AuditEntry | None, sentence: str, otherwise: str) -> str:
    """`Dana removed Farid a moment ago.` of `{actor} removed {subject}`, or `otherwise` if nothing is recorded."""
    if entry is None:
        return otherwise
    when = " a moment ago" if now() - entry.at < A_MOMENT else ""
    actor = entry.actor_name or "Somebody on the server’s command line"
    return f"{sentence.format(actor=actor, subject=entry.subject_name or actor)}{when}."


def _admins_for(by: int | None, admins: Sequence[Member]) -> Sequence[Member]:
    if by is not None and by not in {admin.id for admin in admins}:
        raise NotAllowed
    return admins


def _who_removed(session: Session, member_id: int) -> str:
    removed = (col(AuditEntry.subject_id) == member_id) & (col(AuditEntry.action) == AuditAction.MEMBER_REMOVED)
    erased = (col(AuditEntry.actor_id) == member_id) & (col(AuditEntry.action) == AuditAction.ACCOUNT_ERASED)
    entry = session.exec(
        select(AuditEntry).where(or_(removed, erased)).order_by(col(AuditEntry.id).desc()).limit(1)
    ).first()
    is_own = entry is not None and entry.action == AuditAction.ACCOUNT_ERASED
    sentence = "{actor} erased their account" if is_own else "{actor} removed {subject}"
    return happened(entry, sentence, "This account no longer exists.")
