"""What an import of history would bring: who is who, and the balances everybody would begin with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.ledger.lines import MILLI, Entry
from oncall_ui.domain.schedules.rota_import.opening import changed, held_slots, totals
from oncall_ui.domain.schedules.rota_import.people import FORMER, NOBODY, suggested
from oncall_ui.domain.schedules.rota_import.rota import Rota, RotaSource
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Member, RotaImport, now
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.schedules.rota_import.basis import Basis, basis_of
from oncall_ui.services.schedules.rota_import.counting import counted
from oncall_ui.services.schedules.rota_import.names import Choices, known_people, remembered

_NEW = 10**12
"""Ids of people who get a row only when it is saved: from here on up, in the order in which rows are made."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody would begin with, in points."""

    name: str
    slots: int
    due: Fraction
    done: Fraction

    @property
    def balance(self) -> Fraction:
        return self.done - self.due


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """Of one rota with one set of choices."""

    openings: tuple[Opening, ...]
    """By name. Their balances sum to zero."""
    slots: int
    """Past slots in which somebody is counted."""
    ahead: int
    """Entries that begin later: they aren't imported."""
    left_out: int
    """Past entries of nobody, or of a name nobody has said whose it is."""
    overlaps: bool
    is_guessed: bool
    """Whether it isn't agreed who was on the team then, so that it follows from who held shifts."""
    is_new: bool
    """Whether saving would change the ledger."""


@dataclass(frozen=True, slots=True)
class PastImport:
    """An import that counts. Only the latest can be undone."""

    id: int
    source: RotaSource
    start: datetime
    end: datetime
    slots: int
    at: datetime
    by: str


def suggest_people(app: App, member_id: int, schedule_id: int, rota: Rota) -> dict[str, int | None]:
    """Key of each name → a participant's id or NOBODY; None: somebody has to say. Raises NotAllowed."""
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.MANAGER)
        people, before = known_people(session, schedule_id), remembered(session, schedule_id)
        return suggested(list(rota.people.values()), people, before)


def preview_rota(app: App, member_id: int, schedule_id: int, rota: Rota, answers: Choices) -> ImportPreview:
    """Raises NotAllowed unless the member manages the schedule, and InvalidInput where its rules allow no shifts."""
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.MANAGER)
        return previewed(basis_of(session, schedule), names_of(session, schedule_id), rota, answers, now())


def previewed(basis: Basis, names: Mapping[int, str], rota: Rota, answers: Choices, at: datetime) -> ImportPreview:
    """`names`: of everybody an answer may name. Raises NotAllowed for somebody else, and InvalidInput."""
    shown, meant = dict(names), dict[str, int]()
    for number, (key, who) in enumerate(rota.people.items()):
        answer = answers.people.get(key, NOBODY)
        if answer == FORMER:
            answer = _NEW + number
            shown[answer] = who.shown
        if answer != NOBODY:
            meant[key] = answer
    if not set(meant.values()) <= set(shown):
        raise NotAllowed
    found = counted(basis, rota, meant, answers, at)
    past = [entry for entry in rota.entries if entry.start < at]
    return ImportPreview(
        openings=_openings(shown, totals(found.wanted), held_slots(found.wanted)),
        slots=len(found.wanted),
        ahead=len(rota.entries) - len(past),
        left_out=sum(entry.who.key not in meant for entry in past),
        overlaps=found.overlaps,
        is_guessed=found.is_guessed and bool(found.wanted),
        is_new=bool(changed(found.written, found.wanted)),
    )


def past_imports(app: App, member_id: int, schedule_id: int) -> tuple[PastImport, ...]:
    """The latest first. Raises NotAllowed unless the member manages the schedule."""
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.MANAGER)
        rows = session.exec(
            select(RotaImport, Member.name)
            .outerjoin(Member, col(RotaImport.by_id) == col(Member.id))
            .where(RotaImport.schedule_id == schedule_id, col(RotaImport.undone_at).is_(None))
            .order_by(col(RotaImport.id).desc())
        )
        return tuple(
            PastImport(row.id or 0, row.source, row.start, row.end, row.slots, row.recorded_at, by or "")
            for row, by in rows
        )


def latest_import(session: Session, schedule_id: int) -> RotaImport | None:
    """Of those that count."""
    return session.exec(
        select(RotaImport)
        .where(RotaImport.schedule_id == schedule_id, col(RotaImport.undone_at).is_(None))
        .order_by(col(RotaImport.id).desc())
    ).first()


def _openings(names: Mapping[int, str], sums: Mapping[int, Entry], slots: Mapping[int, int]) -> tuple[Opening, ...]:
    found = [
        Opening(names[who], slots.get(who, 0), Fraction(entry.due, MILLI), Fraction(entry.done, MILLI))
        for who, entry in sums.items()
    ]
    return tuple(sorted(found, key=lambda each: each.name.casefold()))
