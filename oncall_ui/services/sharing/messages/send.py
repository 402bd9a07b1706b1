"""Sends what is due in the outbox.

Used by the job, in a thread. A message is recorded as sent before it is, so that nothing is sent twice, whenever this
process ends; what caused it has written down that it is due.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select, update

from oncall_ui.app import App
from oncall_ui.email import mail
from oncall_ui.models import Member, Message, now
from oncall_ui.services.accounts.email_choices import stop_link, wants_email
from oncall_ui.services.imports.damage import DATABASE_LOST
from oncall_ui.services.schedules.messages.outbox import due_now
from oncall_ui.services.sharing.messages.writers import WRITERS
from oncall_ui.services.sharing.messages.writing import Writing, Written

log = structlog.get_logger()

AGAIN = timedelta(minutes=10)
"""After a refusal."""
MOST = 100


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Ready to be sent."""

    row_id: int
    to: str
    written: Written
    stop_url: str


Deliver = Callable[[App, Outgoing], None]
"""Sends it. Raises what `mail` does: ServerUnavailable, NotSent, MaybeSent."""


def by_email(app: App, outgoing: Outgoing) -> None:
    extras = mail.Extras(attached=outgoing.written.attached, stop_url=outgoing.stop_url)
    mail.send(app.settings, outgoing.to, outgoing.written.email.subject, outgoing.written.email.text, extras)


def send_messages(app: App, deliver: Deliver = by_email, *, at: datetime | None = None) -> int:
    """Sends what is due, and returns how many. Without a mail server it is dropped: channels have it.

    A message the server refused is due again later. One that may have arrived counts as sent.
    """
    if not mail.is_set_up(app.settings):
        _drop(app, at or now())
        return 0
    sent = 0
    for row_id in _due(app, at or now()):
        try:
            outgoing = _take(app, row_id, at or now())
        except DATABASE_LOST:
            raise
        except Exception:  # whatever is stored there: the other members still get theirs
            log.exception("message can't be written, giving it up", message=row_id)
            _give_up(app, row_id)
            continue
        if outgoing is None:
            continue
        if not _send(app, outgoing, deliver, at):
            break
        sent += 1
    return sent


def _drop(app: App, moment: datetime) -> None:
    if _due(app, moment):
        with app.db.write() as session:
            due = (col(Message.sent_at).is_(None), col(Message.due_at) <= moment)
            session.exec(update(Message).where(*due).values(sent_at=moment))


def _due(app: App, moment: datetime) -> list[int]:
    with app.db.read() as session:
        rows = select(Message.id).where(col(Message.sent_at).is_(None), col(Message.due_at) <= moment)
        return [row or 0 for row in session.exec(rows.order_by(col(Message.due_at), col(Message.id)).limit(MOST))]


def _send(app: App, outgoing: Outgoing, deliver: Deliver, at: datetime | None) -> bool:
    """False: the server is down, so the others would fail as well."""
    try:
        deliver(app, outgoing)
    except mail.ServerUnavailable as error:
        app.outages.failed("mail server", str(error))
        _undo(app, outgoing.row_id, at or now())
        return False
    except mail.NotSent as error:
        log.warning("message not sent, trying again later", message=outgoing.row_id, why=str(error))
        _undo(app, outgoing.row_id, at or now())
    except mail.MaybeSent as error:
        log.warning("message possibly sent, not trying again", message=outgoing.row_id, why=str(error))
    else:
        app.outages.worked("mail server")
    return True


def _undo(app: App, row_id: int, moment: datetime) -> None:
    with app.db.write() as session:
        if row := session.get(Message, row_id):
            row.sent_at, row.due_at = None, moment + AGAIN


def _give_up(app: App, row_id: int) -> None:
    """What can't be written now can't be later: tried again, it would only fill the log."""
    with app.db.write() as session:
        if row := session.get(Message, row_id):
            row.sent_at = now()


def _take(app: App, row_id: int, moment: datetime) -> Outgoing | None:
    """Marks it as sent. None: another process has it, it waits for the morning, or there is nothing to send."""
    with app.db.write() as session:
        row = session.exec(
            select(Message)
            .where(Message.id == row_id, col(Message.sent_at).is_(None))
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        due = due_now(session, row, moment)
        if moment < due <= row.until:
            row.due_at = due
            return None
        row.sent_at, row.attempts = moment, row.attempts + 1
        if moment < due or moment > row.until or not wants_email(session, row.member_id, row.kind.switch):
            return None
        return _outgoing(app, session, row, moment)


def _outgoing(app: App, session: Session, row: Message, moment: datetime) -> Outgoing | None:
    member = session.get_one(Member, row.member_id)
    stop_url = stop_link(app, row.member_id, row.kind.switch)
    written = WRITERS[row.kind](Writing(session, row, member, moment, app.settings.public_url, stop_url))
    return Outgoing(row.id or 0, member.email, written, stop_url) if written else None
