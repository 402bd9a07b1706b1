"""The strip: 90 days side by side, from midnight at the top to midnight at the bottom, and their totals."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.availability.day_grid import Day, DayState, Segment
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import DAYS_AHEAD
from pages.widgets.dates import NBSP, count, day_words, moment_words, month_words, short_day, zone_words
from pages.widgets.duties import Duty, duty_words, on_call_key
from pages.widgets.rows import show_rows

NAMED = 3
"""A tooltip lists this many spans of a kind and counts the others."""
KINDS = {
    "Block": (DayState.BLOCKED, DayState.BLOCKED_IN_PART, "is-block"),
    "Prefer": (DayState.PREFERRED, DayState.PREFERRED_IN_PART, "is-prefer"),
    "Open": (DayState.OPEN, None, ""),
    "Unknown": (DayState.UNKNOWN, None, "unknown"),
}


def words_of(day: Day) -> str:
    if not day.segments:
        return "unknown" if day.state is DayState.UNKNOWN else "open"
    parts = []
    for action in Action:
        spans = [_span(segment) for segment in day.segments if segment.action is action]
        more = f" and {len(spans) - NAMED} more" if len(spans) > NAMED else ""
        if spans:
            parts.append(f"{action} {', '.join(spans[:NAMED])}{more}")
    return "; ".join([*parts, "otherwise unknown"] if day.is_unknown else parts)


def _span(segment: Segment) -> str:
    start, end = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (round(h * 60) for h in segment[1:]))
    return "all day" if (start, end) == ("00:00", "24:00") else f"{start} – {end}"


def sums(states: Mapping[DayState, int], since: str = "") -> dict[str, str]:
    """`since`: since when days are unknown, in words."""
    nothing_known = states.get(DayState.UNKNOWN, 0) == DAYS_AHEAD
    found = {}
    for word, (whole, part, _) in KINDS.items():
        days, parts = states.get(whole, 0), states.get(part, 0) if part else 0
        if days or parts or not (nothing_known or word == "Unknown"):
            found[word] = _sum(days, parts) + (f", {since}" if since and word == "Unknown" else "")
    return found


def _sum(days: int, parts: int) -> str:
    if not parts:
        return count(days, "day")
    return f"{count(days, 'day')}, {parts}{NBSP}more in part" if days else f"{count(parts, 'day')} in part"


def label(states: Mapping[DayState, int], since: str = "") -> str:
    if states.get(DayState.UNKNOWN, 0) == DAYS_AHEAD:
        if since:
            return f"Your next {DAYS_AHEAD} days: all unknown {since}."
        return f"Your next {DAYS_AHEAD} days: all unknown, because no calendar has been imported."
    words = {
        DayState.BLOCKED: "blocked",
        DayState.BLOCKED_IN_PART: "blocked in part",
        DayState.PREFERRED: "preferred",
        DayState.PREFERRED_IN_PART: "preferred in part",
        DayState.OPEN: "open",
        DayState.UNKNOWN: f"unknown {since}".strip(),
    }
    parts = [f"{states[each]} {word}" for each, word in words.items() if states.get(each)]
    return f"Your next {DAYS_AHEAD} days: {', '.join(parts)}. Details in the list below."


MONTH = """
<div :class="props.row.c" :style="{'--days': props.row.days.length}"><b>{{ props.row.name }}</b><div class="oc-days"
  ><i v-for="d in props.row.days" :class="d.c" :data-n="d.n"><b v-for="s in d.s" :class="s.k" :style="s.at"></b
  ><u v-if="d.u" :class="d.u"></u><q-tooltip :delay="300">{{ d.t }}</q-tooltip></i></div></div>
"""
TOO_NARROW = 0.25
"""Hours: spans closer together than a pixel of the strip are drawn as one."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The strip, ready to be shown: computed in a thread, shown on the loop."""

    months: list[dict[str, Any]]
    span: str
    sums: Mapping[str, str]
    """Word of the legend → its total; words without one are not in the legend."""
    label: str
    unknown: int
    """How many of the coming days are unknown."""
    has_holidays: bool
    is_on_call: bool = False
    """Whether any of the days is underlined."""


def picture(
    days: Sequence[Day],
    today: date,
    zone: ZoneInfo,
    holidays: Mapping[date, str],
    unknown_since: datetime | None = None,
    duties: Mapping[date, Duty] | None = None,
) -> Picture:
    """`holidays`: day → name of a public holiday. `unknown_since`: since when changes are missing. `duties`: the days
    on which the member is on call."""
    since = f"since {moment_words(unknown_since, zone, today)}" if unknown_since else ""
    states = Counter(day.state for day in days if not day.is_past)
    return Picture(
        months=[
            _month(list(group), today, holidays, duties or {})
            for _, group in groupby(days, key=lambda day: day.date.replace(day=1))
        ],
        span=f"next {DAYS_AHEAD} days, until {short_day(days[-1].date)}, in {zone_words(zone)} time",
        sums=sums(states, since),
        label=label(states, since) + _on_call(days, duties or {}),
        unknown=states.get(DayState.UNKNOWN, 0),
        has_holidays=any(day.date in holidays for day in days),
        is_on_call=any(day.date in duties for day in days) if duties else False,
    )


class Strip:
    """Drawn once, patched by `show`."""

    def __init__(self, name: str) -> None:
        self._shown: Picture | None = None
        with html.section().classes("oc-card").props("aria-labelledby=availability"):
            with html.div().classes("oc-card-head stack"):
                TextElement(tag="h2", text=name).props("id=availability")
                self._span = TextElement(tag="span", text="").classes("grow oc-sub")
            self._box = html.div().classes("oc-strip").props("role=img")
            self._box.props["aria-label"] = f"{name}: loading"
            with self._box:
                ui.html("<span>0 h</span><span>12</span><span>24</span>", sanitize=False).classes("oc-hours")
                self.table = ui.table(rows=[], columns=[], row_key="key").classes("oc-months")
                self.table.props("grid hide-header hide-pagination").add_slot("item", MONTH)
            self._legend()

    def show(self, now: Picture) -> None:
        if now is self._shown:
            return
        self._shown = now
        show_rows(self.table, now.months)
        self._span.set_text(now.span)
        if self._box.props.get("aria-label") != now.label:
            self._box.props["aria-label"] = now.label
        for word, (item, text) in self._items.items():
            text.set_text(now.sums.get(word, ""))
            item.set_visibility(word in now.sums)
        self._holiday.set_visibility(now.has_holidays)
        for key in self._duties:
            key.set_visibility(now.is_on_call)
        self._weekend.set_visibility(now.sums.keys() != {"Unknown"})

    def _legend(self) -> None:
        self._items: dict[str, tuple[ui.element, TextElement]] = {}
        with html.ul().classes("oc-legend"):
            for word, (_, _, css) in KINDS.items():
                with html.li() as item:
                    html.span().classes(f"oc-swatch {css}")
                    TextElement(tag="b", text=word)
                    self._items[word] = item, TextElement(tag="span", text="")
            self._weekend = _key("Weekend", "oc-swatch rest").classes("extra")
            self._duties = [on_call_key("<b>On call</b> primary"), on_call_key("secondary", "second")]
            self._holiday = _key("Public holiday", "diamond")
            _key("Today", "todaymark").classes("extra")


def _key(word: str, css: str) -> ui.element:
    item: ui.element = html.li()
    with item:
        html.span().classes(css)
        html.span(word)
    return item


def _on_call(days: Sequence[Day], duties: Mapping[date, Duty]) -> str:
    ahead = sum(day.date in duties for day in days if not day.is_past)
    return f" You are on call on {ahead} of them." if ahead else ""


def _month(
    days: Sequence[Day], today: date, holidays: Mapping[date, str], duties: Mapping[date, Duty]
) -> dict[str, Any]:
    name = month_words(days[0].date, today)
    is_short = len(days) < (6 if " " in name else 3)
    return {
        "key": f"{days[0].date:%Y-%m}",
        "c": "oc-month short" if is_short else "oc-month",
        "name": name,
        "days": [_day(day, today, holidays.get(day.date, ""), duties.get(day.date)) for day in days],
    }


def _day(day: Day, today: date, holiday: str, duty: Duty | None) -> dict[str, Any]:
    css = {
        "rest": day.date.weekday() >= 5 or bool(holiday),
        "holiday": bool(holiday),
        "past": day.is_past,
        "today": day.date == today,
        "unknown": day.is_unknown,
    }
    drawn = {
        "c": " ".join(["oc-day", *(name for name, holds in css.items() if holds)]),
        "s": [bar(segment) for segment in for_the_eye(day.segments)],
        "t": " · ".join(filter(None, (f"{day_words(day.date, today)}: {words_of(day)}", holiday, duty_words(duty)))),
    }
    if duty:
        drawn["u"] = duty.css
    if _is_numbered(day.date, today):
        drawn["n"] = str(day.date.day)
    return drawn


def _is_numbered(day: date, today: date) -> bool:
    # Two numbers side by side would overlap.
    return day == today or (day.weekday() == 0 and abs((day - today).days) > 1)


def bar(segment: Segment) -> dict[str, Any]:
    at = {"--from": round(segment.start, 2), "--to": round(segment.end, 2)}
    return {"k": f"is-{segment.action}", "at": {} if (segment.start, segment.end) == (0, 24) else at}


def for_the_eye(segments: Sequence[Segment]) -> list[Segment]:
    drawn: list[Segment] = []
    for segment in segments:
        last = drawn[-1] if drawn else None
        if last and last.action is segment.action and segment.start - last.end < TOO_NARROW:
            drawn[-1] = Segment(last.action, last.start, segment.end)
        else:
            drawn.append(segment)
    return drawn
