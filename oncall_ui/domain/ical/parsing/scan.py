"""The source, read once: its headers, its free/busy components, and which groups of events the window can touch.

A group is every VEVENT with the same UID: only together do they say what happens, so a group is kept or left as one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from oncall_ui.domain.ical.limits import Limits
from oncall_ui.domain.ical.parsing.between_events import BetweenEvents, NeedsNormalising
from oncall_ui.domain.ical.parsing.calendar_header import CalendarHeader
from oncall_ui.domain.ical.parsing.source import Source
from oncall_ui.domain.imports.failures import Cause, Unreadable

_BEGIN = b"\nBEGIN:VEVENT"
_END = b"\nEND:VEVENT"
_NESTED = b"\nBEGIN:"
_OUTER = (b"VEVENT", b"VFREEBUSY", b"VCALENDAR")
_LINE_ENDS = (13, 10)


@dataclass(slots=True)
class Scan:
    """Where things are. Offsets point behind the `BEGIN:…` of a component."""

    source: Source
    headers: list[CalendarHeader]
    free_busy: list[int]
    groups: dict[bytes, int | list[int]] = field(default_factory=dict)
    """UID → where its events begin; one without a UID is alone under a name that no UID can have."""
    relevant: dict[bytes, None] = field(default_factory=dict)
    """The groups the window may touch, in order of appearance."""
    events: int = 0

    def offsets(self, uid: bytes) -> list[int]:
        found = self.groups[uid]
        return found if isinstance(found, list) else [found]

    def overlooked(self) -> list[int]:
        """Lines of the original that look like the beginning of an event although none was read there."""
        if not self.source.begins:
            return []
        offsets = sorted(offset for uid in self.groups for offset in self.offsets(uid))
        read = set(self.source.lines_of(offsets))
        return [line for line in self.source.begins if line not in read]

    def body(self, offset: int) -> bytes:
        """The properties of the event at `offset`: unfolded, line feeds only, nothing nested."""
        data = self.source.data
        body = data[offset : data.find(_END, offset)].replace(b"\r\n", b"\n").rstrip(b"\r")
        body = body.replace(b"\n ", b"").replace(b"\n\t", b"")
        return without_nested(body) if _NESTED in body else body

    def free_busy_body(self, offset: int) -> bytes:
        """The same of the VFREEBUSY at `offset`."""
        data = self.source.data
        body = data[offset : data.find(b"\nEND:VFREEBUSY", offset)].replace(b"\r\n", b"\n").rstrip(b"\r")
        return body.replace(b"\n ", b"").replace(b"\n\t", b"")


def scan(
    source: Source, is_outside: Callable[[bytes], bool], limits: Limits, on_progress: Callable[[int], None]
) -> Scan:
    """`is_outside` says of an event's properties whether it cannot touch the window, see `prefilter`.

    Raises NeedsNormalising where the source has to be normalised first, Unreadable where it holds too many events."""
    between = BetweenEvents(source.data)
    found = Scan(source, between.headers, between.free_busy)
    groups, relevant = found.groups, found.relevant
    stride = max(1000, limits.events // 200)
    events = 0
    for offset, body in _events(source.data, between):
        events += 1
        if not events % stride:
            on_progress(events)
        at = body.find(b"\nUID:") + 5
        uid = body[at : body.find(b"\n", at)].strip() if at > 4 else _uid_with_parameters(body)
        if not uid:
            uid = b"\n%d" % offset
        known = groups.setdefault(uid, offset)
        if known != offset:
            _append(groups, uid, offset)
        if uid not in relevant and not is_outside(body):
            relevant[uid] = None
        if events > limits.events:
            break
    found.events = events + len(between.free_busy)
    if found.events > limits.events:
        sentence = f"This feed holds more than {limits.events:,} events, more than this server reads."
        raise Unreadable(Cause.TOO_LARGE, sentence)
    return found


def _events(data: bytes, between: BetweenEvents) -> Iterator[tuple[int, bytes]]:
    """Each VEVENT's offset and its properties, unfolded, a line feed at the end; the rest goes to `between`."""
    find = data.find
    fold = b"\r\n " if b"\r" in data[:4096] else b"\n "
    tab_fold = fold[:-1] + b"\t"
    tabs = tab_fold in data
    after = 0
    begin = find(_BEGIN)
    while begin >= 0:
        if begin - after > 1 or not after:
            between.read(after, begin)
            if between.inside:
                raise NeedsNormalising
        offset = begin + 13
        end = find(_END, offset)
        if end < 0:
            raise NeedsNormalising
        body = data[offset : end + 1].replace(fold, b"")
        if tabs:
            body = body.replace(tab_fold, b"")
        if _NESTED in body:
            body = without_nested(body)
        if body[0] not in _LINE_ENDS:
            raise NeedsNormalising
        yield offset, body
        after = end + 11
        begin = find(_BEGIN, after)
    between.read(after, len(data))
    if between.open:
        raise NeedsNormalising


def _append(groups: dict[bytes, int | list[int]], uid: bytes, offset: int) -> None:
    known = groups[uid]
    if isinstance(known, list):
        known.append(offset)
    else:
        groups[uid] = [known, offset]


def _uid_with_parameters(body: bytes) -> bytes:
    at = body.find(b"\nUID;")
    if at < 0:
        return b""
    return body[at : body.find(b"\n", at + 1)].partition(b":")[2].strip()


def without_nested(body: bytes) -> bytes:
    """`body` without the components inside it (alarms, mostly). Raises NeedsNormalising where one doesn't end."""
    kept = []
    begin = 0
    while (at := body.find(_NESTED, begin)) >= 0:
        kept.append(body[begin:at])
        line_end = body.find(b"\n", at + 7)
        name = body[at + 7 : line_end if line_end >= 0 else len(body)].strip()
        end = body.find(b"\nEND:" + name, at)
        if end < 0 or name.upper() in _OUTER or body.find(_NESTED + name, at + 1, end) >= 0:
            raise NeedsNormalising
        begin = end + 5 + len(name)
        if body[begin : begin + 1] not in (b"", b"\r", b"\n"):
            raise NeedsNormalising
    kept.append(body[begin:])
    return b"".join(kept)
