"""Content → what it says; runs in a worker."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import Limits
from oncall_ui.domain.imports.events import Occurrence, Problem, Reading
from oncall_ui.domain.imports.failures import Cause, Unreadable
from providers.base import Changes, Digest
from providers.outlook.envelope import Envelope
from providers.outlook.events import occurrence, uid_of
from providers.outlook.values import Odd, loaded, several

_LISTED = Limits().problems


def interpret(
    parts: tuple[bytes, ...],
    window: Window,
    zone: ZoneInfo,
    previous: Digest | None,
    counted: Callable[[int], None],
) -> Changes:
    """`parts`: a envelope, then the pages of the calendar view as they came; a bad event costs only itself."""
    try:
        envelope = Envelope.from_bytes(parts[0] if parts else b"")
        items = _items(parts[1:], counted)
    except Odd as odd:
        sentence = "What Microsoft sent is no calendar that can be read. It is tried again by itself."
        raise Unreadable(Cause.UNREADABLE, sentence, detail=str(odd)) from None
    begin, end = window.start.timestamp(), window.end.timestamp()
    occurrences: list[Occurrence] = []
    problems: list[Problem] = []
    for item in items:
        try:
            found = occurrence(item, envelope, zone)
        except Odd as odd:
            problems.append(Problem(0, uid_of(item), f"{odd} The event was left out.", skipped=True))
            continue
        if found.start < end and (found.end > begin or found.start >= begin):
            occurrences.append(found)
    occurrences.sort(key=lambda at: (at.start, at.end, at.event.uid))
    return Changes(Reading("", "", occurrences, _at_most(problems), len(items)))


def _items(pages: tuple[bytes, ...], counted: Callable[[int], None]) -> list[Any]:
    """Every event once: pages are counted off from a list that may change in between, and then one comes twice."""
    found: dict[object, Any] = {}
    for page in pages:
        for item in several(loaded(page), "value"):
            if not _is_master(item):
                found[_name(item) or object()] = item
        counted(len(found))
    return list(found.values())


def _name(item: Any) -> str:
    found = item.get("id") if isinstance(item, dict) else None
    return found if isinstance(found, str) else ""


def _is_master(item: Any) -> bool:
    """A series as such: its instances stand beside it."""
    return isinstance(item, dict) and item.get("type") == "seriesMaster"


def _at_most(problems: list[Problem]) -> list[Problem]:
    more = len(problems) - _LISTED
    if more <= 0:
        return problems
    return [*problems[:_LISTED], Problem(0, "", f"{more:,} more problems of this kind are not listed.")]
