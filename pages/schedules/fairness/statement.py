"""One account as a statement: a month on a sheet, with what was carried into it and every line there is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.ledger.accounts import Posting
from oncall_ui.domain.schedules.ledger.lines import MILLI
from oncall_ui.domain.schedules.membership import Period, terms_on
from oncall_ui.domain.schedules.plan_states import LedgerKind
from oncall_ui.domain.schedules.shifts.rules import USUAL_POINTS
from oncall_ui.services.schedules.ledger.fairness import LedgerEntry
from pages.schedules.fairness.words import amount, cause_words, plain, signed
from pages.schedules.plan.shift import role_words, span_words
from pages.widgets.dates import NBSP, count, short_day

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
MOST_DAYS = 8
"""In a line of the summary; the details have all of them."""
HOUR = timedelta(hours=1)

Row = dict[str, Any]
Slot = tuple[datetime, str]
"""When its shift starts, and its role."""


@dataclass(slots=True)
class _Held:
    """What somebody did in slots of one type in a month."""

    days: list[date] = field(default_factory=list)
    points: float = 0.0
    hours: float = 0.0
    parts: int = 0


def totals_of(postings: Iterable[Posting]) -> dict[Slot, int]:
    """What everybody together owes for each slot, in thousandths of a point."""
    found: defaultdict[Slot, int] = defaultdict(int)
    for posting in postings:
        if posting.shift is not None:
            found[posting.at, posting.role] += posting.due
    return dict(found)


def statement_rows(
    entries: Sequence[LedgerEntry],
    totals: Mapping[Slot, int],
    periods: Sequence[Period],
    zone: ZoneInfo,
    today: date,
) -> list[Row]:
    """A row per month that has a line, the latest first."""
    found: list[Row] = []
    before = ""
    for month, lines in groupby(entries, key=lambda entry: entry.at.astimezone(zone).date().replace(day=1)):
        found.append(_Month(month, list(lines), totals, periods, zone).row(before, today))
        before = MONTHS[month.month - 1]
    return found[::-1]


class _Month:
    """One sheet."""

    def __init__(
        self,
        month: date,
        lines: Sequence[LedgerEntry],
        totals: Mapping[Slot, int],
        periods: Sequence[Period],
        zone: ZoneInfo,
    ) -> None:
        self._month, self._lines, self._totals, self._periods, self._zone = month, lines, totals, periods, zone

    def row(self, before: str, today: date) -> Row:
        first, last = self._lines[0], self._lines[-1]
        brought = float(first.balance_after - first.done + first.due)
        rows = [self._line(f"Carried over from {before}", "", signed(brought))] if before else []
        rows += [self._group(kind, held) for kind, held in sorted(self._held().items()) if held.days]
        rows += [
            self._line("Adjustment", f"{line.why}{f', by {line.by}' if line.by else ''}", signed(float(line.done)))
            for line in self._lines
            if line.kind is LedgerKind.ADJUST
        ]
        name = MONTHS[self._month.month - 1]
        return {
            "key": self._month.isoformat(),
            "name": f"{name} {self._month.year}",
            "coming": self._month > today,
            "after": f"{signed(float(last.balance_after))} points",
            "rows": [*rows, self._due(name)],
            "count": count(len(self._lines), "line"),
            "lines": [self._detail(line) for line in self._lines],
        }

    def _due(self, name: str) -> Row:
        slots = {(line.at, line.role) for line in self._lines if line.end is not None}
        team = sum(self._totals.get(slot, 0) for slot in slots) / MILLI
        day = self._lines[-1].at.astimezone(self._zone).date()
        terms = terms_on(self._periods, day)
        share = f", at {terms.share}{NBSP}%" if terms is not None and not terms.is_paused else ""
        due = float(sum(line.due for line in self._lines))
        return self._line(f"Fair share of {name}", f"of the team’s {amount(team)}{share}", signed(-due))

    def _held(self) -> dict[str, _Held]:
        """By type; a slot that was given and taken away again counts nothing."""
        done: defaultdict[Slot, float] = defaultdict(float)
        about: dict[Slot, LedgerEntry] = {}
        for line in self._lines:
            if line.end is not None:
                done[line.at, line.role] += float(line.done)
                about[line.at, line.role] = line
        found: defaultdict[str, _Held] = defaultdict(_Held)
        for slot, points in done.items():
            line, total = about[slot], self._totals.get(slot, 0) / MILLI
            if points <= 0 or line.end is None:
                continue
            part = points / total if total else 1.0
            held = found[line.type]
            held.days.append(line.at.astimezone(self._zone).date())
            held.points += points
            held.hours += (line.end - line.at) / HOUR * part
            held.parts += part < 1
        return found

    def _group(self, kind: str, held: _Held) -> Row:
        days = ", ".join(short_day(each) for each in held.days[:MOST_DAYS])
        more = f" and {len(held.days) - MOST_DAYS} more" if len(held.days) > MOST_DAYS else ""
        part = f", {held.parts} in part" if held.parts else ""
        number = len(held.days)
        name = count(number, kind) if kind in USUAL_POINTS else f"{number}{NBSP}×{NBSP}{kind}"
        hours = f"{plain(held.hours)}{NBSP}h"
        return self._line(name, f"{days}{more}{part} · {hours}", signed(held.points))

    def _detail(self, line: LedgerEntry) -> Row:
        what = (
            span_words(line.at, line.end, self._zone) if line.end else short_day(line.at.astimezone(self._zone).date())
        )
        kinds = [role_words(line.role)] if line.role else []
        kinds += [line.type] if line.type else []
        return {
            "when": what,
            "kind": ", ".join(kinds),
            "why": cause_words(line.kind, line.why, line.by),
            "done": signed(float(line.done)) if line.done else "",
            "due": signed(-float(line.due)) if line.due else "",
            "after": signed(float(line.balance_after)),
        }

    @staticmethod
    def _line(name: str, words: str, points: str) -> Row:
        return {"name": name, "words": words, "points": points}
