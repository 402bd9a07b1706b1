"""What the calendars and manual days of a schedule's people say about a span of time, for a planning problem."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from oncall_ui.domain.availability.coverage import coverage_of
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.spans import AvailabilitySpan
from oncall_ui.domain.availability.window import Window, zone_of
from oncall_ui.domain.imports.freshness import CalendarHealth, Freshness, freshness_of
from oncall_ui.domain.schedules.membership import Period
from oncall_ui.domain.schedules.plan_format.spans import united
from oncall_ui.domain.schedules.planning.problem import Span
from oncall_ui.models import Member, Participant
from oncall_ui.services.availability.coverage import healths_by_member
from oncall_ui.services.availability.query import spans_by_member
from oncall_ui.services.schedules.drafts.persons import A_DAY, days_off

Spans = Mapping[str, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Calendars:
    """By participant id, as text; only participants who have something of the kind."""

    blocks: Spans
    preferences: Spans
    unknown: Spans
    read_at: Mapping[str, str]
    """When the oldest of their calendars was last read, ISO 8601; missing: never, or there is none."""
    freshness: Mapping[str, Freshness]


def calendars_of(
    session: Session,
    participants: Sequence[Participant],
    periods: Mapping[int, Sequence[Period]],
    window: Window,
    at: datetime,
) -> Calendars:
    """As known `at`. Days on which a participant can't be on call are blocks, like those of their calendars."""
    ids = {row.member_id: row.id or 0 for row in participants if row.member_id is not None}
    members = session.exec(select(Member).where(col(Member.id).in_(ids))).all()
    spans = spans_by_member(session, list(ids), window.start, window.end)
    healths = healths_by_member(session, list(ids))
    reader = _Reader(window, at)
    for member in members:
        participant = ids[member.id or 0]
        found = spans[member.id or 0]
        reader.add(str(participant), member, found, healths[member.id or 0], periods.get(participant, ()))
    return reader.found()


class _Reader:
    """Collects what is found, one participant after the other."""

    def __init__(self, window: Window, at: datetime) -> None:
        self._window, self._at = window, at
        self._spans: dict[str, dict[str, tuple[Span, ...]]] = {"block": {}, "prefer": {}, "unknown": {}}
        self._read_at: dict[str, str] = {}
        self._freshness: dict[str, Freshness] = {}

    def add(
        self,
        person: str,
        member: Member,
        spans: Sequence[AvailabilitySpan],
        healths: Sequence[CalendarHealth],
        periods: Sequence[Period],
    ) -> None:
        zone, window = zone_of(member.zone), self._window
        first, end = window.start.astimezone(zone).date(), window.end.astimezone(zone).date() + A_DAY
        blocks = [Span(span.start, span.end) for span in spans if span.action is Action.BLOCK]
        self._keep("block", person, [*blocks, *days_off(periods, first, end, zone)])
        self._keep("prefer", person, [Span(s.start, s.end) for s in spans if s.action is Action.PREFER])
        unknown = coverage_of(healths, self._at, zone).unknown(window, spans)
        self._keep("unknown", person, [Span(start, end) for start, end in unknown])
        read = [each.read_at for each in healths if each.read_at]
        if read:
            self._read_at[person] = min(read).astimezone(UTC).isoformat()
        self._freshness[person] = freshness_of(healths, self._at)

    def found(self) -> Calendars:
        return Calendars(
            self._spans["block"], self._spans["prefer"], self._spans["unknown"], self._read_at, self._freshness
        )

    def _keep(self, kind: str, person: str, spans: Sequence[Span]) -> None:
        if inside := united(_inside(spans, self._window)):
            self._spans[kind][person] = inside


def _inside(spans: Sequence[Span], window: Window) -> list[Span]:
    """Cut to the window, in whole seconds."""
    found = []
    for span in spans:
        start = max(span.start, window.start).replace(microsecond=0)
        end = min(span.end, window.end).replace(microsecond=0)
        if start < end:
            found.append(Span(start, end))
    return found
