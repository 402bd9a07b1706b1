"""Delays that grow with every wrong try, by address, account, or both.

A try is counted before it is checked, in one step for everything it counts against, so that a hundred at once get no
more tries than one after the other. A try that comes too early is refused and costs nothing: the delay never grows by
waiting impatiently, and it never grows beyond seconds.
"""

import hashlib
import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

MOST_KEYS = 10_000
"""Remembered at once for each slowdown; the ones not tried for longest are forgotten first. About 2 MB each."""
TICKET_SECONDS = 120.0
"""How long a try that was asked to wait keeps its turn once the wait is over."""


@dataclass(frozen=True, slots=True)
class Slowdown:
    """After `free` tries the next one has to wait `first` seconds, and each further one twice as long, up to `longest`.

    Without a try for `forget` seconds it begins again.
    """

    name: str
    free: int
    first: float
    longest: float
    forget: float

    def delay(self, tries: int) -> float:
        """Seconds to wait after so many tries."""
        beyond = tries - self.free
        return 0.0 if beyond < 0 else min(self.first * 2.0 ** min(beyond, 30), self.longest)


@dataclass(slots=True)
class _Count:
    tries: int
    last: float


Against = tuple[Slowdown, str]
"""What a try counts against: a slowdown, and whom it slows down."""


class Throttle:
    """Counts in memory. A restart resets the counters, which gains an attacker little. Safe to call from any thread.

    `clock` counts seconds and never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[str, OrderedDict[bytes, _Count]] = {}
        self._tickets: OrderedDict[bytes, float] = OrderedDict()

    def attempt(self, *against: Against, ticket: str = "", skips: Sequence[str] = ()) -> float:
        """0 if the try may be made, and then it is counted; else the seconds to wait, and nothing is counted.

        Somebody who waits as long as they were asked to gets their turn: `ticket` says who they are, and the slowdowns
        named in `skips` don't count for them then, whatever others have tried in between.
        """
        with self._lock:
            moment = self._clock()
            due, others = self._due(against, ticket, skips, moment)
            if due > 0:
                if not others:
                    self._keep_ticket(ticket, moment, moment + due)
                return due
            for each in against:
                self._count(each, moment)
            self._tickets.pop(_short(ticket), None)
            return 0.0

    def wait(self, *against: Against, ticket: str = "", skips: Sequence[str] = ()) -> float:
        """What `attempt` would return. Counts nothing."""
        with self._lock:
            return self._due(against, ticket, skips, self._clock())[0]

    def give_back(self, *against: Against) -> None:
        """Uncounts a try that was counted and turned out right."""
        with self._lock:
            for slowdown, who in against:
                found = self._find(slowdown, who)
                if found is not None:
                    found.tries = max(0, found.tries - 1)

    def forget(self, *against: Against) -> None:
        """Begins again, as after a right password."""
        with self._lock:
            for slowdown, who in against:
                self._counts.get(slowdown.name, OrderedDict()).pop(_short(who), None)

    def _find(self, slowdown: Slowdown, who: str) -> _Count | None:
        counts = self._counts.get(slowdown.name)
        return counts.get(_short(who)) if counts else None

    def _due(self, against: Sequence[Against], ticket: str, skips: Sequence[str], moment: float) -> tuple[float, float]:
        """Seconds to wait, and how many of them aren't for the slowdowns in `skips` alone."""
        waits = [(slowdown.name in skips, self._wait((slowdown, who), moment)) for slowdown, who in against]
        others = max((wait for skipped, wait in waits if not skipped), default=0.0)
        has_turn = self._has_turn(ticket, moment)
        return (others if has_turn else max((wait for _, wait in waits), default=0.0)), others

    def _wait(self, against: Against, moment: float) -> float:
        slowdown, who = against
        found = self._find(slowdown, who)
        if found is None or moment - found.last >= slowdown.forget:
            return 0.0
        return max(0.0, found.last + slowdown.delay(found.tries) - moment)

    def _count(self, against: Against, moment: float) -> None:
        slowdown, who = against
        counts = self._counts.setdefault(slowdown.name, OrderedDict())
        key = _short(who)
        found = counts.get(key)
        if found is None or moment - found.last >= slowdown.forget:
            counts[key] = _Count(1, moment)
        else:
            found.tries, found.last = found.tries + 1, moment
        counts.move_to_end(key)
        _trim(counts)

    def _has_turn(self, ticket: str, moment: float) -> bool:
        due = self._tickets.get(_short(ticket)) if ticket else None
        return due is not None and due <= moment < due + TICKET_SECONDS

    def _keep_ticket(self, ticket: str, moment: float, due: float) -> None:
        """The first promise holds; a later one could only be further away."""
        key = _short(ticket)
        if ticket and moment >= self._tickets.get(key, -TICKET_SECONDS) + TICKET_SECONDS:
            self._tickets[key] = due
            self._tickets.move_to_end(key)
            _trim(self._tickets)


def counted_address(address: str) -> str:
    """The address as it is counted: an IPv6 network of 64 bits, which is what one household gets, is one address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)


def _short(who: str) -> bytes:
    # What people type may be long; what is remembered isn't.
    return hashlib.blake2b(who.encode("utf-8", "surrogatepass"), digest_size=12).digest()


def _trim(kept: "OrderedDict[bytes, _Count] | OrderedDict[bytes, float]") -> None:
    for key in list(islice(kept, max(0, len(kept) - MOST_KEYS))):
        del kept[key]
