"""A new schedule that begins where an old rota ends: its history, and as pins of the first draft what is promised."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.domain.schedules.plan_states import PlanKind
from oncall_ui.domain.schedules.rota_import.people import FORMER, NOBODY, suggested
from oncall_ui.domain.schedules.rota_import.pins import Pins, pins_of
from oncall_ui.domain.schedules.rota_import.rota import Rota
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Schedule, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.create import NewSchedule, add_schedule
from oncall_ui.services.schedules.drafts.drafts import Wanted, ask_for
from oncall_ui.services.schedules.drafts.editing.choices import NO_CHOICES
from oncall_ui.services.schedules.rota_import.basis import Basis, basis_of, basis_of_new
from oncall_ui.services.schedules.rota_import.counting import entries_by_role
from oncall_ui.services.schedules.rota_import.names import Choices, known_members
from oncall_ui.services.schedules.rota_import.preview import ImportPreview, previewed
from oncall_ui.services.schedules.rota_import.save import write_history


@dataclass(frozen=True, slots=True)
class FirstDraft:
    """Its days; on those before `keep_until` shifts of the old rota stay with who has them there."""

    first: date
    end: date
    keep_until: date | None = None


@dataclass(frozen=True, slots=True)
class StartPreview:
    """`kept`: slots of the draft that stay with who has them there. `cut`: those that nobody has there as a whole."""

    history: ImportPreview
    kept: int
    cut: int


@dataclass(frozen=True, slots=True)
class Started:
    """`draft`: its number; None where no shift starts on its days."""

    schedule_id: int
    draft: int | None


def suggest_members(app: App, member_id: int, rota: Rota) -> dict[str, int | None]:
    """Key of each name → a member's id; None: somebody has to say."""
    with app.db.read() as session:
        known = known_members(session)
    if member_id not in {each.id for each in known}:
        raise NotAllowed
    return suggested(list(rota.people.values()), known, {})


def preview_start(
    app: App, member_id: int, new: NewSchedule, rota: Rota, answers: Choices, draft: FirstDraft
) -> StartPreview:
    """What `start_from_rota` would do. `answers` name people by their member ids.

    Raises NotAllowed for somebody who isn't on the schedule, and InvalidInput.
    """
    with app.db.read() as session:
        names = {each.id: each.name for each in known_members(session)}
    if member_id not in names:
        raise NotAllowed
    basis = basis_of_new(new)
    history = previewed(basis, {each: names[each] for each in new.people if each in names}, rota, answers, now())
    pins = _pins(basis, rota, answers.people, answers, draft)
    return StartPreview(history, len(pins.kept), pins.cut)


def start_from_rota(
    app: App, member_id: int, new: NewSchedule, rota: Rota, answers: Choices, draft: FirstDraft
) -> Started:
    """Creates the schedule with its history, and asks for its first draft: all of it, or nothing. Nothing is published.

    `answers` name people by their member ids. Raises NotAllowed for somebody who isn't on the schedule, and
    InvalidInput, which names a field of the form.
    """
    with app.db.write() as session:
        schedule, participants = add_schedule(session, member_id, new)
        people = {key: _participant(answer, participants) for key, answer in answers.people.items()}
        ours = replace(answers, people=people)
        meant = write_history(session, schedule, rota, ours, member_id).meant
        on_call = {key: who for key, who in meant.items() if people.get(key) == who}
        pins = _pins(basis_of(session, schedule), rota, on_call, ours, draft)
        number = _ask_for(session, schedule, member_id, draft, pins)
    app.hub.publish(ScheduleChanged(schedule.id or 0))
    return Started(schedule.id or 0, number)


def _participant(answer: int, participants: Mapping[int, int]) -> int:
    if answer in (NOBODY, FORMER):
        return answer
    if answer not in participants:
        raise NotAllowed
    return participants[answer]


def _ask_for(session: Session, schedule: Schedule, member_id: int, draft: FirstDraft, pins: Pins) -> int | None:
    wanted = Wanted(member_id, PlanKind.EXTEND, draft.first, draft.end, choices=replace(NO_CHOICES, pinned=pins.kept))
    try:
        number = ask_for(session, schedule, wanted)
    except InvalidInput:
        return None
    record(session, AuditAction.DRAFT_CREATED, by=member_id, what=schedule.name, number=number, kept=len(pins.kept))
    return number


def _pins(basis: Basis, rota: Rota, people: Mapping[str, int], answers: Choices, draft: FirstDraft) -> Pins:
    """Of those who are on the schedule when the shift starts."""
    until = min(draft.keep_until or draft.first, draft.end)
    if until <= draft.first:
        return Pins({})
    coming = {key: who for key, who in people.items() if who > 0}
    entries = entries_by_role(rota, coming, answers, basis.roles, before=start_of_day(until, basis.zone))
    ordered = {role: entries[role] for role in basis.roles if role in entries}
    shifts = [shift for shift in basis.shifts(draft.first, until) if shift.start > now()]
    found = pins_of(ordered, shifts)
    kept = {slot: who for slot, who in found.kept.items() if _is_on(basis, who, slot.start)}
    return Pins(kept, found.cut + len(found.kept) - len(kept))


def _is_on(basis: Basis, who: int, at: datetime) -> bool:
    day = at.astimezone(basis.zone).date()
    return any(each.covers(day) and not each.terms.is_paused for each in basis.periods.get(who, ()))
