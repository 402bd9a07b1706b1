"""The private address under which a member's availability can be subscribed to."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.domain.availability.spans import AvailabilitySpan
from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.models import FeedAddress, Member, now
from oncall_ui.security.tokens import hash_of, new_key
from oncall_ui.services.availability.query import spans_by_member
from oncall_ui.services.sharing.ics_writer import written

AHEAD = timedelta(days=400)
"""Far enough for all there is: calendars are read for 90 days."""
NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is known when something was used last; noting it every time would be a write for every question."""


@dataclass(frozen=True, slots=True)
class FeedView:
    """What may be shown of the address: the address itself was, once."""

    created_at: datetime
    last_fetched_at: datetime | None


@dataclass(frozen=True, slots=True)
class Feed:
    """What stands behind an address now. `tag` is another whenever its text would be (ETag, RFC 9110 section 8.8.3)."""

    tag: str
    name: str
    spans: tuple[AvailabilitySpan, ...]
    owner: str
    stamp: datetime
    refresh: timedelta

    def text(self) -> bytes:
        return written(self.name, self.spans, owner=self.owner, stamp=self.stamp, refresh=self.refresh)


def make_feed_address(app: App, member_id: int) -> str:
    """The new address, to be shown once. The one the member had stops working."""
    key = new_key()
    with app.db.write() as session:
        # The member's row is held, so that two browsers at once replace each other's instead of failing.
        session.exec(select(Member.id).where(Member.id == member_id).with_for_update()).one()
        session.merge(FeedAddress(member_id=member_id, token_hash=hash_of(key), created_at=now(), last_fetched_at=None))
    return f"{app.settings.public_url}/feeds/{key}.ics"


def remove_feed_address(app: App, member_id: int) -> None:
    """The address stops working; nothing happens where there is none."""
    with app.db.write() as session:
        if row := session.get(FeedAddress, member_id):
            session.delete(row)


def feed_address_of(app: App, member_id: int) -> FeedView | None:
    with app.db.read() as session:
        row = session.get(FeedAddress, member_id)
        return FeedView(row.created_at, row.last_fetched_at) if row else None


def open_feed(app: App, key: str) -> Feed | None:
    """What `key` leads to, and a note that it was fetched; None: it is nobody's."""
    with app.db.read() as session:
        found = session.exec(
            select(FeedAddress, Member).where(
                FeedAddress.token_hash == hash_of(key), FeedAddress.member_id == Member.id
            )
        ).first()
        if found is None:
            return None
        address, member = found
        feed = _feed(app, session, address, member)
    if address.last_fetched_at is None or now() - address.last_fetched_at > NOTED_EVERY:
        _note(app, address)
    return feed


def calendar_name(member: Member) -> str:
    return f"{member.name}, on-call availability"


def owner_of_events(app: App, member_id: int) -> str:
    """Tells this member's events from those of every other, on every other server."""
    return f"{app.settings.public_url}/members/{member_id}"


def _feed(app: App, session: Session, address: FeedAddress, member: Member) -> Feed:
    zone = ZoneInfo(member.zone)
    start = start_of_day(now().astimezone(zone).date(), zone)
    spans = tuple(spans_by_member(session, [address.member_id], start, start + AHEAD)[address.member_id])
    name, stamp = calendar_name(member), address.created_at.replace(microsecond=0)
    return Feed(
        tag=_tag(name, stamp, spans),
        name=name,
        spans=spans,
        owner=owner_of_events(app, address.member_id),
        stamp=stamp,
        refresh=timedelta(minutes=app.settings.import_interval),
    )


def _tag(name: str, stamp: datetime, spans: tuple[AvailabilitySpan, ...]) -> str:
    said = [name, stamp.isoformat(), [(span.start.timestamp(), span.end.timestamp(), span.action) for span in spans]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def _note(app: App, address: FeedAddress) -> None:
    with app.db.write() as session:
        row = session.get(FeedAddress, address.member_id)
        if row is not None and row.token_hash == address.token_hash:
            row.last_fetched_at = now()
