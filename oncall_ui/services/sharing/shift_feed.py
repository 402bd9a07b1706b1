"""Private addresses under which calendar apps subscribe to shifts: one's own, a schedule's, or all one may see."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.shift_feed import FeedKind
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Member, Participant, Schedule, ScheduleAccess, ShiftFeedAddress, now
from oncall_ui.security.tokens import hash_token, new_token
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.sharing.feed import FETCH_RESOLUTION, FeedLink
from oncall_ui.services.sharing.shift_events import ShiftEvent, Wanted, events_of
from oncall_ui.services.sharing.shift_writer import shifts_text


@dataclass(frozen=True, slots=True)
class ShiftFeed:
    """The content of a feed now. `tag` changes whenever the text would (ETag, RFC 9110 section 8.8.3)."""

    tag: str
    name: str
    events: tuple[ShiftEvent, ...]
    public_url: str

    def text(self) -> bytes:
        return shifts_text(self.name, self.events, public_url=self.public_url)


def create_shift_link(app: App, member_id: int, kind: FeedKind, schedule_id: int | None = None) -> str:
    """A new address, to be shown once; the member's previous one for the same shifts stops working.

    `schedule_id` belongs to the kind SCHEDULE. Raises NotAllowed unless the member may see the schedule.
    """
    token = new_token()
    with app.db.write() as session:
        schedule = _shown(session, member_id, kind, schedule_id)
        # Locked, so that two browsers at once replace each other's address instead of keeping both.
        session.exec(select(Member.id).where(Member.id == member_id).with_for_update()).one()
        if former := _address(session, member_id, kind, schedule_id):
            session.delete(former)
        session.add(
            ShiftFeedAddress(member_id=member_id, kind=kind, schedule_id=schedule_id, token_hash=hash_token(token))
        )
        record(session, AuditAction.FEED_CREATED, by=member_id, what=_what(kind, schedule))
    return f"{app.settings.public_url}/feeds/shifts/{token}.ics"


def remove_shift_link(app: App, member_id: int, kind: FeedKind, schedule_id: int | None = None) -> None:
    """The address stops working; nothing happens if there is none."""
    with app.db.write() as session:
        row = _address(session, member_id, kind, schedule_id)
        if row is not None:
            schedule = session.get(Schedule, schedule_id) if schedule_id else None
            session.delete(row)
            record(session, AuditAction.FEED_REMOVED, by=member_id, what=_what(kind, schedule))


def shift_links_of(app: App, member_id: int, schedule_id: int | None = None) -> dict[FeedKind, FeedLink]:
    """The member's addresses: of their own shifts, of everything, and of that schedule.

    Raises NotAllowed unless they may see it.
    """
    with app.db.read() as session:
        if schedule_id is not None:
            open_schedule(session, member_id, schedule_id, Access.VIEWER)
        rows = session.exec(
            select(ShiftFeedAddress).where(
                ShiftFeedAddress.member_id == member_id,
                (col(ShiftFeedAddress.schedule_id) == schedule_id) | col(ShiftFeedAddress.schedule_id).is_(None),
            )
        )
        return {row.kind: FeedLink(row.created_at, row.last_fetched_at) for row in rows}


def open_shift_feed(app: App, token: str) -> ShiftFeed | None:
    """The feed with this token, whose fetch is recorded.

    None for an invalid token, and for a schedule that its owner may not see any more.
    """
    with app.db.read() as session:
        found = session.exec(
            select(ShiftFeedAddress, Member)
            .join(Member, col(ShiftFeedAddress.member_id) == col(Member.id))
            .where(ShiftFeedAddress.token_hash == hash_token(token))
        ).first()
        if found is None:
            return None
        address, member = found
        try:
            feed = _feed(app, session, address, member, now())
        except NotAllowed:
            return None
    if address.last_fetched_at is None or now() - address.last_fetched_at > FETCH_RESOLUTION:
        _record_fetch(app, address)
    return feed


def _feed(app: App, session: Session, address: ShiftFeedAddress, member: Member, at: datetime) -> ShiftFeed:
    """Raises NotAllowed."""
    name, schedules = _shown_by(session, address, member)
    whose = member.id if address.kind is FeedKind.MINE else None
    events = tuple(events_of(session, Wanted(schedules, whose, at)))
    content = [name, [[*map(str, astuple(each))] for each in events]]
    tag = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]
    return ShiftFeed(tag, name, events, app.settings.public_url)


def _shown_by(session: Session, address: ShiftFeedAddress, member: Member) -> tuple[str, Sequence[Schedule]]:
    """The calendar's name, and the schedules whose shifts it shows. Raises NotAllowed."""
    if address.kind is FeedKind.SCHEDULE:
        schedule = open_schedule(session, address.member_id, address.schedule_id or 0, Access.VIEWER)
        return schedule.name, [schedule]
    rows = select(Schedule).where(col(Schedule.archived_at).is_(None)).order_by(col(Schedule.id))
    if address.kind is FeedKind.MINE:
        theirs = select(Participant.schedule_id).where(Participant.member_id == member.id)
        return f"{member.name}, on call", session.exec(rows.where(col(Schedule.id).in_(theirs))).all()
    if not member.is_admin:
        allowed = select(ScheduleAccess.schedule_id).where(ScheduleAccess.member_id == member.id)
        rows = rows.where(col(Schedule.id).in_(allowed))
    return "On-call schedules", session.exec(rows).all()


def _shown(session: Session, member_id: int, kind: FeedKind, schedule_id: int | None) -> Schedule | None:
    """The schedule an address is for. Raises NotAllowed."""
    if (kind is FeedKind.SCHEDULE) is not (schedule_id is not None):
        raise NotAllowed
    return open_schedule(session, member_id, schedule_id, Access.VIEWER) if schedule_id is not None else None


def _address(session: Session, member_id: int, kind: FeedKind, schedule_id: int | None) -> ShiftFeedAddress | None:
    rows = select(ShiftFeedAddress).where(
        ShiftFeedAddress.member_id == member_id,
        col(ShiftFeedAddress.kind) == kind,
        col(ShiftFeedAddress.schedule_id) == schedule_id
        if schedule_id is not None
        else col(ShiftFeedAddress.schedule_id).is_(None),
    )
    return session.exec(rows).first()


def _what(kind: FeedKind, schedule: Schedule | None) -> str:
    words = {FeedKind.MINE: "own shifts", FeedKind.EVERYTHING: "all shifts"}
    return schedule.name if schedule else words.get(kind, "shifts")


def _record_fetch(app: App, address: ShiftFeedAddress) -> None:
    with app.db.write() as session:
        row = session.get(ShiftFeedAddress, address.id)
        if row is not None:
            row.last_fetched_at = now()
