"""Emails about published changes, to those whose shifts came, went or have other times.

Used by the job, in a thread. An email is recorded as sent before it is, so that nothing is sent twice, whenever this
process ends; the change itself has written down that it is due.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.emails import Email
from oncall_ui.domain.schedules.shift_email import EmailKind, Occasion
from oncall_ui.email import mail
from oncall_ui.models import ShiftEmail, now
from oncall_ui.services.accounts.email_choices import stop_link, wants_email
from oncall_ui.services.imports.damage import DATABASE_LOST
from oncall_ui.services.schedules.conflicts.emails import ConflictEmail
from oncall_ui.services.sharing.shift_email_writer import ShiftEmailWriter
from oncall_ui.services.sharing.shift_writer import shifts_text

log = structlog.get_logger()

TOO_OLD = timedelta(days=3)
"""What a mail server that was down for so long held up isn't news any more."""
AGAIN = timedelta(minutes=10)
"""After a refusal."""
MOST = 100
KINDS = {Occasion.CONFLICT: EmailKind.CONFLICTS}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Ready to be sent."""

    row_id: int
    to: str
    email: Email
    attached: bytes
    stop_url: str


def kind_of(row: ShiftEmail) -> EmailKind:
    return KINDS.get(row.occasion, EmailKind.SHIFT_CHANGES)


def send_shift_emails(app: App) -> int:
    """Sends what is due, and returns how many. 0 without a mail server.

    An email the server refused is due again later. One that may have arrived counts as sent.
    """
    if not mail.is_set_up(app.settings):
        return 0
    sent = 0
    for row_id in _due(app, now()):
        try:
            outgoing = _take(app, row_id, now())
        except DATABASE_LOST:
            raise
        except Exception:  # whatever is stored there: the other members still get theirs
            log.exception("shift email can't be written, giving it up", email=row_id)
            _give_up(app, row_id)
            continue
        if outgoing is None:
            continue
        if not _send(app, outgoing):
            break
        sent += 1
    return sent


def _due(app: App, moment: datetime) -> list[int]:
    with app.db.read() as session:
        rows = select(ShiftEmail.id).where(col(ShiftEmail.sent_at).is_(None), col(ShiftEmail.due_at) <= moment)
        return [row or 0 for row in session.exec(rows.order_by(col(ShiftEmail.due_at)).limit(MOST))]


def _send(app: App, outgoing: Outgoing) -> bool:
    """False: the server is down, so the others would fail as well."""
    extras = mail.Extras(attached=outgoing.attached, stop_url=outgoing.stop_url)
    try:
        mail.send(app.settings, outgoing.to, outgoing.email.subject, outgoing.email.text, extras)
    except mail.ServerUnavailable as error:
        app.outages.failed("mail server", str(error))
        _undo(app, outgoing.row_id)
        return False
    except mail.NotSent as error:
        log.warning("shift email not sent, trying again later", email=outgoing.row_id, why=str(error))
        _undo(app, outgoing.row_id)
    except mail.MaybeSent as error:
        log.warning("shift email possibly sent, not trying again", email=outgoing.row_id, why=str(error))
    else:
        app.outages.worked("mail server")
    return True


def _undo(app: App, row_id: int) -> None:
    with app.db.write() as session:
        if row := session.get(ShiftEmail, row_id):
            row.sent_at, row.due_at = None, now() + AGAIN


def _give_up(app: App, row_id: int) -> None:
    """What can't be written now can't be later: tried again, it would only fill the log."""
    with app.db.write() as session:
        if row := session.get(ShiftEmail, row_id):
            row.sent_at = now()


def _take(app: App, row_id: int, moment: datetime) -> Outgoing | None:
    """Marks it as sent. None: another process has it, its member doesn't want it, or nothing is left to tell."""
    with app.db.write() as session:
        row = session.exec(
            select(ShiftEmail)
            .where(ShiftEmail.id == row_id, col(ShiftEmail.sent_at).is_(None))
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        row.sent_at = moment
        if moment - row.created_at > TOO_OLD or not wants_email(session, row.member_id, kind_of(row)):
            return None
        return _outgoing(app, session, row, moment)


def _outgoing(app: App, session: Session, row: ShiftEmail, moment: datetime) -> Outgoing | None:
    url, stop_url = app.settings.public_url, stop_link(app, row.member_id, kind_of(row))
    if row.occasion is Occasion.CONFLICT:
        about = ConflictEmail(session, row)
        email = about.email(url, stop_url) if about.lines else None
        return Outgoing(row.id or 0, about.member.email, email, b"", stop_url) if email else None
    writer = ShiftEmailWriter(session, row, moment)
    if not writer.news:
        return None
    attached = shifts_text("", writer.events(), public_url=url, method="PUBLISH")
    return Outgoing(row.id or 0, writer.member.email, writer.email(url, stop_url), attached, stop_url)
