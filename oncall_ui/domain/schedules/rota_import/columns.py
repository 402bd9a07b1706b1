"""Which column of a table says what: by its heading, else by what is in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from oncall_ui.domain.schedules.rota_import.days import span_written, written
from oncall_ui.domain.schedules.rota_import.rota import NotARota, plain
from oncall_ui.domain.schedules.rota_import.table import Row, column

_START = {
    *(
        "start",
        "starts",
        "from",
        "begin",
        "begins",
        "beginning",
        "start date",
        "start day",
        "start time",
        "date",
        "day",
    ),
    *("shift start", "starts at", "start at", "start datetime", "since", "von", "datum", "tag", "beginn", "debut"),
}
_END = {
    *("end", "ends", "to", "until", "till", "finish", "end date", "end day", "end time", "shift end", "ends at"),
    *("end at", "end datetime", "bis", "ende", "fin"),
}
_SPAN = {"week", "weeks", "when", "dates", "period", "span", "shift", "week of", "woche", "kw", "zeitraum"}
_NAME = {
    *("name", "person", "who", "user", "user name", "username", "member", "on call", "oncall", "engineer", "assignee"),
    *("holder", "employee", "full name", "display name", "wer", "mitarbeiter", "recipient", "participant"),
}
_EMAIL = {"email", "e mail", "mail", "user email", "email address"}
_ROLE = {"role", "level", "layer", "tier", "escalation level", "position", "rolle", "rotation", "schedule"}
_CLOCKS = {"start time": "start", "end time": "end"}
_USUAL_ROLES = ("primary", "secondary", "tertiary")
_SAMPLE = 50


@dataclass(frozen=True, slots=True)
class Columns:
    """Numbers of columns from 0; None: there is none."""

    start: int
    is_span: bool = False
    """Whether the start's cells may hold both ends."""
    end: int | None = None
    start_clock: int | None = None
    end_clock: int | None = None
    name: int | None = None
    email: int | None = None
    role: int | None = None
    by_role: dict[int, str] = field(default_factory=dict)
    """Columns that hold the names of those in one role."""


def columns_of(rows: Sequence[Row], roles: Sequence[str]) -> tuple[Columns, Sequence[Row]]:
    """The columns, and the rows below the headings. Raises NotARota where no column holds days, or names."""
    if not rows:
        raise NotARota("This file is empty.")
    for at in range(min(5, len(rows))):
        if (found := _by_heading(rows[at][1], roles)) is not None:
            return found, rows[at + 1 :]
    return _by_content(rows), rows


def _by_heading(cells: Sequence[str], roles: Sequence[str]) -> Columns | None:
    """None where these aren't headings."""
    heads = [plain(each.replace("_", " ").replace("-", " ").replace("(utc)", "")) for each in cells]

    def first(words: set[str]) -> int | None:
        return next((number for number, head in enumerate(heads) if head in words), None)

    clocks = {_CLOCKS[head]: number for number, head in enumerate(heads) if head in _CLOCKS}
    start = first(_START - set(_CLOCKS))
    span = first(_SPAN) if start is None else None
    if start is None and span is None:
        start = clocks.pop("start", None)
    end = first(_END - set(_CLOCKS))
    if end is None and "start" not in clocks:
        end = clocks.pop("end", None)
    by_role = _roles_in(heads, roles)
    who = (first(_NAME), first(_EMAIL))
    if (start is None and span is None) or (who == (None, None) and not by_role):
        return None
    return Columns(
        start=span if start is None else start,  # type: ignore[arg-type]  # one of them is there
        is_span=True,
        end=end,
        start_clock=clocks.get("start"),
        end_clock=clocks.get("end"),
        name=who[0],
        email=who[1],
        role=first(_ROLE),
        by_role={} if who != (None, None) else by_role,
    )


def _roles_in(heads: Sequence[str], roles: Sequence[str]) -> dict[int, str]:
    """A heading is a role of the schedule, or the usual word for the first, second or third of them."""
    usual = dict(zip(_USUAL_ROLES, roles, strict=False))
    names = usual | {plain(role): role for role in roles}
    return {number: names[head] for number, head in enumerate(heads) if head in names}


def _by_content(rows: Sequence[Row]) -> Columns:
    sample = rows[:_SAMPLE]
    width = max(len(cells) for _, cells in sample)
    days, names, email = [], [], None
    for number in range(width):
        cells = [each for each in column(sample, number) if each]
        if not cells:
            continue
        if sum(written(each) is not None or span_written(each) is not None for each in cells) * 2 > len(cells):
            days.append(number)
        elif sum("@" in each for each in cells) * 2 > len(cells):
            email = number if email is None else email
        elif any(any(map(str.isalpha, each)) for each in cells):
            names.append(number)
    if not days:
        raise NotARota("No column holds days. Give the columns headings such as Start, End and Name.")
    if not names and email is None:
        raise NotARota("No column holds names. Give the columns headings such as Start, End and Name.")
    return Columns(days[0], True, days[1] if len(days) > 1 else None, name=names[0] if names else None, email=email)
