"""What a preview says: its heading, the reasons in the plural, and each line of its two lists."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import is_all_day, last_day
from oncall_ui.domain.availability.preview import Counting, Ignored, Preview, PreviewedOccurrence
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import Window
from pages.widgets.dates import ago, clock, day_words, short_day, times

KINDS = {Action.BLOCK: "Block", Action.PREFER: "Prefer"}
TITLES_NAMED = 2
EARLIEST = int(datetime(1, 1, 3, tzinfo=UTC).timestamp())
LATEST = int(datetime(9999, 12, 29, tzinfo=UTC).timestamp())


def how_many(forecast: Preview) -> str:
    """`9 of 134 would count`, for the button of a row."""
    return f"{forecast.number:,} of {forecast.occurrences:,} would count"


def heading(forecast: Preview) -> str:
    if not forecast.occurrences:
        return "There are no events in the next 90 days"
    noun = "event" if forecast.occurrences == 1 else "events"
    return f"{forecast.number:,} of {forecast.occurrences:,} {noun} would count"


def circumstances(name: str, window: Window, read_at: datetime, zone: ZoneInfo, now: datetime, *, is_on: bool) -> str:
    """What was read and when, and what becomes of it."""
    first = window.start.astimezone(zone).date()
    last = window.end.astimezone(zone).date() - timedelta(days=1)
    which = name if is_on else f"{name}, if you switch it on"
    read = f"{which}, {short_day(first)} to {short_day(last)}, read {ago(read_at, zone, now)}."
    return f"{read} Titles are shown to you and forgotten."


def counting_rows(counting: Iterable[Counting], zone: ZoneInfo, today: date) -> list[dict[str, Any]]:
    return [
        {
            "key": number,
            "k": f"oc-kind is-{each.action.value}",
            "kind": KINDS[each.action],
            "title": each.occurrence.title,
            "why": each.words,
            "at": when(each.occurrence, zone, today),
        }
        for number, each in enumerate(counting)
    ]


def ignored_rows(
    ignored: Iterable[Ignored], zone: ZoneInfo, today: date, *, unfolded: Collection[str], refused: Mapping[str, str]
) -> list[dict[str, Any]]:
    """`unfolded` are the reasons whose examples are listed, `refused` says of addresses why they can't be trusted."""
    return [_ignored_row(each, zone, today, each.reason in unfolded, refused) for each in ignored]


def _ignored_row(
    each: Ignored, zone: ZoneInfo, today: date, is_unfolded: bool, refused: Mapping[str, str]
) -> dict[str, Any]:
    rest = each.number - len(each.examples)
    return {
        "key": each.reason.value,
        "number": f"{each.number:,}",
        "words": each.words[:1].upper() + each.words[1:],
        "titles": "" if each.address or is_unfolded else _some_titles(each),
        "address": each.address,
        "no": refused.get(each.address, ""),
        "open": is_unfolded,
        "examples": [{"title": entry.title, "at": _in_a_line(*when(entry, zone, today))} for entry in each.examples]
        if is_unfolded
        else [],
        "rest": f"and {rest:,} more" if is_unfolded and rest else "",
    }


def _some_titles(ignored: Ignored) -> str:
    titles = list(dict.fromkeys(entry.title for entry in ignored.examples))
    more = ", …" if len(titles) > TITLES_NAMED or ignored.number > len(ignored.examples) else ""
    return ", ".join(titles[:TITLES_NAMED]) + more


def when(entry: PreviewedOccurrence, zone: ZoneInfo, today: date) -> tuple[str, str]:
    """When it starts, and until when: `Wed 25 Nov`, `14:00 – 18:00`; `Mon 30 Nov 22:00`, `to Tue 1 Dec 06:00`."""
    start, end = _moment(entry.start), _moment(entry.end)
    first, last = start.astimezone(zone).date(), last_day(end, zone)
    day = day_words(first, today)
    if end <= start:
        return day, clock(start, zone)
    if is_all_day(start, end, zone):
        return day, f"to {day_words(last, today)}" if last > first else "all day"
    told = times(start, end, zone, first)
    if last == first:
        return day, told
    begins, _, ends = told.partition(" – ")
    return f"{day} {begins}", f"to {ends}"


def _in_a_line(start: str, until: str) -> str:
    return f"{start} {until}" if until.startswith("to ") else f"{start}, {until}"


def _moment(seconds: int) -> datetime:
    # The outermost days have no date in every zone.
    return datetime.fromtimestamp(min(max(seconds, EARLIEST), LATEST), UTC)
