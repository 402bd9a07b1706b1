"""What changed, told to open pages: one hub on the event loop. A job commits first, then publishes; a page re-reads.

Where several processes share a database, what is published in one is heard in all of them (oncall_ui/between).

Used by services (publish, from any thread) and pages (subscribe, on the loop). It never carries data, only what to
re-read, and only to pages of the member it concerns; those that show the whole team hear whose calendars changed, no
more, MembersChanged is for administrators' pages, and ScheduleChanged for who asks for it. It never keeps a page alive.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass

COALESCE_SECONDS = 0.1
"""Enough for what one press or one job publishes bit by bit; each page rests between two readings by itself."""
PROGRESS_SECONDS = 0.25
"""Most imports have ended by then, and a page shows them once instead of twice."""


@dataclass(frozen=True, slots=True)
class CalendarChanged:
    """A calendar's row or its availability has changed."""

    member_id: int
    calendar_id: int
    is_progress: bool = False
    """Whether its import has only begun or got further."""


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """Something else of this member has changed: the list of calendars, a setting, the profile, manual days."""

    member_id: int


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A login is over: its open pages must go."""

    member_id: int
    session_id: str


@dataclass(frozen=True, slots=True)
class MembersChanged:
    """What administrators see of accounts has changed: an invitation, a role, or when somebody was last here."""


@dataclass(frozen=True, slots=True)
class ScheduleChanged:
    """A schedule has changed: its settings, people, drafts and their progress, or what is published."""

    schedule_id: int
    is_progress: bool = False
    """Whether only the planning of a draft has got further, which no page but the draft's own shows."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Something may have changed, and nobody knows what: everything is read again. Every listener hears it."""


Change = CalendarChanged | MemberChanged | SessionEnded | MembersChanged | ScheduleChanged | Missed
Listener = Callable[[frozenset[Change]], None]


class Hub:
    """Hands each member's listeners their changes, on the event loop: the first at once, what follows together.

    After each time it gathers for `coalesce_seconds` before the next one. Progress alone waits for `progress_seconds`
    first, or comes along with a change that doesn't.
    """

    def __init__(
        self, *, coalesce_seconds: float = COALESCE_SECONDS, progress_seconds: float = PROGRESS_SECONDS
    ) -> None:
        self._coalesce_seconds, self._progress_seconds = coalesce_seconds, progress_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: defaultdict[int, dict[object, Listener]] = defaultdict(dict)
        self._listeners_to_all: dict[object, Listener] = {}
        self._listeners_to_accounts: dict[object, Listener] = {}
        self._listeners_to_schedules: dict[object, Listener] = {}
        self._pending: set[Change] = set()
        self._timer: asyncio.Handle | None = None
        """The next time something is handed on, or may be; without one the next change is the first."""
        self._holds_progress = False
        """Whether that is only because there is progress."""
        self._pass_on: Callable[[Change], None] | None = None

    def start(self) -> None:
        """Binds to the running loop; changes published before have nobody to hear them."""
        self._loop = asyncio.get_running_loop()

    def stop(self) -> None:
        """On the loop it was started on: nobody hears anything any more, not even what was published before."""
        self._wait_no_more()
        self._loop = None
        self._pending.clear()

    async def flush(self) -> None:
        """Returns when everything published so far was heard, without waiting for what may follow."""
        await asyncio.sleep(0)  # what other threads and this one published comes in
        self._wait_no_more()
        self._hand_on()
        await asyncio.sleep(0)  # listeners have their turn

    def publish(self, change: Change) -> None:
        """Safe from every thread; returns at once."""
        self.hear({change})
        if self._pass_on is not None:
            self._pass_on(change)

    def pass_on(self, to: Callable[[Change], None] | None) -> None:
        """From now on calls `to` as well with what is published, at once and in the same thread; it must not wait."""
        self._pass_on = to

    def hear(self, changes: Set[Change]) -> None:
        """As `publish`, for what another process published: it stays here."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._collect, changes)

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
        """Calls `listener` with every member's changes, until the returned function is called.

        But for SessionEnded, and for progress: what others see of a calendar is what its import has stored.
        """
        return _add(self._listeners_to_all, listener)

    def subscribe_accounts(self, listener: Listener) -> Callable[[], None]:
        """As `subscribe_all`, and with MembersChanged: for pages of administrators."""
        return _add(self._listeners_to_accounts, listener)

    def subscribe_schedules(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` with the changes of every schedule until the returned function is called.

        It hears of schedules its member can't see, too, by their ids alone.
        """
        return _add(self._listeners_to_schedules, listener)

    def _collect(self, changes: Set[Change]) -> None:
        self._pending |= changes
        if self._loop is None or (self._timer is not None and not self._holds_progress):
            return
        if not all(_is_progress(each) for each in changes):
            self._wait_no_more()
            # In the next turn: what was published in one go with it has come in by then.
            self._timer = self._loop.call_soon(self._hand_on)
        elif self._timer is None:
            self._holds_progress = True
            self._timer = self._loop.call_later(self._progress_seconds, self._hand_on)

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._holds_progress = None, False

    def _go_on(self) -> None:
        self._timer = None
        if self._pending:
            self._collect(self._pending)

    def _hand_on(self) -> None:
        self._timer, self._holds_progress = None, False
        if not self._pending or self._loop is None:
            return
        self._timer = self._loop.call_later(self._coalesce_seconds, self._go_on)
        changes, self._pending = self._pending, set()
        if Missed() in changes:
            self._tell(self._everybody(), {Missed()})
        by_member: defaultdict[int, set[Change]] = defaultdict(set)
        if of_schedules := {change for change in changes if isinstance(change, ScheduleChanged)}:
            self._tell(self._listeners_to_schedules.values(), of_schedules)
        changes = changes - of_schedules - {Missed()}
        for change in changes:
            if not isinstance(change, MembersChanged | ScheduleChanged | Missed):
                by_member[change.member_id].add(change)
        for member_id, own in by_member.items():
            self._tell(self._listeners.get(member_id, {}).values(), own)
        if public := {each for each in changes if not isinstance(each, SessionEnded) and not _is_progress(each)}:
            self._tell(self._listeners_to_accounts.values(), public)
        if of_team := public - {MembersChanged()}:
            self._tell(self._listeners_to_all.values(), of_team)

    def _everybody(self) -> list[Listener]:
        ours = (self._listeners_to_all, self._listeners_to_accounts, self._listeners_to_schedules)
        return [each for listeners in (*self._listeners.values(), *ours) for each in listeners.values()]

    def _tell(self, listeners: Iterable[Listener], changes: Set[Change]) -> None:
        for listener in list(listeners):
            # Each in a turn of its own: one that fails is reported by the loop and keeps nothing from the others.
            asyncio.get_running_loop().call_soon(listener, frozenset(changes))


def _is_progress(change: Change) -> bool:
    return isinstance(change, CalendarChanged | ScheduleChanged) and change.is_progress


def _add(listeners: dict[object, Listener], listener: Listener) -> Callable[[], None]:
    """Adds it under a key of its own; the returned function removes it."""
    key = object()
    listeners[key] = listener

    def remove() -> None:
        listeners.pop(key, None)

    return remove
