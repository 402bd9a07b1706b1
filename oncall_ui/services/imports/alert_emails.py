"""Alert emails about calendars that stay broken, and when they work again. When and how often: docs/decisions/0502.

Used by the job, in a thread. An email is recorded on the rows before it is sent, so nothing is sent twice, whenever
this process ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import available_timezones

import structlog
from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.imports.alert_email import Broken, subject_of, text_of
from oncall_ui.domain.imports.freshness import ALERT_DAYS, alerts_due
from oncall_ui.email import mail
from oncall_ui.models import Calendar, Connection, Member, now
from oncall_ui.services.connections.names import shown_name
from oncall_ui.services.connections.views import calendar_view
from oncall_ui.services.imports import state
from oncall_ui.services.imports.damage import DATABASE_LOST, repair_all

log = structlog.get_logger()

FIRST_ALERT = timedelta(days=ALERT_DAYS[0])


@dataclass(frozen=True, slots=True)
class AlertEmail:
    """Ready to be sent; `before`: each calendar's id, `alerts_sent` and `broken_since` as they were."""

    to: str
    subject: str
    text: str
    before: Sequence[tuple[int, int, datetime | None]]


def send_alert_emails(app: App) -> int:
    """Sends one email to each member with a calendar that is due for one. How many; 0 without a mail server.

    An email the server refused is due again at the next run. One that may have arrived counts as sent.
    """
    if not mail.is_set_up(app.settings):
        return 0
    sent = 0
    for member_id in _members(app, now()):
        try:
            sent += _send(app, member_id)
        except mail.ServerUnavailable:
            break  # the server is down, so the other emails would fail as well
        except DATABASE_LOST:
            raise
        except Exception:  # whatever is stored there: the other members still get theirs
            log.exception("alert email can't be written", member=member_id)
    return sent


def _members(app: App, moment: datetime) -> list[int]:
    """Members with a calendar that may be due for an email."""
    with app.db.read() as session:
        found = session.exec(
            select(Connection.member_id)
            .join(Calendar, col(Calendar.connection_id) == col(Connection.id))
            .where(col(Calendar.is_on))
            .where(or_(col(Calendar.broken_since) <= moment - FIRST_ALERT, _is_over()))
            .distinct()
        )
        return list(found)


def _is_over() -> ColumnElement[bool]:
    return col(Calendar.broken_since).is_(None) & (col(Calendar.alerts_sent) > 0)


def _send(app: App, member_id: int) -> bool:
    """Raises ServerUnavailable."""
    try:
        email = _record(app, member_id, now())
    except (ValueError, LookupError, TypeError):
        # Calendars that need their member are never due, so no claim has come across the damage.
        repair_all(app, member_id)
        email = _record(app, member_id, now())
    if email is None:
        return False
    try:
        mail.send(app.settings, email.to, email.subject, email.text)
    except mail.ServerUnavailable as error:
        _undo(app, email)
        app.outages.failed("mail server", str(error))
        raise
    except mail.NotSent as error:
        _undo(app, email)
        log.warning("alert email not sent, trying again later", member=member_id, why=str(error))
        return False
    except mail.MaybeSent as error:
        log.warning("alert email possibly sent, not trying again", member=member_id, why=str(error))
    else:
        app.outages.worked("mail server")
    return True


def _record(app: App, member_id: int, moment: datetime) -> AlertEmail | None:
    """Records the email as sent, and returns it; None when there is none to send."""
    with app.db.write() as session:
        member = session.get(Member, member_id)
        if member is None:
            return None
        broken, working, before = [], [], []
        for calendar, connection, name in _calendars(session, member_id):
            due = alerts_due(calendar.broken_since, moment) if calendar.broken_since else 0
            if calendar.broken_since is None and calendar.alerts_sent:
                working.append(name)
            elif due > calendar.alerts_sent:
                broken.append(_broken(calendar, connection, name))
            else:
                continue
            before.append((calendar.id or 0, calendar.alerts_sent, calendar.broken_since))
            state.alerts_sent(calendar, due)
        if not before:
            return None
        text = text_of(
            member.name, broken, working, zone=_known(member.zone), url=f"{app.settings.public_url}/calendars"
        )
        return AlertEmail(member.email, subject_of(len(broken), len(working)), text, before)


def _known(zone: str) -> str:
    """A member whose zone is unknown to this server must learn that, too."""
    return zone if zone in available_timezones() else "UTC"


def _calendars(session: Session, member_id: int) -> Sequence[tuple[Calendar, Connection, str]]:
    rows = (
        select(Calendar, Connection, shown_name())
        .join(Connection, col(Calendar.connection_id) == col(Connection.id))
        .where(Connection.member_id == member_id, col(Calendar.is_on))
        # By id, as every transaction that locks several calendars: else two of them could wait for each other.
        .order_by(col(Calendar.id))
    )
    found = session.exec(rows.with_for_update(of=Calendar)).all()
    return sorted(found, key=lambda row: row[2])


def _broken(calendar: Calendar, connection: Connection, name: str) -> Broken:
    view = calendar_view(calendar, name)
    assert calendar.broken_since is not None  # the caller asks only about broken ones
    return Broken(
        name=name,
        connection=connection.nickname,
        why=calendar.why,
        since=calendar.broken_since,
        read_at=calendar.last_read_at,
        needs_you=view.needs_you,
        taken_at=view.suspected_loss.taken_at if view.suspected_loss else None,
    )


def _undo(app: App, email: AlertEmail) -> None:
    """It was not sent after all. A calendar that has since broken again is left alone."""
    with app.db.write() as session:
        for calendar_id, sent, broken_since in email.before:
            calendar = session.get(Calendar, calendar_id, with_for_update=True)
            if calendar is not None and calendar.broken_since == broken_since:
                state.alerts_sent(calendar, sent)
