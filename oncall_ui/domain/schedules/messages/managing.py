"""Texts for managers: gaps that come close, and plans that need them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.accounts.emails import Email, one_line, text_of
from oncall_ui.domain.imports.wording import MONTHS, moment_of
from oncall_ui.domain.schedules.messages.foot import YOU_MANAGE, foot
from oncall_ui.domain.schedules.messages.kinds import EmailKind, MessageKind
from oncall_ui.domain.schedules.messages.starting import place_of

MOST_GAPS = 20
WITHIN = {MessageKind.GAP: "within 7 days", MessageKind.GAP_SOON: "within 24 hours"}


@dataclass(frozen=True, slots=True)
class Gap:
    """A slot that nobody has, or what is left of one."""

    role: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class PlanNews:
    """A plan of a schedule, by the days of its zone."""

    name: str
    schedule: str
    number: int
    first_day: date
    last_day: date


def gap_email(
    kind: MessageKind, name: str, schedule: str, gaps: Sequence[Gap], zone: ZoneInfo, *, url: str, stop_url: str
) -> Email:
    schedule = one_line(schedule)
    count = "1 gap" if len(gaps) == 1 else f"{len(gaps)} gaps"
    lines = [
        f"- {moment_of(gap.start, zone)} to {moment_of(gap.end, zone)}, {one_line(gap.role)}"
        for gap in gaps[:MOST_GAPS]
    ]
    if len(gaps) > MOST_GAPS:
        lines.append(f"- and {len(gaps) - MOST_GAPS} more")
    return Email(
        f"{schedule}: {count} {WITHIN[kind]}",
        text_of(
            f"Hello {one_line(name)},",
            f"Nobody is on call for {schedule} at these times:",
            "\n".join(lines),
            f"Times are in {place_of(zone)} time. Give {'it' if len(gaps) == 1 else 'them'} to somebody here:\n{url}",
            foot(EmailKind.CONFLICTS, schedule, stop_url, YOU_MANAGE),
        ),
    )


def plan_ready_email(news: PlanNews, *, url: str, stop_url: str) -> Email:
    schedule = one_line(news.schedule)
    return Email(
        f"{schedule}: draft {news.number} is ready for review",
        text_of(
            f"Hello {one_line(news.name)},",
            f"Draft {news.number} of {schedule}, {_days(news)}, is planned. "
            f"Nothing changes until somebody publishes it:\n{url}",
            foot(EmailKind.PLANS, schedule, stop_url, YOU_MANAGE),
        ),
    )


def held_back_email(news: PlanNews, reasons: Sequence[str], *, url: str, stop_url: str) -> Email:
    """`reasons` are sentences, one at least."""
    schedule = one_line(news.schedule)
    return Email(
        f"{schedule}: the next weeks need a decision",
        text_of(
            f"Hello {one_line(news.name)},",
            f"Draft {news.number} of {schedule}, {_days(news)}, wasn’t published automatically:",
            "\n".join(f"- {one_line(each)}" for each in reasons),
            f"Review it, then publish or discard it:\n{url}",
            foot(EmailKind.PLANS, schedule, stop_url, YOU_MANAGE),
        ),
    )


def _days(news: PlanNews) -> str:
    first, last = news.first_day, news.last_day
    return f"{first.day} {MONTHS[first.month - 1]} to {last.day} {MONTHS[last.month - 1]}"
