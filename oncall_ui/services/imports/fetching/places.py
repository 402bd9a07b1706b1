"""Places for imports: how many run at once in this process, and how many of them one host, account or member holds.

The numbers and their reasons: docs/decisions/0605.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

PER_MEMBER, PER_HOST, PER_ACCOUNT = 4, 4, 2
PATIENCE_SECONDS = 1.0
"""How long an import may wait for its server in a fresh place; then it moves to a patient one, if there is one."""


class Lane(StrEnum):
    """Three kinds of places, none of which can be used up by the others."""

    FRESH = "fresh"
    """For a first import, Sync now, and calendars whose last import succeeded."""
    RETRIES = "retries"
    """For calendars whose last import failed."""
    PATIENT = "patient"
    """For imports that began in FRESH and wait for a slow or silent server."""


PLACES = {Lane.FRESH: 12, Lane.RETRIES: 8, Lane.PATIENT: 60}


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose share an import counts towards. An empty host counts towards none."""

    member_id: int
    account: str
    """The fingerprint of the connection, which members who connected the same account or feed share."""
    host: str
    """Name and port of the server that is asked."""


class Room:
    """The places left in one lane, and the shares taken in it."""

    def __init__(self, places: int, holders: Iterable[Holder] = (), *, is_shared: bool = True) -> None:
        self.free = places
        self._is_shared = is_shared
        self._members: Counter[int] = Counter()
        self._accounts: Counter[str] = Counter()
        self._hosts: Counter[str] = Counter()
        for holder in holders:
            self._count(holder)

    def take(self, holder: Holder) -> bool:
        """Takes a place; False if there is none, or a share is used up."""
        if self.free <= 0 or not self.admits(holder.member_id, holder.account, holder.host):
            return False
        self._count(holder)
        return True

    def admits(self, member_id: int, account: str, host: str) -> bool:
        return not (member_id in self.full_members or account in self.full_accounts or host in self.full_hosts)

    @property
    def is_limited(self) -> bool:
        """Whether something that is due may have to wait."""
        return self.free <= 0 or bool(self.full_members or self.full_accounts or self.full_hosts)

    @property
    def full_members(self) -> set[int]:
        return {key for key, count in self._members.items() if self._is_shared and count >= PER_MEMBER}

    @property
    def full_accounts(self) -> set[str]:
        return {key for key, count in self._accounts.items() if self._is_shared and count >= PER_ACCOUNT}

    @property
    def full_hosts(self) -> set[str]:
        return {key for key, count in self._hosts.items() if self._is_shared and count >= PER_HOST}

    def _count(self, holder: Holder) -> None:
        self.free -= 1
        self._members[holder.member_id] += 1
        self._accounts[holder.account] += 1
        if holder.host:
            self._hosts[holder.host] += 1


@dataclass(frozen=True, slots=True)
class _Place:
    lane: Lane
    holder: Holder
    since: float
    is_fetched: bool = False


class Places:
    """Who holds which place. For one thread; `key` is whatever the caller knows an import by."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[object, _Place] = {}

    def room(self, lane: Lane) -> Room:
        """A copy: what is taken in it becomes true with `enter`."""
        return Room(PLACES[lane], (place.holder for place in self._held.values() if place.lane is lane))

    def enter(self, key: object, lane: Lane, holder: Holder) -> None:
        self._held[key] = _Place(lane, holder, self._clock())

    def leave(self, key: object) -> None:
        del self._held[key]

    def fetched(self, key: object) -> None:
        """The server has answered completely: what is left is our own work, and not what patient places are for."""
        if key in self._held:
            self._held[key] = replace(self._held[key], is_fetched=True)

    def shift_slow(self) -> None:
        """Moves imports whose server takes its time to patient places, those that began first."""
        room, moment = self.room(Lane.PATIENT), self._clock()
        for key, place in self._held.items():
            is_waiting = place.lane is Lane.FRESH and not place.is_fetched
            is_slow = is_waiting and moment - place.since >= PATIENCE_SECONDS
            if is_slow and room.take(place.holder):
                self._held[key] = replace(place, lane=Lane.PATIENT)
