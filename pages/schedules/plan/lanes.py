"""The plan by people: a row a member, their shifts over what they said, ready for the one element that draws it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.planning.problem import Span
from pages.schedules.plan.shift import NOBODY, TROUBLES, Holder, Mark, PlanSlot
from pages.schedules.plan.weeks import entry_point, hours_since
from pages.widgets.dates import count, short_day

Row = dict[str, Any]
MERGED = timedelta(hours=3)
"""Spans closer than this are drawn as one: in between there is a pixel."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A person's row. Spans are sorted."""

    key: str
    holder: Holder
    slots: Sequence[PlanSlot]
    blocks: Sequence[Span] = ()
    preferences: Sequence[Span] = ()
    unknown: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Weeks:
    """The weeks that are drawn, from a Monday."""

    first: date
    number: int
    zone: ZoneInfo

    @property
    def names(self) -> list[str]:
        return [short_day(self.first + timedelta(weeks=number)) for number in range(self.number)]

    def day(self, at: datetime) -> float:
        """Days since the first, on the wall clock."""
        return round(hours_since(self.first, at, self.zone) / 24, 3)

    def place(self, start: datetime, end: datetime) -> dict[str, float] | None:
        """Where it lies; None: outside."""
        a, b = max(self.day(start), 0.0), min(self.day(end), self.number * 7.0)
        return {"--a": a, "--b": b} if a < b else None


def lane_rows(lanes: Sequence[Lane], gaps: Sequence[PlanSlot], weeks: Weeks, now: datetime) -> list[Row]:
    """A row per lane, and one more for `gaps`, if there are any."""
    everything = sorted((*gaps, *(slot for lane in lanes for slot in lane.slots)), key=lambda slot: slot.start)
    entry = entry_point(everything, weeks.first, weeks.number, weeks.zone, now)
    rows = [_row(lane, weeks, now, entry) for lane in lanes]
    return [*rows, _nobody(gaps, weeks, now, entry)] if gaps else rows


def _row(lane: Lane, weeks: Weeks, now: datetime, entry: str) -> Row:
    holder, colour = lane.holder, lane.holder.mark.replace("oc-p ", "").replace(" square", "")
    said = (("un", lane.unknown), ("bl", lane.blocks), ("pr", lane.preferences))
    return {
        "key": lane.key,
        "c": f"line {colour}",
        "n": holder.short,
        "i": holder.initials,
        "p": holder.mark,
        "h": holder.id,
        "said": _said(lane),
        "b": [{"c": css, "at": at} for css, spans in said for at in _places(spans, weeks)],
        "s": _cells(lane.slots, weeks, now, entry),
        **_today(weeks, now),
    }


def _nobody(gaps: Sequence[PlanSlot], weeks: Weeks, now: datetime, entry: str) -> Row:
    return {
        "key": NOBODY,
        "c": "line",
        "n": NOBODY.capitalize(),
        "i": "!",
        "p": "oc-p nobody",
        "said": f"{NOBODY.capitalize()}, {count(len(gaps), 'gap')}",
        "b": [],
        "s": _cells(gaps, weeks, now, entry),
        **_today(weeks, now),
    }


def _said(lane: Lane) -> str:
    words = [lane.holder.name, count(len(lane.slots), "shift")]
    for word, spans in (("block", lane.blocks), ("preference", lane.preferences)):
        if spans:
            words.append(count(len(spans), word))
    return ", ".join([*words, *(["partly not known"] if lane.unknown else [])])


def _cells(slots: Iterable[PlanSlot], weeks: Weeks, now: datetime, entry: str) -> list[Row]:
    return [
        {
            "id": slot.key,
            "c": _css(slot, now),
            "at": at,
            "t": slot.words(weeks.zone),
            "tab": 0 if slot.key == entry else -1,
            "now": slot.start <= now < slot.end,
        }
        for slot in slots
        if (at := weeks.place(slot.start, slot.end))
    ]


def _css(slot: PlanSlot, now: datetime) -> str:
    needs_change = slot.is_gap or not TROUBLES.isdisjoint(slot.marks)
    found = {"bad": needs_change, "past": slot.end <= now, "changed": Mark.CHANGED in slot.marks, "dim": slot.is_dim}
    return " ".join(["s2" if slot.level else "s1", *(name for name, holds in found.items() if holds)])


def _places(spans: Sequence[Span], weeks: Weeks) -> Iterable[dict[str, float]]:
    last: Span | None = None
    for span in spans:
        if last is not None and span.start - last.end < MERGED:
            last = Span(last.start, max(last.end, span.end))
            continue
        if last is not None and (at := weeks.place(last.start, last.end)):
            yield at
        last = span
    if last is not None and (at := weeks.place(last.start, last.end)):
        yield at


def _today(weeks: Weeks, now: datetime) -> Row:
    day = weeks.day(now)
    return {"now": day} if 0 <= day < weeks.number * 7 else {}
