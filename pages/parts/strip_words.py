"""The strip in words: a day's tooltip, the sums of the legend, and what is read out."""

from collections.abc import Mapping

from oncall_ui.domain.days import Day, Segment, Standing
from oncall_ui.domain.rules import Action
from oncall_ui.domain.window import DAYS_AHEAD
from pages.parts.dates import NBSP, count

NAMED = 3
"""A tooltip names this many spans of a kind and counts the others."""
KINDS = {
    "Block": (Standing.BLOCKED, Standing.BLOCKED_IN_PART, "is-block"),
    "Prefer": (Standing.PREFERRED, Standing.PREFERRED_IN_PART, "is-prefer"),
    "Open": (Standing.OPEN, None, ""),
    "Unknown": (Standing.UNKNOWN, None, "unknown"),
}


def words_of(day: Day) -> str:
    if not day.segments:
        return "unknown" if day.standing is Standing.UNKNOWN else "open"
    parts = []
    for action in Action:
        spans = [_span(segment) for segment in day.segments if segment.action is action]
        more = f" and {len(spans) - NAMED} more" if len(spans) > NAMED else ""
        if spans:
            parts.append(f"{action} {', '.join(spans[:NAMED])}{more}")
    return "; ".join(parts)


def _span(segment: Segment) -> str:
    start, end = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (round(h * 60) for h in segment[1:]))
    return "all day" if (start, end) == ("00:00", "24:00") else f"{start} – {end}"


def sums(standings: Mapping[Standing, int]) -> dict[str, str]:
    nothing_known = standings.get(Standing.UNKNOWN, 0) == DAYS_AHEAD
    told = {}
    for word, (whole, part, _) in KINDS.items():
        days, parts = standings.get(whole, 0), standings.get(part, 0) if part else 0
        if days or parts or not (nothing_known or word == "Unknown"):
            told[word] = _sum(days, parts)
    return told


def _sum(days: int, parts: int) -> str:
    if not parts:
        return count(days, "day")
    return f"{count(days, 'day')}, {parts}{NBSP}more in part" if days else f"{count(parts, 'day')} in part"


def label(standings: Mapping[Standing, int]) -> str:
    if standings.get(Standing.UNKNOWN, 0) == DAYS_AHEAD:
        return f"Your next {DAYS_AHEAD} days: all unknown, since no calendar has been read."
    words = {
        Standing.BLOCKED: "blocked",
        Standing.BLOCKED_IN_PART: "blocked in part",
        Standing.PREFERRED: "preferred",
        Standing.PREFERRED_IN_PART: "preferred in part",
        Standing.OPEN: "open",
        Standing.UNKNOWN: "unknown",
    }
    told = [f"{standings[each]} {word}" for each, word in words.items() if standings.get(each)]
    return f"Your next {DAYS_AHEAD} days: {', '.join(told)}. The list below says when."
