"""The texts of emails about swaps and cover: asked, answered, and that there is nothing to answer any more."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.accounts.emails import Email, one_line, text_of
from oncall_ui.domain.imports.wording import MONTHS, WEEKDAYS, moment_of
from oncall_ui.domain.schedules.messages.foot import foot
from oncall_ui.domain.schedules.messages.kinds import EmailKind

KIND = EmailKind.REQUESTS


@dataclass(frozen=True, slots=True)
class Span:
    """A slot, or a part of it."""

    start: datetime
    end: datetime
    role: str

    def words(self, zone: ZoneInfo) -> str:
        """`Sat 12 Dec, 18:00 to 23:00, primary`."""
        start, end = self.start.astimezone(zone), self.end.astimezone(zone)
        until = f"{end:%H:%M}" if start.date() == end.date() else moment_of(self.end, zone)
        return f"{moment_of(self.start, zone)} to {until}, {one_line(self.role)}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What an email about a request says. `other` is the person it is about for its reader; `back` may be None."""

    name: str
    schedule: str
    other: str
    span: Span
    back: Span | None
    note: str
    points: str
    """`0.3 points`."""
    zone: ZoneInfo
    """Of the reader."""
    url: str
    stop_url: str
    is_offer: bool = False


def asked_email(facts: Facts, *, link: str, until: datetime | None) -> Email:
    """`link` answers once without logging in, where there is one; `until` is when the next one is asked."""
    other, span = one_line(facts.other), facts.span.words(facts.zone)
    if facts.is_offer:
        subject = f"{other} offers to {'swap' if facts.back else 'take'} {_day(facts.span, facts.zone)}"
        asks = f"{other} offers to take your shift of {one_line(facts.schedule)}:"
    else:
        subject = f"{other} asks you to cover {_day(facts.span, facts.zone)}"
        asks = f"{other} asks you to cover a shift of {one_line(facts.schedule)}:"
    lines = [f"  {span} ({facts.points})"]
    if facts.back:
        lines += ["", "In return you would take:", f"  {facts.back.words(facts.zone)}"]
    due = f" The next one is asked from {moment_of(until, facts.zone)} on." if until else ""
    return Email(
        subject,
        text_of(
            f"Hello {one_line(facts.name)},",
            "\n".join([asks, "", *lines]),
            *([f"“{one_line(facts.note)}”"] if facts.note else []),
            *([f"Answer here; the link works once:\n{link}"] if link else []),
            f"{'To swap it for one of yours, answer' if link else 'Answer'} under Swaps:\n{facts.url}",
            f"{_zone(facts.zone)}{due}",
            foot(KIND, facts.schedule, facts.stop_url),
        ),
    )


def told_email(facts: Facts, subject: str, sentence: str) -> Email:
    """Something happened to a request. The sentence says what."""
    return Email(
        f"{one_line(facts.schedule)}: {subject}",
        text_of(
            f"Hello {one_line(facts.name)},",
            f"{sentence}\n\n  {facts.span.words(facts.zone)}"
            + (f"\n  for {facts.back.words(facts.zone)}" if facts.back else ""),
            f"All requests are under Swaps:\n{facts.url}",
            _zone(facts.zone),
            foot(KIND, facts.schedule, facts.stop_url),
        ),
    )


def _day(span: Span, zone: ZoneInfo) -> str:
    local = span.start.astimezone(zone)
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"


def _zone(zone: ZoneInfo) -> str:
    return f"Times are in {zone.key.rpartition('/')[2].replace('_', ' ')} time."
