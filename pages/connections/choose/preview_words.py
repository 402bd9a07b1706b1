"""A preview in words: its heading, the reasons in the plural, and each line of its two lists."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import is_all_day, last_day
from oncall_ui.domain.availability.preview import Counting, Ignored, Preview, PreviewedEvent
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import Window
from pages.widgets.dates import ago, clock, count, day_words, short_day, times

KINDS = {Action.BLOCK: "Block", Action.PREFER: "Prefer"}
TITLES_NAMED = 2
EARLIEST = int(datetime(1, 1, 3, tzinfo=UTC).timestamp())
LATEST = int(datetime(9999, 12, 29, tzinfo=UTC).timestamp())


def share(preview: Preview) -> str:
    """`9 of 134`, for a way of counting."""
    return f"{preview.number:,} of {preview.events:,}"


def how_many(preview: Preview) -> str:
    """`9 of 134 would count`, for the button of a row."""
    return f"{share(preview)} would count"


def answer(name: str, preview: Preview, *, is_on: bool) -> str:
    """`9 of 134 events of Work would count.`: what the page says first."""
    if not preview.events:
        return f"{name} has no events in the next 90 days."
    noun = "event" if preview.events == 1 else "events"
    condition = "" if is_on else " if you switch it on"
    return f"{share(preview)} {noun} of {name} would count{condition}."


def circumstances(window: Window, read_at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Which days the preview covers, when it was read, and that titles aren't stored."""
    first = window.start.astimezone(zone).date()
    last = window.end.astimezone(zone).date() - timedelta(days=1)
    read = f"{short_day(first)} to {short_day(last)}, read {ago(read_at, zone, now)}."
    return f"{read} Only you see the titles; they are never stored."


def counting_rows(counting: Iterable[Counting], zone: ZoneInfo, today: date) -> list[dict[str, Any]]:
    return [
        {
            "key": number,
            "k": f"oc-kind is-{each.action.value}",
            "kind": KINDS[each.action],
            "title": each.event.title,
            "why": " · ".join(filter(None, (how_often(each.event), each.words))),
            "at": when(each.event, zone, today),
        }
        for number, each in enumerate(counting)
    ]


def ignored_rows(
    ignored: Iterable[Ignored], zone: ZoneInfo, today: date, *, unfolded: Collection[str], refused: Mapping[str, str]
) -> list[dict[str, Any]]:
    """`unfolded`: reasons whose examples are listed. `refused`: address → why it can't be added."""
    return [_ignored_row(each, zone, today, each.reason in unfolded, refused) for each in ignored]


def _ignored_row(
    each: Ignored, zone: ZoneInfo, today: date, is_unfolded: bool, refused: Mapping[str, str]
) -> dict[str, Any]:
    rest = each.number - len(each.examples)
    return {
        "key": each.reason.value,
        "show": f"Show {each.number:,}",
        "words": each.words[:1].upper() + each.words[1:],
        "titles": "" if each.address or is_unfolded else _some_titles(each),
        "address": each.address,
        "no": refused.get(each.address, ""),
        "open": is_unfolded,
        "examples": [_example(event, zone, today) for event in each.examples] if is_unfolded else [],
        "rest": f"and {rest:,} more" if is_unfolded and rest else "",
    }


def _example(event: PreviewedEvent, zone: ZoneInfo, today: date) -> dict[str, str]:
    at = _in_a_line(*when(event, zone, today))
    return {"title": event.title, "at": " · ".join(filter(None, (at, how_often(event))))}


def how_often(event: PreviewedEvent) -> str:
    """`12 times`, `2 of 12 times`; empty for what occurs once."""
    if event.occurrences == 1:
        return ""
    if event.times == event.occurrences:
        return count(event.times, "time")
    return f"{event.times:,} of {count(event.occurrences, 'time')}"


def _some_titles(ignored: Ignored) -> str:
    titles = list(dict.fromkeys(event.title for event in ignored.examples))
    more = ", …" if len(titles) > TITLES_NAMED or ignored.number > len(ignored.examples) else ""
    return ", ".join(titles[:TITLES_NAMED]) + more


def when(event: PreviewedEvent, zone: ZoneInfo, today: date) -> tuple[str, str]:
    """Start and end as two short lines: `Wed 25 Nov`, `14:00 – 18:00`; `Mon 30 Nov 22:00`, `to Tue 1 Dec 06:00`."""
    start, end = _moment(event.start), _moment(event.end)
    first, last = start.astimezone(zone).date(), last_day(end, zone)
    day = day_words(first, today)
    if end <= start:
        return day, clock(start, zone)
    if is_all_day(start, end, zone):
        return day, f"to {day_words(last, today)}" if last > first else "all day"
    hours = times(start, end, zone, first)
    if last == first:
        return day, hours
    begins, _, ends = hours.partition(" – ")
    return f"{day} {begins}", f"to {ends}"


def _in_a_line(start: str, until: str) -> str:
    return f"{start} {until}" if until.startswith("to ") else f"{start}, {until}"


def _moment(seconds: int) -> datetime:
    # The very first and last days have no date in some time zones.
    return datetime.fromtimestamp(min(max(seconds, EARLIEST), LATEST), UTC)
