"""The email to managers about a plan that wasn't published automatically."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from oncall_ui.domain.imports.wording import MONTHS


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What is said: the schedule's name, the days of the plan, why, and where the draft is."""

    schedule: str
    first: date
    end: date
    reasons: Sequence[str]
    address: str


def subject_of(held: HeldBack) -> str:
    return f"{held.schedule}: the next weeks need a decision"


def text_of(held: HeldBack, name: str) -> str:
    reasons = "\n".join(f"- {each}" for each in held.reasons)
    return (
        f"Hello {name},\n\n"
        f"{held.schedule} was planned from {_day(held.first)} to {_day(held.end - timedelta(days=1))}, but not "
        f"published automatically:\n\n{reasons}\n\n"
        f"Review the draft, then publish or discard it:\n{held.address}\n\n"
        "You get this email as a manager of this schedule. Automatic mode is switched off under Rules.\n"
    )


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"
