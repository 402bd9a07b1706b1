"""A feed read again: only what changed since the last time is expanded.

The first reading of a calendar leaves a `Digest`, a hash for every group of events. The next one compares: groups that
hash the same keep what was made of them, the others are read. Whatever is kept outside has to know which group it
came from; `key_of` an occurrence's UID says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from re import compile as pattern
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical.expansion import Expansion
from oncall_ui.domain.ical.gc_pause import gc_paused
from oncall_ui.domain.ical.limits import Limits
from oncall_ui.domain.ical.parsing.scan import Scan
from oncall_ui.domain.ical.reading import DEFAULT_LIMITS, UTC, scanned
from oncall_ui.domain.imports.events import Reading

_ENGINE = b"2"
"""Goes up whenever the engine reads the same bytes differently."""
KEY_SIZE, HASH_SIZE = 12, 16
_VOLATILE = pattern(rb"\n(?:DTSTAMP|CREATED|LAST-MODIFIED)[;:][^\n]*")


@dataclass(frozen=True, slots=True)
class Digest:
    """What a reading was made of; holds hashes only. To be kept beside what was made of the reading."""

    circumstances: bytes
    """Window, zones, limits and what the calendar says beside its events: where they differ nothing can be kept."""
    groups: dict[bytes, bytes] = field(default_factory=dict)
    """Key → hash of the events' text, of the groups inside the window that were read without a warning."""

    def to_bytes(self) -> bytes:
        """Circumstances, then key and hash of each group, one behind the other."""
        return self.circumstances + b"".join(key + text for key, text in self.groups.items())

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Digest":
        """What `to_bytes` gave; anything else is a digest nothing is equal to, which reads everything."""
        step = KEY_SIZE + HASH_SIZE
        entries = (stored[at : at + step] for at in range(HASH_SIZE, len(stored), step))
        return cls(stored[:HASH_SIZE], {entry[:KEY_SIZE]: entry[KEY_SIZE:] for entry in entries})


@dataclass(frozen=True, slots=True)
class Changes:
    """`reading` holds the occurrences of the groups that were read this time, and everything else as always.

    `kept` are the keys of the groups that were not: what was made of them before still holds, and of nothing else.
    """

    reading: Reading
    digest: Digest = Digest(b"")
    kept: frozenset[bytes] = frozenset()
    events: int | None = None
    """How many events the source holds, a series with its changed instances as one. None: as many as were read."""


def key_of(uid: str) -> bytes:
    """The key of the group an occurrence with this UID belongs to; 12 bytes."""
    return blake2b(uid.encode("utf-8", "surrogatepass"), digest_size=KEY_SIZE).digest()


def read_changes(
    data: bytes,
    window: Window,
    previous: Digest | None,
    *,
    zone: ZoneInfo | None = None,
    default_zone: ZoneInfo = UTC,
    on_progress: Callable[[int], None] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Changes:
    """Like `read`, given the digest an earlier call left. Raises Unreadable.

    Everything is read where there is none, or where the window, a zone or a definition of the calendar differs. Groups
    with problems are read every time, so `reading.problems` is always complete, and so is all of a calendar with
    free/busy components.
    """
    with gc_paused():
        found = scanned(data, window, limits, on_progress)
        expansion = Expansion(found, window, zone, default_zone, limits)
        circumstances = _circumstances(found, repr((window, zone, default_zone, limits)))
        groups = expansion.groups
        hashes = {name: _hash(found, expansion, uids) for name, uids in groups.items()}
        # Free/busy time may share its UID with events, and its occurrences can't be distinguished from theirs.
        comparable = previous is not None and previous.circumstances == circumstances and not found.free_busy
        known = previous.groups if previous and comparable else {}
        same = {name for name, text in hashes.items() if known.get(key_of(name)) == text}
        reading = expansion.reading({name: uids for name, uids in groups.items() if name not in same})
        with_problems = set(hashes) if expansion.starved else expansion.with_problems
        digest = Digest(circumstances, {key_of(name): hashes[name] for name in hashes if name not in with_problems})
        events = len(found.groups) + len(found.free_busy)
        return Changes(reading, digest, frozenset(key_of(name) for name in same), events)


def _circumstances(found: Scan, settings: str) -> bytes:
    text = blake2b(_ENGINE + settings.encode(), digest_size=HASH_SIZE)
    for header in found.headers:
        text.update(repr((header.title, header.tzid, header.cancels, sorted(header.zones.items()))).encode())
    return text.digest()


def _hash(found: Scan, expansion: Expansion, uids: list[bytes]) -> bytes:
    """Over the properties of all events of a group; stamps that change with every download are left out.

    Not where there are several events: the stamps may say which of two versions is newer.
    """
    offsets = [offset for uid in uids for offset in found.offsets(uid)]
    if len(offsets) == 1:
        text = b"%d" % expansion.header(offsets[0]) + _VOLATILE.sub(b"", found.body(offsets[0]))
    else:
        text = b"\0".join(b"%d" % expansion.header(offset) + found.body(offset) for offset in offsets)
    return blake2b(text, digest_size=HASH_SIZE).digest()
