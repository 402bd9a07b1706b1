"""The text of the email about shifts that need a change, to their holder and to managers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.accounts.emails import Email, one_line, text_of
from oncall_ui.domain.imports.wording import moment_of
from oncall_ui.domain.schedules.messages.foot import YOU_ARE_ON, YOU_MANAGE, foot
from oncall_ui.domain.schedules.messages.kinds import EmailKind

MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A shift, and why it needs a change: `you are blocked then`, `Dana isn’t on the schedule then`."""

    start: datetime
    end: datetime
    role: str
    why: str


@dataclass(frozen=True, slots=True)
class ConflictNews:
    """What one member learns."""

    name: str
    schedule: str
    lines: Sequence[Line]
    zone: ZoneInfo
    """Of the member."""
    is_manager: bool


def conflict_email(news: ConflictNews, *, url: str, stop_url: str) -> Email:
    """`url` is the page with the ways out; `stop_url` turns these emails off."""
    schedule, number = one_line(news.schedule), len(news.lines)
    need = "1 shift needs a change" if number == 1 else f"{number} shifts need a change"
    lines = [
        f"- {moment_of(line.start, news.zone)} to {moment_of(line.end, news.zone)}, {one_line(line.role)}: "
        f"{one_line(line.why)}"
        for line in news.lines[:MOST_LINES]
    ]
    if number > MOST_LINES:
        lines.append(f"- and {number - MOST_LINES} more")
    return Email(
        f"{schedule}: {need}",
        text_of(
            f"Hello {one_line(news.name)},",
            f"On {schedule}, {need}. Nothing has been moved.",
            "\n".join(lines),
            f"Times are in {news.zone.key.rpartition('/')[2].replace('_', ' ')} time. "
            f"See who could take over, or keep a shift anyway:\n{url}",
            foot(EmailKind.CONFLICTS, schedule, stop_url, YOU_MANAGE if news.is_manager else YOU_ARE_ON),
        ),
    )
