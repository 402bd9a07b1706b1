"""The text of the email to somebody whose shifts a publishing or a hand-over changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.accounts.emails import Email, one_line, text_of
from oncall_ui.domain.imports.wording import moment_of
from oncall_ui.domain.schedules.messages.foot import foot
from oncall_ui.domain.schedules.messages.kinds import EmailKind, Occasion

MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A shift that came, went or has other times. `remark` says who had it or has it now, and why; it may be empty."""

    start: datetime
    end: datetime
    role: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ShiftNews:
    """What one member learns about one change."""

    name: str
    schedule: str
    by: str
    """Who did it; empty: somebody whose account is gone."""
    gained: Sequence[Line]
    lost: Sequence[Line]
    changed: Sequence[Line]
    zone: ZoneInfo
    """Of the member."""
    occasion: Occasion = Occasion.PUBLISHED


def shift_email(news: ShiftNews, *, url: str, stop_url: str) -> Email:
    """`url` is the schedule's page; `stop_url` turns these emails off."""
    schedule = one_line(news.schedule)
    return Email(
        f"{schedule}: {_summary(news)}",
        text_of(
            f"Hello {one_line(news.name)},",
            f"{one_line(news.by) or 'A manager'} {_deed(news.occasion, schedule)}.",
            *_paragraphs(news),
            f"Times are in {news.zone.key.rpartition('/')[2].replace('_', ' ')} time. "
            f"Open a shift to see why it is whose:\n{url}",
            foot(EmailKind.SHIFT_CHANGES, schedule, stop_url),
        ),
    )


def _deed(occasion: Occasion, schedule: str) -> str:
    if occasion is Occasion.HANDED_OVER:
        return f"changed who is on call for {schedule}"
    if occasion is Occasion.REPAIRED:
        return f"chose a fix for {schedule} that changes your shifts"
    return f"published a plan for {schedule} that changes your shifts"


def _summary(news: ShiftNews) -> str:
    numbers = ((len(news.gained), "new"), (len(news.lost), "gone"), (len(news.changed), "changed"))
    first, *others = [(number, word) for number, word in numbers if number]
    shifts = "shift" if first[0] == 1 else "shifts"
    return ", ".join([f"{first[0]} {shifts} {first[1]}", *(f"{number} {word}" for number, word in others)])


def _paragraphs(news: ShiftNews) -> Iterator[str]:
    for heading, lines in (
        ("New for you:", news.gained),
        ("No longer yours:", news.lost),
        ("Still yours, at other times:", news.changed),
    ):
        if lines:
            yield "\n".join([heading, *_listed(lines, news.zone)])


def _listed(lines: Sequence[Line], zone: ZoneInfo) -> Iterator[str]:
    for line in lines[:MOST_LINES]:
        remark = f" ({one_line(line.remark)})" if line.remark else ""
        yield f"- {moment_of(line.start, zone)} to {moment_of(line.end, zone)}, {one_line(line.role)}{remark}"
    if len(lines) > MOST_LINES:
        yield f"- and {len(lines) - MOST_LINES} more"
