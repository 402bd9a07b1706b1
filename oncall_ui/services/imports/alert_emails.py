"""Letters about calendars that stay broken, and one when they are well again. When and how often: docs/decisions/0502.

Used by the job, in a thread. What a letter is about is marked on the rows before it is sent, so that nothing is sent
twice, whenever this process ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from oncall_ui import mail
from oncall_ui.app import App
from oncall_ui.domain.imports.alert_email import Broken, subject_of, text_of
from oncall_ui.domain.imports.freshness import LETTER_DAYS, letters_due
from oncall_ui.models import Calendar, Connection, Member, now
from oncall_ui.services.connections.views import calendar_view

log = structlog.get_logger()

FIRST_LETTER = timedelta(days=LETTER_DAYS[0])


@dataclass(frozen=True, slots=True)
class Letter:
    """Ready to be sent; `before` are the marks as they were: calendar, its letters, its `broken_since`."""

    to: str
    subject: str
    text: str
    before: Sequence[tuple[int, int, datetime | None]]


def send_letters(app: App) -> int:
    """One letter to each member whose calendars ask for one; how many were sent. Nothing without a mail server.

    A letter the server refused is due again at the next run. One that broke off half-way counts as sent.
    """
    if not mail.is_set_up(app.settings):
        return 0
    sent = 0
    for member_id in _waiting(app, now()):
        try:
            sent += _send(app, member_id)
        except mail.ServerUnavailable:
            break  # the others' letters would wait for it just as long, and in vain
    return sent


def _waiting(app: App, moment: datetime) -> list[int]:
    """Members with a calendar that may deserve a letter."""
    with app.db.read() as session:
        found = session.exec(
            select(Connection.member_id)
            .join(Calendar, col(Calendar.connection_id) == col(Connection.id))
            .where(col(Calendar.is_on))
            .where(or_(col(Calendar.broken_since) <= moment - FIRST_LETTER, _is_over()))
            .distinct()
        )
        return list(found)


def _is_over() -> ColumnElement[bool]:
    return col(Calendar.broken_since).is_(None) & (col(Calendar.letters) > 0)


def _send(app: App, member_id: int) -> bool:
    """Raises NoServer."""
    letter = _mark(app, member_id, now())
    if letter is None:
        return False
    try:
        mail.send(app.settings, letter.to, letter.subject, letter.text)
    except mail.NotSent as error:
        _take_back(app, letter)
        log.warning("letter not sent, tried again later", member=member_id, why=str(error))
        if isinstance(error, mail.ServerUnavailable):
            raise
        return False
    except mail.MaybeSent as error:
        log.warning("letter perhaps sent, not tried again", member=member_id, why=str(error))
    return True


def _mark(app: App, member_id: int, moment: datetime) -> Letter | None:
    """Writes down that the letter is sent, and returns it; None when there is none to send."""
    with app.db.write() as session:
        member = session.get(Member, member_id)
        if member is None:
            return None
        broken, well, before = [], [], []
        for calendar, connection in _calendars(session, member_id):
            due = letters_due(calendar.broken_since, moment) if calendar.broken_since else 0
            if calendar.broken_since is None and calendar.letters:
                well.append(calendar.name)
            elif due > calendar.letters:
                broken.append(_broken(calendar, connection))
            else:
                continue
            before.append((calendar.id or 0, calendar.letters, calendar.broken_since))
            calendar.letters = due
        if not before:
            return None
        text = text_of(member.name, broken, well, zone=member.zone, url=f"{app.settings.public_url}/calendars")
        return Letter(member.email, subject_of(len(broken), len(well)), text, before)


def _calendars(session: Session, member_id: int) -> Sequence[tuple[Calendar, Connection]]:
    rows = (
        select(Calendar, Connection)
        .join(Connection, col(Calendar.connection_id) == col(Connection.id))
        .where(Connection.member_id == member_id, col(Calendar.is_on))
        .order_by(col(Calendar.name), col(Calendar.id))
    )
    return session.exec(rows.with_for_update(of=Calendar)).all()


def _broken(calendar: Calendar, connection: Connection) -> Broken:
    view = calendar_view(calendar)
    assert calendar.broken_since is not None  # only what is broken is written about
    return Broken(
        name=calendar.name,
        connection=connection.nickname,
        why=calendar.why,
        since=calendar.broken_since,
        read_at=calendar.last_read_at,
        needs_you=view.needs_you,
        taken_at=view.doubt.taken_at if view.doubt else None,
    )


def _take_back(app: App, letter: Letter) -> None:
    """Unless the breakage it was about is another one by now."""
    with app.db.write() as session:
        for calendar_id, letters, broken_since in letter.before:
            calendar = session.get(Calendar, calendar_id, with_for_update=True)
            if calendar is not None and calendar.broken_since == broken_since:
                calendar.letters = letters
