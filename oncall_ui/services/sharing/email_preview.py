"""The emails that publishing a draft would send, before it is published."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.availability.window import start_of_day, zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.shift_email import EmailKind, Occasion
from oncall_ui.email.mail import is_set_up
from oncall_ui.models import Schedule, SchedulePlan, ShiftEmail, now
from oncall_ui.services.accounts.email_choices import wants_email
from oncall_ui.services.schedules.access import lock_schedule
from oncall_ui.services.schedules.drafts.drafts import draft_of
from oncall_ui.services.schedules.drafts.results import slots_of
from oncall_ui.services.schedules.published.email_queue import News, queue_emails
from oncall_ui.services.schedules.published.publish_slots import Publisher
from oncall_ui.services.sharing.shift_email_writer import ShiftEmailWriter

STOP = "emails/stop/…"
"""The real link belongs to the member alone."""


@dataclass(frozen=True, slots=True)
class EmailPreview:
    """One member's email. `waits_until` None: it is sent at once."""

    member_id: int
    name: str
    subject: str
    text: str
    is_wanted: bool
    """False: the member turned these emails off."""
    waits_until: datetime | None
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Previews:
    """`is_sent` False: this server has no email set up, so nobody gets any."""

    emails: tuple[EmailPreview, ...]
    is_sent: bool


def preview_emails(app: App, member_id: int, schedule_id: int, number: int, *, at: datetime | None = None) -> Previews:
    """What everyone would get if all of the draft were published now, by name. Nothing is stored.

    It publishes for real and rolls back, so the words can't differ from those that are sent. Raises NotAllowed unless
    the member manages the schedule, and PlanNotReady.
    """
    moment = at or now()
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        rows = _publish(session, schedule, draft_of(session, schedule_id, number), member_id, moment)
        found = [_preview(app, session, row, moment) for row in rows]
        session.rollback()
    emails = sorted((each for each in found if each is not None), key=lambda each: (each.name, each.member_id))
    return Previews(tuple(emails), is_set_up(app.settings))


def _publish(session: Session, schedule: Schedule, plan: SchedulePlan, by: int, moment: datetime) -> list[ShiftEmail]:
    slots = [slot for slot in slots_of(session, plan) if slot.shift_start > moment]
    end = start_of_day(plan.end_day, zone_of(schedule.zone))
    changes = Publisher(session, schedule, plan, by, moment).publish(slots, end)
    rows = queue_emails(session, News(schedule.id or 0, by, Occasion.PUBLISHED, changes), moment)
    session.flush()
    return rows


def _preview(app: App, session: Session, row: ShiftEmail, moment: datetime) -> EmailPreview | None:
    writer = ShiftEmailWriter(session, row, moment)
    if not writer.news:
        return None
    email = writer.email(app.settings.public_url, f"{app.settings.public_url}/{STOP}")
    return EmailPreview(
        member_id=row.member_id,
        name=writer.member.name,
        subject=email.subject,
        text=email.text,
        is_wanted=wants_email(session, row.member_id, EmailKind.SHIFT_CHANGES),
        waits_until=row.due_at if row.due_at > moment else None,
        zone=writer.news.zone,
    )
