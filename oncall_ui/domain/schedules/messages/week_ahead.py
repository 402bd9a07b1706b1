"""The text of Monday's overview: own shifts, who is on call this week and next, balances."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from oncall_ui.domain.accounts.emails import Email, one_line, text_of
from oncall_ui.domain.imports.wording import moment_of
from oncall_ui.domain.schedules.messages.foot import foot
from oncall_ui.domain.schedules.messages.kinds import EmailKind
from oncall_ui.domain.schedules.messages.starting import place_of

MOST_LINES = 30
"""Of one schedule in one week."""
WEEKS = ("This week", "Next week")


@dataclass(frozen=True, slots=True)
class WeekTurn:
    """Somebody's turn, or a gap's: then `who` is empty."""

    role: str
    who: str
    is_mine: bool
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ScheduleWeeks:
    """One schedule: its turns of this week and next, and everybody's balance in points by name, if it may be seen."""

    name: str
    weeks: tuple[Sequence[WeekTurn], Sequence[WeekTurn]]
    balances: Mapping[str, Fraction]
    url: str


def week_ahead_email(name: str, schedules: Sequence[ScheduleWeeks], zone: ZoneInfo, *, stop_url: str) -> Email:
    mine = [(each.name, turn) for each in schedules for turn in each.weeks[0] if turn.is_mine]
    return Email(
        _subject(mine, zone),
        text_of(
            f"Hello {one_line(name)},",
            *(part for each in schedules for part in _schedule(each, zone)),
            f"Times are in {place_of(zone)} time.",
            foot(EmailKind.WEEK_AHEAD, schedules[0].name if len(schedules) == 1 else "", stop_url),
        ),
    )


def _subject(mine: Sequence[tuple[str, WeekTurn]], zone: ZoneInfo) -> str:
    if not mine:
        return "This week: you aren’t on call"
    schedule, turn = min(mine, key=lambda each: each[1].start)
    more = f", and {len(mine) - 1} more" if len(mine) > 1 else ""
    return f"This week: on call for {one_line(schedule)}, {moment_of(turn.start, zone)}{more}"


def _schedule(it: ScheduleWeeks, zone: ZoneInfo) -> Iterator[str]:
    yield f"{one_line(it.name)}\n{it.url}"
    for heading, turns in zip(WEEKS, it.weeks, strict=True):
        yield "\n".join([f"{heading}:", *_lines(turns, zone)]) if turns else f"{heading}: nothing is published."
    if it.balances:
        listed = ", ".join(f"{one_line(name)} {_signed(value)}" for name, value in _from_most(it.balances))
        yield f"Points above (+) or below (−) a fair share: {listed}"


def _lines(turns: Sequence[WeekTurn], zone: ZoneInfo) -> Iterator[str]:
    for turn in turns[:MOST_LINES]:
        who = "you" if turn.is_mine else one_line(turn.who) or "nobody"
        yield f"- {moment_of(turn.start, zone)} to {moment_of(turn.end, zone)}, {one_line(turn.role)}: {who}"
    if len(turns) > MOST_LINES:
        yield f"- and {len(turns) - MOST_LINES} more"


def _from_most(balances: Mapping[str, Fraction]) -> Iterable[tuple[str, Fraction]]:
    return sorted(balances.items(), key=lambda each: (-each[1], each[0]))


def _signed(value: Fraction) -> str:
    rounded = round(float(value), 1)
    if not rounded:
        return "0"
    return f"{'+' if rounded > 0 else '−'}{abs(rounded):g}"
