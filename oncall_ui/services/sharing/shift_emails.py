"""Emails about published changes, to those whose shifts came, went or have other times.

Used by the job, in a thread. An email is recorded as sent before it is, so that nothing is sent twice, whenever this
process ends; publishing has written down that it is due.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from oncall_ui import mail
from oncall_ui.app import App
from oncall_ui.domain.accounts.emails import Email
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.shift_email import EmailKind
from oncall_ui.domain.schedules.shift_email_text import Line, ShiftNews, shift_email
from oncall_ui.domain.schedules.shift_feed import uid_of
from oncall_ui.models import Member, Participant, PublishedShift, Schedule, SchedulePlan, ShiftEmail, now
from oncall_ui.services.accounts.email_choices import stop_link, wants_email
from oncall_ui.services.availability.query import spans_by_member
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.sharing.shift_events import Wanted, events_of
from oncall_ui.services.sharing.shift_writer import shifts_text

log = structlog.get_logger()

TOO_OLD = timedelta(days=3)
"""What a mail server that was down for so long held up isn't news any more."""
AGAIN = timedelta(minutes=10)
"""After a refusal."""
MOST = 100
KIND = EmailKind.SHIFT_CHANGES


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Ready to be sent."""

    row_id: int
    to: str
    email: Email
    attached: bytes
    stop_url: str


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
        except Exception:  # whatever is stored there: the other members still get theirs
            log.exception("shift email can't be written", email=row_id)
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
        if moment - row.due_at > TOO_OLD or not wants_email(session, row.member_id, KIND):
            return None
        return _Writer(app, session, row, moment).outgoing()


class _Writer:
    """Writes one email."""

    def __init__(self, app: App, session: Session, row: ShiftEmail, moment: datetime) -> None:
        self._app, self._session, self._row, self._moment = app, session, row, moment
        self._plan = session.get_one(SchedulePlan, row.plan_id)
        self._schedule = session.get_one(Schedule, self._plan.schedule_id)
        self._member = session.get_one(Member, row.member_id)
        self._names = names_of(session, self._plan.schedule_id)
        people = session.exec(select(Participant).where(Participant.schedule_id == self._plan.schedule_id))
        self._members = {each.id or 0: each.member_id for each in people}

    def outgoing(self) -> Outgoing | None:
        news, slots = self._news()
        if not slots:
            return None
        url = self._app.settings.public_url
        stop_url = stop_link(self._app, self._row.member_id, KIND)
        email = shift_email(news, url=f"{url}/schedules/{self._schedule.id}", stop_url=stop_url)
        uids = {uid_of(self._schedule.uid, start, role) for start, role in slots}
        theirs = events_of(self._session, Wanted([self._schedule], self._row.member_id, self._moment))
        attached = shifts_text("", [each for each in theirs if each.uid in uids], public_url=url, method="PUBLISH")
        return Outgoing(self._row.id or 0, self._member.email, email, attached, stop_url)

    def _news(self) -> tuple[ShiftNews, set[tuple[datetime, str]]]:
        gained: dict[tuple[datetime, str], Line] = {}
        lost: dict[tuple[datetime, str], Line] = {}
        for change in self._row.changes:
            start, end = _instant(change["start"]), _instant(change["end"])
            if end <= self._moment:
                continue
            slot, is_theirs = (start, change["role"]), self._is_me(change["after"])
            line = Line(start, end, change["role"])
            if is_theirs:
                gained[slot] = replace(line, remark=self._had(change["before"], line))
            else:
                lost[slot] = replace(line, remark=self._has(change["after"], line))
        both = gained.keys() & lost.keys()
        by = self._session.get(Member, self._plan.published_by) if self._plan.published_by else None
        news = ShiftNews(
            name=self._member.name,
            schedule=self._schedule.name,
            by=by.name if by else "",
            gained=[line for slot, line in gained.items() if slot not in both],
            lost=[line for slot, line in lost.items() if slot not in both],
            changed=[replace(gained[slot], remark="") for slot in sorted(both) if gained[slot].end != lost[slot].end],
            zone=zone_of(self._member.zone),
        )
        told = (*news.gained, *news.lost, *news.changed)
        return news, {(line.start, line.role) for line in told}

    def _is_me(self, participant: int | None) -> bool:
        return participant is not None and self._members.get(participant) == self._row.member_id

    def _had(self, participant: int | None, line: Line) -> str:
        if participant is None or self._is_me(participant):
            return ""
        name = self._names.get(participant, "")
        return f"{name} had it{self._because(participant, line)}"

    def _has(self, participant: int | None, line: Line) -> str:
        reason = "you are blocked then" if self._is_blocked(self._row.member_id, line) else ""
        if participant is not None:
            now_theirs = f"now {self._names.get(participant, '')}"
        else:
            now_theirs = "nobody has it now" if self._is_live(line) else "this shift no longer exists"
        return ": ".join(filter(None, (now_theirs, reason)))

    def _because(self, participant: int, line: Line) -> str:
        member_id = self._members.get(participant)
        return ", and is blocked then" if member_id and self._is_blocked(member_id, line) else ""

    def _is_blocked(self, member_id: int, line: Line) -> bool:
        found = spans_by_member(self._session, [member_id], line.start, line.end)[member_id]
        return any(span.action is Action.BLOCK for span in found)

    def _is_live(self, line: Line) -> bool:
        rows = select(PublishedShift.id).where(
            PublishedShift.schedule_id == self._schedule.id,
            col(PublishedShift.start) == line.start,
            col(PublishedShift.cancelled_at).is_(None),
        )
        return self._session.exec(rows).first() is not None


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
