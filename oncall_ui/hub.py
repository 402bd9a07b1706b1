"""What changed, told to open pages: one hub on the event loop. A job commits first, then publishes; a page re-reads.

Used by services (publish, from any thread) and pages (subscribe, on the loop). It never carries data, only what to
re-read, and only to pages of the member it concerns; those that show the whole team hear whose calendars changed, no
more. It never keeps a page alive.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass

COALESCE_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class CalendarChanged:
    """A calendar's row or its availability has changed."""

    member_id: int
    calendar_id: int


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """Something else of this member has changed: the list of calendars, a setting, the profile, manual days."""

    member_id: int


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A login is over: its open pages must go."""

    member_id: int
    session_id: str


Change = CalendarChanged | MemberChanged | SessionEnded
Listener = Callable[[frozenset[Change]], None]


class Hub:
    """Collects changes for `COALESCE_SECONDS`, then hands each member's listeners theirs, on the event loop."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: defaultdict[int, dict[object, Listener]] = defaultdict(dict)
        self._listeners_to_all: dict[object, Listener] = {}
        self._pending: set[Change] = set()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Binds to the running loop; changes published before have nobody to hear them."""
        self._loop = asyncio.get_running_loop()

    def stop(self) -> None:
        """On the loop it was started on: nobody hears anything any more, not even what was published before."""
        if self._timer is not None:
            self._timer.cancel()
        self._loop = self._timer = None
        self._pending.clear()

    def publish(self, change: Change) -> None:
        """Safe from every thread; returns at once."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._collect, change)

    def subscribe(self, member_id: int, listener: Listener) -> Callable[[], None]:
        """Calls `listener` with this member's changes until the returned function is called."""
        # Kept under a key of its own: the same function subscribed by two pages must be removable once.
        key = object()
        self._listeners[member_id][key] = listener

        def unsubscribe() -> None:
            self._listeners[member_id].pop(key, None)
            if not self._listeners[member_id]:
                del self._listeners[member_id]

        return unsubscribe

    def subscribe_all(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` with every member's changes, but for SessionEnded, until the returned function is called."""
        key = object()
        self._listeners_to_all[key] = listener

        def unsubscribe() -> None:
            self._listeners_to_all.pop(key, None)

        return unsubscribe

    def _collect(self, change: Change) -> None:
        self._pending.add(change)
        if self._timer is None and self._loop is not None:
            self._timer = self._loop.call_later(COALESCE_SECONDS, self._flush)

    def _flush(self) -> None:
        self._timer = None
        changes, self._pending = self._pending, set()
        by_member: defaultdict[int, set[Change]] = defaultdict(set)
        for change in changes:
            by_member[change.member_id].add(change)
        for member_id, own in by_member.items():
            self._tell(self._listeners.get(member_id, {}).values(), own)
        if public := {change for change in changes if not isinstance(change, SessionEnded)}:
            self._tell(self._listeners_to_all.values(), public)

    def _tell(self, listeners: Iterable[Listener], changes: Set[Change]) -> None:
        for listener in list(listeners):
            # Each in a turn of its own: one that fails is reported by the loop and keeps nothing from the others.
            asyncio.get_running_loop().call_soon(listener, frozenset(changes))
