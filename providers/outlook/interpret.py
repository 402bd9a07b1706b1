"""Pages of the calendar view → occurrences inside a window. Runs in a worker process."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import Limits
from oncall_ui.domain.imports.events import Occurrence, Problem, Reading
from oncall_ui.domain.imports.failures import Cause, Unreadable
from providers.base import Changes, Digest
from providers.json import NotExpected, first_text, read_object, several
from providers.outlook.envelope import Envelope
from providers.outlook.events import occurrence, uid_of

_LISTED = Limits().problems


def interpret(
    parts: tuple[bytes, ...],
    window: Window,
    zone: ZoneInfo,
    previous: Digest | None,
    counted: Callable[[int], None],
) -> Changes:
    """`parts`: the envelope, then the pages as fetched. An unreadable event costs only itself."""
    try:
        envelope = Envelope.from_bytes(parts[0] if parts else b"")
        items = _items(parts[1:], counted)
    except NotExpected as error:
        sentence = "Microsoft sent something that isn’t a calendar."
        raise Unreadable(Cause.UNREADABLE, sentence, detail=str(error)) from None
    begin, end = window.start.timestamp(), window.end.timestamp()
    occurrences: list[Occurrence] = []
    problems: list[Problem] = []
    for item in items:
        try:
            found = occurrence(item, envelope, zone)
        except NotExpected as error:
            problems.append(Problem(0, uid_of(item), f"{error} The event was left out.", skipped=True))
            continue
        if found.start < end and (found.end > begin or found.start >= begin):
            occurrences.append(found)
    occurrences.sort(key=lambda at: (at.start, at.end, at.event.uid))
    return Changes(Reading("", "", occurrences, _at_most(problems), len(items)))


def _items(pages: tuple[bytes, ...], counted: Callable[[int], None]) -> list[Any]:
    """Every event once: a list that changes while it is paged through may return an event twice."""
    found: dict[object, Any] = {}
    for page in pages:
        for item in several(read_object(page), "value"):
            if not _is_master(item):
                found[first_text(item, "id") or object()] = item
        counted(len(found))
    return list(found.values())


def _is_master(item: Any) -> bool:
    """Whether it is a series as such; its instances are separate items."""
    return isinstance(item, dict) and item.get("type") == "seriesMaster"


def _at_most(problems: list[Problem]) -> list[Problem]:
    more = len(problems) - _LISTED
    if more <= 0:
        return problems
    return [*problems[:_LISTED], Problem(0, "", f"{more:,} more events can’t be read and were left out.", skipped=True)]
