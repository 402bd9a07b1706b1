"""Merges resources, each a calendar of its own, into as few calendars as possible.

Parsing the same VTIMEZONE in front of every event would cost more than the events themselves. And a new resource would
shift the number of every calendar after it, which the parser would take for changed calendars.
"""

from collections.abc import Iterable

_EVENT = b"\nBEGIN:VEVENT"
_EVENT_END = b"\nEND:VEVENT"
_END = b"END:VCALENDAR"


def merged(resources: Iterable[bytes]) -> list[bytes]:
    """Calendars with the events of all `resources`; those with the same lines before their events become one.

    Lines end in LF. Resources of any other structure are returned unchanged.
    """
    by_frame: dict[bytes, list[bytes]] = {}
    unchanged: list[bytes] = []
    for resource in resources:
        begin = resource.find(_EVENT)
        end = resource.rfind(_END)
        events = resource[begin + 1 : end]
        if begin < 0 or not _are_plain(events):
            unchanged.append(resource)
        else:
            by_frame.setdefault(_frame(resource[: begin + 1]), []).append(events)
    return [frame + b"".join(events) + _END + b"\n" for frame, events in by_frame.items()] + unchanged


def _are_plain(events: bytes) -> bool:
    """Whether these are complete events and nothing else, so that more may be appended."""
    text = b"\n" + events
    begun = text.count(_EVENT + b"\n")
    return (
        begun == text.count(_EVENT_END + b"\n")
        and text.count(_EVENT) == begun
        and events.endswith(_EVENT_END + b"\n")
        and text.count(_EVENT_END + b"\nBEGIN:VEVENT\n") == begun - 1
    )


def _frame(before: bytes) -> bytes:
    """The lines before the events, without PRODID: which program wrote them makes no difference."""
    return b"".join(line for line in before.splitlines(keepends=True) if not line.startswith(b"PRODID"))
