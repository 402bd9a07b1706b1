"""Resources, each a calendar of its own, put together into as few calendars as say the same.

A calendar in front of every event, most often with the same time zone in it, costs the reader more than the events; and
a new event would change the number of all that follow, which the reader takes for another calendar.
"""

from collections.abc import Iterable

_EVENT = b"\nBEGIN:VEVENT"
_EVENT_END = b"\nEND:VEVENT"
_END = b"END:VCALENDAR"


def merged(resources: Iterable[bytes]) -> list[bytes]:
    """Calendars with the events of all `resources`; those with the same words before their events have become one.

    Lines end in line feeds. What isn't built as plainly as that stays as it is.
    """
    by_frame: dict[bytes, list[bytes]] = {}
    apart: list[bytes] = []
    for resource in resources:
        begin = resource.find(_EVENT)
        end = resource.rfind(_END)
        events = resource[begin + 1 : end]
        if begin < 0 or not _are_plain(events):
            apart.append(resource)
        else:
            by_frame.setdefault(_frame(resource[: begin + 1]), []).append(events)
    return [frame + b"".join(events) + _END + b"\n" for frame, events in by_frame.items()] + apart


def _are_plain(events: bytes) -> bool:
    """Whether there is nothing but whole events, so that others may follow."""
    text = b"\n" + events
    begun = text.count(_EVENT + b"\n")
    return (
        begun == text.count(_EVENT_END + b"\n")
        and text.count(_EVENT) == begun
        and events.endswith(_EVENT_END + b"\n")
        and text.count(_EVENT_END + b"\nBEGIN:VEVENT\n") == begun - 1
    )


def _frame(head: bytes) -> bytes:
    """The head without the line that says which program wrote it."""
    return b"".join(line for line in head.splitlines(keepends=True) if not line.startswith(b"PRODID"))
