"""Which emails a member wants: chosen on their page, or stopped by the link in an email, without logging in."""

import json

import structlog
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.messages.kinds import EmailKind
from oncall_ui.errors import NotAllowed
from oncall_ui.models import EmailChoice, Member, ScheduleAccess
from oncall_ui.security.vault import VaultError
from oncall_ui.services.audit.record import record

log = structlog.get_logger()


def wants_email(session: Session, member_id: int, kind: EmailKind) -> bool:
    """As they chose; else they get it, but viewers no overview of the week."""
    row = session.get(EmailChoice, (member_id, kind), populate_existing=True)
    if row is not None:
        return row.is_wanted
    return kind is not EmailKind.WEEK_AHEAD or _is_on_a_schedule(session, member_id)


def email_choices(app: App, member_id: int) -> dict[EmailKind, bool]:
    """Whether the member wants emails of each kind."""
    with app.db.read() as session:
        return {kind: wants_email(session, member_id, kind) for kind in EmailKind}


def choose_email(app: App, member_id: int, kind: EmailKind, wanted: bool) -> None:
    """From the next email on. Raises NotAllowed when the account is gone."""
    with app.db.write() as session:
        _choose(session, member_id, kind, wanted)


def stop_link(app: App, member_id: int, kind: EmailKind) -> str:
    """A link that stops these emails to the member. It works as long as the keys of this installation."""
    return f"{app.settings.public_url}/emails/stop/{app.vault.seal(json.dumps([member_id, kind.value]))}"


def kind_of_stop_link(app: App, token: str) -> EmailKind | None:
    """What the link would stop; None: it doesn't work."""
    found = _opened(app, token)
    return found[1] if found else None


def stop_by_link(app: App, token: str) -> bool:
    """Stops the emails. False: the link doesn't work, or the account is gone."""
    found = _opened(app, token)
    if found is None:
        return False
    member_id, kind = found
    with app.db.write() as session:
        if session.get(Member, member_id) is None:
            return False
        _choose(session, member_id, kind, wanted=False)
    return True


def _choose(session: Session, member_id: int, kind: EmailKind, wanted: bool) -> None:
    # Locked, so that two clicks at once don't add the row twice.
    if session.get(Member, member_id, with_for_update={"key_share": True}) is None:
        raise NotAllowed
    if wants_email(session, member_id, kind) is wanted:
        return
    session.merge(EmailChoice(member_id=member_id, kind=kind, is_wanted=wanted))
    record(session, AuditAction.EMAILS_CHOSEN, by=member_id, what=kind.value, on=int(wanted))


def _is_on_a_schedule(session: Session, member_id: int) -> bool:
    rows = select(ScheduleAccess.schedule_id).where(
        ScheduleAccess.member_id == member_id, col(ScheduleAccess.access) != Access.VIEWER
    )
    return session.exec(rows.limit(1)).first() is not None


def _opened(app: App, token: str) -> tuple[int, EmailKind] | None:
    try:
        member_id, kind = json.loads(app.vault.open(token))
        return int(member_id), EmailKind(kind)
    except (VaultError, ValueError, TypeError):
        return None
