"""What a try comes to beside what is published: both counted the same way, from calendars as of one moment."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.domain.schedules.plan_states import SlotHow
from oncall_ui.domain.schedules.planning.breaches import Roster, breaches_of
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.problem import Problem, Slot
from oncall_ui.domain.schedules.planning.result import Result
from oncall_ui.domain.schedules.planning.sentences import Sentence
from oncall_ui.models import Schedule
from oncall_ui.services.schedules.drafts.build import build_published
from oncall_ui.services.schedules.drafts.live import live_parts, roster_of_lives
from oncall_ui.services.schedules.drafts.review import fair_rows, preferences_of
from oncall_ui.services.schedules.drafts.views import DraftSlot

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """One side, in slots. `off` is how far anybody is from a fair share afterwards, in points."""

    slots: int
    gaps: int
    blocked: int
    limits: int
    """How often limits are broken."""
    off: Fraction
    met: int
    wanted: int
    """Preferences, and those that are met."""
    people: Mapping[int, tuple[int, Fraction]]
    """Participant id → how many slots they hold, and their balance afterwards. Everybody with a share or a slot."""


def figures_of(problem: Problem, roster: Roster) -> Figures:
    """Of any roster of the problem."""
    judge, held = Judge(problem), Counter(roster.values())
    fairness = fair_rows(problem, roster)
    wanted = preferences_of(problem, roster)
    return Figures(
        slots=len(judge.wanted),
        gaps=sum(slot not in roster for slot in judge.wanted),
        blocked=sum(judge.part(slot.start, person)[0] > 0 for slot, person in roster.items()),
        limits=sum(each.times for each in breaches_of(problem, roster)),
        off=max((abs(row.after) for row in fairness), default=Fraction(0)),
        met=sum(each.is_met for each in wanted),
        wanted=len(wanted),
        people={row.participant_id: (held[str(row.participant_id)], row.after) for row in fairness},
    )


def today_as_row(session: Session, schedule: Schedule, problem: Problem, at: datetime) -> Row:
    """What is published of the days of the problem, as the row of a try keeps it: who has what, and what that is worth.

    Counted by the schedule as it is set, whatever is tried.
    """
    window = Window(problem.shifts[0].start, max(shift.end for shift in problem.shifts))
    lives = live_parts(session, schedule.id or 0, window.start, window.end)
    if not lives:
        return {}
    published = build_published(session, schedule, window, at).problem
    roster = roster_of_lives(lives, published)
    return {"roster": _as_lists(roster), **_written(figures_of(published, roster))}


def slots_as_rows(result: Result, today: Row) -> list[Row]:
    """The slots of a try. They aren't rows of `plan_slot`: who would join is no participant yet."""
    before = dict(_from_lists(today.get("roster", ())))
    found = []
    for each in result.slots:
        was = before.get(Slot(each.start, each.role))
        found.append(
            {
                "start": utc(each.start),
                "role": each.role,
                "person": each.person,
                "before": was,
                "blocked": each.blocked,
                "unknown": each.unknown,
                "wish": each.wish,
                "reasons": [reason.as_json() for reason in each.reasons],
            }
        )
    return found


def slots_from_rows(rows: Sequence[Row], problem: Problem, read_at: Mapping[str, str]) -> Iterator[DraftSlot]:
    """As drafts show theirs."""
    shifts = {shift.start: shift for shift in problem.shifts}
    for row in rows:
        start = _moment(row["start"])
        shift, person, before = shifts[start], _id(row["person"]), _id(row["before"])
        read = read_at.get(row["person"] or "")
        yield DraftSlot(
            start=start,
            end=shift.end,
            role=row["role"],
            type=shift.type,
            points=shift.points,
            label=shift.label,
            participant_id=person,
            how=SlotHow.SOLVER,
            blocked=row["blocked"],
            unknown=row["unknown"],
            wish=row["wish"],
            changed=before is not None and before != person,
            before=before,
            read_at=_moment(read) if read else None,
            reasons=tuple(Sentence.from_json(reason) for reason in row["reasons"]),
        )


def today_from_row(today: Row) -> Figures | None:
    """None: nothing of these days is published."""
    if not today:
        return None
    people = {int(who): (held, Fraction(after)) for who, (held, after) in today["people"].items()}
    return Figures(
        slots=today["slots"],
        gaps=today["gaps"],
        blocked=today["blocked"],
        limits=today["limits"],
        off=Fraction(today["off"]),
        met=today["met"],
        wanted=today["wanted"],
        people=people,
    )


def _written(figures: Figures) -> Row:
    return {
        "slots": figures.slots,
        "gaps": figures.gaps,
        "blocked": figures.blocked,
        "limits": figures.limits,
        "off": str(figures.off),
        "met": figures.met,
        "wanted": figures.wanted,
        "people": {str(who): [held, str(after)] for who, (held, after) in figures.people.items()},
    }


def _as_lists(roster: Roster) -> list[list[str]]:
    ordered = sorted(roster.items(), key=lambda each: (each[0].start, each[0].role))
    return [[utc(slot.start), slot.role, person] for slot, person in ordered]


def _from_lists(rows: Iterable[Sequence[str]]) -> Iterator[tuple[Slot, str]]:
    for start, role, person in rows:
        yield Slot(_moment(start), role), person


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _id(person: str | None) -> int | None:
    return int(person) if person else None
