"""Notes to the managers of a schedule that something nobody has comes close: within a week, and within a day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.domain.schedules.messages.timing import GAPS_WITHIN
from oncall_ui.domain.schedules.messages.turns import Turn
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.models import Message, Schedule, ScheduleAccess
from oncall_ui.services.schedules.messages.outbox import Note
from oncall_ui.services.schedules.messages.turns import gaps_between


@dataclass(frozen=True, slots=True)
class ToldGap:
    """A gap as a message named it. It may have grown since, or been filled and opened again."""

    role: str
    start: datetime
    end: datetime
    at: datetime

    @classmethod
    def of(cls, message: Message) -> list["ToldGap"]:
        return [
            cls(each["role"], _instant(each["start"]), _instant(each["end"]), message.created_at)
            for each in _gaps(message)
        ]

    def is_about(self, gap: Turn) -> bool:
        is_same = self.role == gap.role and self.start < gap.end and self.end > gap.start
        return is_same and gap.recorded_at <= self.at


def gap_notes(session: Session, schedule: Schedule, moment: datetime) -> Iterator[Note]:
    """One for each manager and kind, with all gaps they weren't told about."""
    found = gaps_between(session, schedule, moment, moment + GAPS_WITHIN[MessageKind.GAP])
    if not found:
        return
    for manager in managers_of(session, schedule.id or 0):
        told: list[ToldGap] = []
        for kind, within in GAPS_WITHIN.items():
            told += _told(session, schedule.id or 0, manager, kind)
            near = [gap for gap in found if gap.start < moment + within and not any(one.is_about(gap) for one in told)]
            told += [ToldGap(gap.role, gap.start, gap.end, moment) for gap in near]
            if near:
                yield _note(kind, schedule, manager, near)


def managers_of(session: Session, schedule_id: int) -> list[int]:
    rows = select(ScheduleAccess.member_id).where(
        ScheduleAccess.schedule_id == schedule_id, col(ScheduleAccess.access) == Access.MANAGER
    )
    return list(session.exec(rows.order_by(col(ScheduleAccess.member_id))))


def _told(session: Session, schedule_id: int, member_id: int, kind: MessageKind) -> list[ToldGap]:
    rows = select(Message).where(
        Message.schedule_id == schedule_id, Message.member_id == member_id, Message.kind == kind
    )
    return [each for message in session.exec(rows) for each in ToldGap.of(message)]


def _note(kind: MessageKind, schedule: Schedule, member_id: int, gaps: Sequence[Turn]) -> Note:
    first = gaps[0]
    about = f"{first.role}:{utc(first.end)}:{utc(first.recorded_at)}"
    return Note(
        kind,
        member_id,
        schedule.id,
        {"gaps": [{"role": gap.role, "start": utc(gap.start), "end": utc(gap.end)} for gap in gaps]},
        key=f"{kind}:{schedule.id}:{about}:{member_id}",
        starts=tuple(gap.start for gap in gaps),
        until=max(gap.end for gap in gaps),
    )


def _gaps(message: Message) -> Sequence[Mapping[str, Any]]:
    return message.payload["gaps"]  # type: ignore[no-any-return]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
