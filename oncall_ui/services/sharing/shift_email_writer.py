"""Writes the email that a change of shifts means for one member: for the job that sends it, and for its preview."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from oncall_ui.domain.accounts.emails import Email
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.planning.fact_words import BLOCKED_THEN
from oncall_ui.domain.schedules.shift_email_text import Line, ShiftNews, shift_email
from oncall_ui.domain.schedules.shift_feed import uid_of
from oncall_ui.models import Member, Participant, PublishedShift, Schedule, ShiftEmail
from oncall_ui.services.availability.query import spans_by_member
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.sharing.shift_events import ShiftEvent, Wanted, events_of


@dataclass(frozen=True, slots=True)
class _Slot:
    """What happened to a slot, from the first change to the last one."""

    first: Line
    last: Line
    before: int | None
    after: int | None
    of_shift: datetime | None


class ShiftEmailWriter:
    """`news` is None where nothing is left to tell: what is over by `moment`, or came back, isn't news."""

    def __init__(self, session: Session, row: ShiftEmail, moment: datetime) -> None:
        self._session, self._row, self._moment = session, row, moment
        self._schedule = session.get_one(Schedule, row.schedule_id)
        self.member = session.get_one(Member, row.member_id)
        self._names = names_of(session, row.schedule_id)
        people = session.exec(select(Participant).where(Participant.schedule_id == row.schedule_id))
        self._members = {each.id or 0: each.member_id for each in people}
        self._slots = [slot for slot in _slots(row.changes) if slot.last.end > moment and self._is_news(slot)]
        self.news = self._read()

    def email(self, public_url: str, stop_url: str) -> Email:
        """Only where there is news."""
        assert self.news is not None
        return shift_email(self.news, url=f"{public_url}/schedules/{self._schedule.id}", stop_url=stop_url)

    def events(self) -> list[ShiftEvent]:
        """What a calendar makes of the news."""
        uids = set()
        for slot in self._slots:
            of_shift, role = slot.of_shift or slot.first.start, slot.first.role
            uids.add(uid_of(self._schedule.uid, of_shift, role))
            if slot.of_shift:
                uids.add(uid_of(self._schedule.uid, of_shift, role, slot.first.start))
        theirs = events_of(self._session, Wanted([self._schedule], self._row.member_id, self._moment))
        return [each for each in theirs if each.uid in uids]

    def _is_news(self, slot: _Slot) -> bool:
        had, has = self._is_me(slot.before), self._is_me(slot.after)
        return had != has or (had and slot.first.end != slot.last.end)

    def _read(self) -> ShiftNews | None:
        if not self._slots:
            return None
        gained, lost, changed = [], [], []
        for slot in self._slots:
            had, has = self._is_me(slot.before), self._is_me(slot.after)
            if has and not had:
                gained.append(replace(slot.last, remark=self._had(slot.before, slot.last)))
            elif had and not has:
                lost.append(replace(slot.first, remark=self._has(slot.after, slot.first)))
            else:
                changed.append(slot.last)
        by = self._session.get(Member, self._row.by_id) if self._row.by_id else None
        return ShiftNews(
            name=self.member.name,
            schedule=self._schedule.name,
            by=by.name if by else "",
            gained=gained,
            lost=lost,
            changed=changed,
            zone=zone_of(self.member.zone),
            occasion=self._row.occasion,
        )

    def _is_me(self, participant: int | None) -> bool:
        return participant is not None and self._members.get(participant) == self._row.member_id

    def _had(self, participant: int | None, line: Line) -> str:
        if participant is None:
            return ""
        member_id = self._members.get(participant)
        reason = f", and {BLOCKED_THEN}" if member_id and self._is_blocked(member_id, line) else ""
        return f"{self._names.get(participant, '')} had it{reason}"

    def _has(self, participant: int | None, line: Line) -> str:
        reason = "you are blocked then" if self._is_blocked(self._row.member_id, line) else ""
        if participant is not None:
            now_theirs = f"now {self._names.get(participant, '')}"
        else:
            now_theirs = "nobody has it now" if self._is_live(line) else "this shift no longer exists"
        return ": ".join(filter(None, (now_theirs, reason)))

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


def _slots(changes: Iterable[Mapping[str, Any]]) -> list[_Slot]:
    found: dict[tuple[datetime, str], _Slot] = {}
    for change in changes:
        line = Line(_instant(change["start"]), _instant(change["end"]), change["role"])
        first = found.get((line.start, line.role))
        of_shift = _instant(change["of_shift"]) if change["of_shift"] else None
        before = first.before if first else change["before"]
        found[line.start, line.role] = _Slot(first.first if first else line, line, before, change["after"], of_shift)
    return list(found.values())


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
