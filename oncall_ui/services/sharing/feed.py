"""The private feed: a secret link under which calendar apps subscribe to a member's availability."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.spans import AvailabilitySpan, Interval
from oncall_ui.domain.availability.window import days_from, zone_of
from oncall_ui.models import FeedAddress, Member, now
from oncall_ui.security.tokens import hash_token, new_token
from oncall_ui.services.audit.record import record
from oncall_ui.services.availability.coverage import member_coverage
from oncall_ui.services.availability.query import spans_by_member
from oncall_ui.services.sharing.ics_writer import calendar_text

AHEAD = timedelta(days=400)
"""Covers everything: calendars are imported for 90 days."""
FETCH_RESOLUTION = timedelta(minutes=1)
"""How exactly the last fetch is known; storing every fetch would be a write per request."""


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A member's feed link, without the link itself: it was shown once and is not stored."""

    created_at: datetime
    last_fetched_at: datetime | None


@dataclass(frozen=True, slots=True)
class PrivateFeed:
    """The content of a feed now. `tag` changes whenever the text would (ETag, RFC 9110 section 8.8.3)."""

    tag: str
    name: str
    spans: tuple[AvailabilitySpan, ...]
    unknown: tuple[Interval, ...]
    """The parts of the next 90 days that are unknown; imports cover no more."""
    owner: str
    stamp: datetime
    refresh: timedelta

    def text(self) -> bytes:
        return calendar_text(
            self.name, self.spans, owner=self.owner, stamp=self.stamp, refresh=self.refresh, unknown=self.unknown
        )


def create_feed_link(app: App, member_id: int) -> str:
    """A new link, to be shown once. The member's previous link stops working."""
    token = new_token()
    with app.db.write() as session:
        # Locked, so that two browsers at once replace each other's link instead of failing.
        session.exec(select(Member.id).where(Member.id == member_id).with_for_update()).one()
        session.merge(
            FeedAddress(member_id=member_id, token_hash=hash_token(token), created_at=now(), last_fetched_at=None)
        )
        record(session, AuditAction.FEED_CREATED, by=member_id)
    return f"{app.settings.public_url}/feeds/{token}.ics"


def remove_feed_link(app: App, member_id: int) -> None:
    """The link stops working; nothing happens if there is none."""
    with app.db.write() as session:
        if row := session.get(FeedAddress, member_id, with_for_update=True):
            session.delete(row)
            record(session, AuditAction.FEED_REMOVED, by=member_id)


def feed_link_of(app: App, member_id: int) -> FeedLink | None:
    with app.db.read() as session:
        row = session.get(FeedAddress, member_id)
        return FeedLink(row.created_at, row.last_fetched_at) if row else None


def open_feed(app: App, token: str) -> PrivateFeed | None:
    """The feed with this token, whose fetch is recorded; None for an invalid token."""
    with app.db.read() as session:
        found = session.exec(
            select(FeedAddress, Member).where(
                FeedAddress.token_hash == hash_token(token), FeedAddress.member_id == Member.id
            )
        ).first()
        if found is None:
            return None
        address, member = found
        feed = _feed(app, session, address, member)
    if address.last_fetched_at is None or now() - address.last_fetched_at > FETCH_RESOLUTION:
        _record_fetch(app, address)
    return feed


def calendar_name(member: Member) -> str:
    return f"{member.name}, on-call availability"


def owner_of_events(app: App, member_id: int) -> str:
    """A namespace for event UIDs, unique to this member and this server."""
    return f"{app.settings.public_url}/members/{member_id}"


def _feed(app: App, session: Session, address: FeedAddress, member: Member) -> PrivateFeed:
    zone, at = zone_of(member.zone), now()
    window = days_from(at.astimezone(zone).date(), zone)
    spans = tuple(spans_by_member(session, [address.member_id], window.start, window.start + AHEAD)[address.member_id])
    unknown = tuple(member_coverage(session, member, at).unknown(window, spans))
    name, stamp = calendar_name(member), address.created_at.replace(microsecond=0)
    return PrivateFeed(
        tag=_tag(name, stamp, spans, unknown),
        name=name,
        spans=spans,
        unknown=unknown,
        owner=owner_of_events(app, address.member_id),
        stamp=stamp,
        refresh=timedelta(minutes=app.settings.import_interval),
    )


def _tag(name: str, stamp: datetime, spans: Sequence[AvailabilitySpan], unknown: Sequence[Interval]) -> str:
    content = [
        name,
        stamp.isoformat(),
        [(span.start.timestamp(), span.end.timestamp(), span.action) for span in spans],
        [(start.timestamp(), end.timestamp()) for start, end in unknown],
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]


def _record_fetch(app: App, address: FeedAddress) -> None:
    with app.db.write() as session:
        row = session.get(FeedAddress, address.member_id)
        if row is not None and row.token_hash == address.token_hash:
            row.last_fetched_at = now()
