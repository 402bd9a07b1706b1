"""Delays that grow with every wrong try, by address, account, or both.

A try is counted before it is checked, in one step for everything it counts against, so that a hundred at once get no
more tries than one after the other. A try that comes too early is refused and costs nothing: the delay never grows by
waiting impatiently, and it never grows beyond seconds.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from oncall_ui.security.counts import Counts, CountsHere, Held, Name

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


Against = tuple[Slowdown, str]
"""What a try counts against: a slowdown, and whom it slows down."""


class Throttle:
    """Counts in memory, or in `counts`. Safe to call from any thread; never on the event loop, since `counts` may wait.

    What is remembered of a slowdown: the number of tries, and when the last one was. Of a ticket: when its turn comes.
    """

    def __init__(self, counts: Counts | None = None) -> None:
        self._counts = counts or CountsHere()

    def attempt(self, *against: Against, ticket: str = "", skips: Sequence[str] = ()) -> float:
        """0 if the try may be made, and then it is counted; else the seconds to wait, and nothing is counted.

        Somebody who waits as long as they were asked to gets their turn: `ticket` says who they are, and the slowdowns
        named in `skips` don't count for them then, whatever others have tried in between.
        """
        with self._counts.held(_names(against, ticket)) as held:
            due, others = _due(held, against, ticket, skips)
            if due > 0:
                if not others:
                    _keep_ticket(held, ticket, held.moment + due)
                return due
            for each in against:
                _count(held, each, 1)
            if ticket:
                held.put(_ticket(ticket), ())
            return 0.0

    def wait(self, *against: Against, ticket: str = "", skips: Sequence[str] = ()) -> float:
        """What `attempt` would return. Counts nothing."""
        with self._counts.seen(_names(against, ticket)) as held:
            return _due(held, against, ticket, skips)[0]

    def give_back(self, *against: Against) -> None:
        """Uncounts a try that was counted and turned out right."""
        self.settle((), against)

    def forget(self, *against: Against) -> None:
        """Begins again, as after a right password."""
        self.settle(against, ())

    def settle(self, forgotten: Sequence[Against], given_back: Sequence[Against]) -> None:
        """Both, in one step."""
        with self._counts.held(_names((*forgotten, *given_back))) as held:
            for each in forgotten:
                held.put(_name(each), ())
            for each in given_back:
                _count(held, each, -1)


def _names(against: Sequence[Against], ticket: str = "") -> list[Name]:
    return [*map(_name, against), *([_ticket(ticket)] if ticket else [])]


def _name(against: Against) -> Name:
    slowdown, who = against
    return slowdown.name, who


def _ticket(ticket: str) -> Name:
    return "ticket", ticket


def _due(held: Held, against: Sequence[Against], ticket: str, skips: Sequence[str]) -> tuple[float, float]:
    """Seconds to wait, and how many of them aren't for the slowdowns in `skips` alone."""
    waits = [(each[0].name in skips, _wait(held, each)) for each in against]
    others = max((wait for skipped, wait in waits if not skipped), default=0.0)
    return (others if _has_turn(held, ticket) else max((wait for _, wait in waits), default=0.0)), others


def _wait(held: Held, against: Against) -> float:
    tries, last = _found(held, against)
    return max(0.0, last + against[0].delay(tries) - held.moment) if tries else 0.0


def _found(held: Held, against: Against) -> tuple[int, float]:
    """How many tries there were lately, and when the last one was."""
    numbers = held.get(_name(against))
    if not numbers:
        return 0, held.moment
    tries, last = numbers
    # A server's clock may have been set back meanwhile; nobody waits for it to catch up.
    last = min(last, held.moment)
    return (int(tries), last) if held.moment - last < against[0].forget else (0, held.moment)


def _count(held: Held, against: Against, number: int) -> None:
    """A try that is given back doesn't change when the last one was."""
    tries, last = _found(held, against)
    moment = held.moment if number > 0 else last
    left = max(0, tries + number)
    held.put(_name(against), (left, moment) if left else (), against[0].forget)


def _has_turn(held: Held, ticket: str) -> bool:
    due = _turn(held, ticket)
    return due is not None and due <= held.moment < due + TICKET_SECONDS


def _turn(held: Held, ticket: str) -> float | None:
    numbers = held.get(_ticket(ticket)) if ticket else ()
    return numbers[0] if numbers else None


def _keep_ticket(held: Held, ticket: str, due: float) -> None:
    """The first promise holds; a later one could only be further away."""
    known = _turn(held, ticket)
    if ticket and (known is None or held.moment >= known + TICKET_SECONDS):
        held.put(_ticket(ticket), (due,), due - held.moment + TICKET_SECONDS)


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
