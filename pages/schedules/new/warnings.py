"""What can't be kept of the chosen limits, in words, before a draft is created."""

from datetime import timedelta

from oncall_ui.domain.schedules.planning.keepable import Unkeepable, unkeepable
from oncall_ui.domain.schedules.planning.problem import Per, Row, Shift, Strength
from oncall_ui.domain.schedules.shifts.from_rules import ShiftRefused, generate
from pages.schedules.new.choices import Choices
from pages.widgets.dates import count

WEEKS = 5
"""How many are counted: a whole calendar month, or nearly."""


def shifts_of(choices: Choices) -> tuple[Shift, ...]:
    """The first ones; empty while the rules are refused."""
    try:
        return generate(choices.pattern(), choices.start, choices.start + timedelta(weeks=WEEKS)).shifts
    except ShiftRefused:
        return ()


def limit_warnings(choices: Choices, shifts: tuple[Shift, ...]) -> tuple[str, ...]:
    """A sentence or two for each limit that no plan can keep."""
    people = [str(member) for member in choices.people]
    return tuple(_words(each, choices) for each in unkeepable(choices.limits, shifts, people, choices.zone))


def _words(found: Unkeepable, choices: Choices) -> str:
    limit, people = found.limit, count(len(choices.people), "person", "people")
    what = "in a row" if isinstance(limit, Row) else f"in a calendar {'week' if limit.per is Per.WEEK else 'month'}"
    if found.run > limit.count and isinstance(limit, Row):
        why = f": a role that goes to the last holder of another makes it {found.run} in a row"
    else:
        why = f" with {people} and {count(len(choices.roles), 'role')}"
    said = f"At most {count(limit.count, 'shift')} {what} can’t be kept{why}."
    then = "Shifts would stay empty." if limit.strength is Strength.NEVER else "The draft would break it."
    way = "Add people." if found.least is None else f"Choose at least {found.least}, or add people."
    return f"{said} {then} {way}"
