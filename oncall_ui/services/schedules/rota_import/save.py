"""Writes imported history into the ledger, and takes it back. Lines are only ever added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select as columns_of
from sqlmodel import Session, col, func

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.ledger.lines import Entry
from oncall_ui.domain.schedules.plan_states import LedgerKind
from oncall_ui.domain.schedules.rota_import.opening import SlotOf, changed
from oncall_ui.domain.schedules.rota_import.rota import Rota, RotaSource
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import LedgerLine, RotaImport, Schedule, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import lock_schedule
from oncall_ui.services.schedules.ledger.lines import add_lines
from oncall_ui.services.schedules.rota_import.basis import basis_of
from oncall_ui.services.schedules.rota_import.counting import MONTHS, counted
from oncall_ui.services.schedules.rota_import.names import Choices, people_meant, remember
from oncall_ui.services.schedules.rota_import.preview import latest_import
from oncall_ui.services.schedules.rules import roles_of

SOURCES = {
    RotaSource.CSV: "a spreadsheet",
    RotaSource.ICS: "a calendar",
    RotaSource.OPSGENIE: "Opsgenie",
    RotaSource.PAGERDUTY: "PagerDuty",
    RotaSource.GOALERT: "GoAlert",
    RotaSource.GRAFANA: "Grafana OnCall",
}


@dataclass(frozen=True, slots=True)
class History:
    """What was written: how many slots it counts, who each name is (without those that don't count)."""

    slots: int
    meant: Mapping[str, int]
    is_new: bool
    """Whether the ledger changed."""


def save_rota(app: App, member_id: int, schedule_id: int, rota: Rota, answers: Choices) -> int:
    """Brings the ledger in line with the rota and returns how many slots it counts; the same rota again adds nothing.

    What earlier imports said about the same time and roles is replaced by lines that correct it. Raises NotAllowed
    unless the member manages the schedule, and InvalidInput.
    """
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        history = write_history(session, schedule, rota, answers, member_id)
    if history.is_new:
        app.hub.publish(ScheduleChanged(schedule_id))
    return history.slots


def write_history(session: Session, schedule: Schedule, rota: Rota, answers: Choices, member_id: int) -> History:
    """Within the caller's transaction, which has asked whether the member may. Raises NotAllowed, InvalidInput."""
    if answers.months not in MONTHS or answers.role not in ("", *roles_of(schedule)):
        raise InvalidInput("Count from", "Choose 3, 6 or 12 months and a role of this schedule.")
    meant = people_meant(session, schedule, rota.people, answers.people)
    at = now()
    found = counted(basis_of(session, schedule), rota, meant, answers, at)
    remember(session, schedule.id or 0, meant, answers.people)
    lines = changed(found.written, found.wanted)
    if not lines:
        return History(len(found.wanted), meant, is_new=False)
    row = RotaImport(
        schedule_id=schedule.id or 0,
        source=rota.source,
        start=found.span.start,
        end=found.span.end,
        slots=len(found.wanted),
        recorded_at=at,
        by_id=member_id,
    )
    session.add(row)
    session.flush()
    add_lines(session, _rows(row, lines, at, member_id, f"from {SOURCES[rota.source]}"))
    record(
        session,
        AuditAction.HISTORY_IMPORTED,
        by=member_id,
        what=schedule.name,
        source=rota.source.value,
        slots=len(found.wanted),
    )
    return History(len(found.wanted), meant, is_new=True)


def undo_import(app: App, member_id: int, schedule_id: int, import_id: int) -> None:
    """Takes back what the latest import added, with lines that cancel it; then the one before it is the latest.

    Raises NotAllowed unless the member manages the schedule, and InvalidInput where there is a later import.
    """
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        row = latest_import(session, schedule_id)
        if row is None:
            raise NotAllowed
        if row.id != import_id:
            raise InvalidInput("Import", "Another import came after this one. Undo that one first.")
        at = now()
        add_lines(session, _rows(row, changed(_added(session, row), {}), at, member_id, "undone"))
        row.undone_at = at
        session.add(row)
        record(session, AuditAction.HISTORY_IMPORT_UNDONE, by=member_id, what=schedule.name, source=row.source.value)
    app.hub.publish(ScheduleChanged(schedule_id))


def _added(session: Session, row: RotaImport) -> dict[SlotOf, dict[int, Entry]]:
    key = (LedgerLine.at, LedgerLine.role, LedgerLine.type, LedgerLine.participant_id)
    rows = session.execute(
        columns_of(*map(col, key), func.sum(LedgerLine.due), func.sum(LedgerLine.done))
        .where(col(LedgerLine.import_id) == row.id)
        .group_by(*map(col, key))
    )
    found: dict[SlotOf, dict[int, Entry]] = {}
    for at, role, kind, participant, due, done in rows:
        found.setdefault(SlotOf(at, role, kind), {})[participant] = Entry(int(due), int(done))
    return found


def _rows(
    row: RotaImport, slots: Mapping[SlotOf, Mapping[int, Entry]], at: datetime, by: int, why: str
) -> list[dict[str, Any]]:
    return [
        {
            "schedule_id": row.schedule_id,
            "participant_id": participant,
            "import_id": row.id,
            "role": slot.role,
            "type": slot.type,
            "at": slot.at,
            "due": entry.due,
            "done": entry.done,
            "kind": LedgerKind.IMPORT,
            "recorded_at": at,
            "by_id": by,
            "why": why,
        }
        for slot, entries in slots.items()
        for participant, entry in entries.items()
    ]
