"""Which address, if it were the member's, would make most of their invitations count."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from oncall_ui.domain.imports.events import Event, PartStat

LONGEST = 254
"""Of an address (RFC 5321 section 4.5.3.1.3)."""


@dataclass(frozen=True, slots=True)
class LikelyOwnAddress:
    """`events` are the `id()` of those the address organised or accepted; `did` is which of both, in words."""

    address: str = ""
    did: str = ""
    events: frozenset[int] = frozenset()


def likely_own_address(invitations: Iterable[tuple[Event, int]], others: frozenset[str]) -> LikelyOwnAddress:
    """`invitations` with how often each occurs. An address of `others` is never it; the empty one: there is none.

    It organised or accepted something, and is named most often, whatever it answered: every invitation of a calendar
    names its owner. Of several, the one that accepted most: people are invited more than they invite.
    """
    invitations = list(invitations)
    named: Counter[str] = Counter()
    organised: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    for event, times in invitations:
        named.update(dict.fromkeys({event.organizer, *(each.address for each in event.attendees)}, times))
        organised.update({event.organizer: times})
        accepted.update(dict.fromkeys(_accepted(event) - {event.organizer}, times))
    possible = [each for each in organised.keys() | accepted.keys() if _is_address(each) and each not in others]
    if not possible:
        return LikelyOwnAddress()
    address = min(possible, key=lambda each: (-named[each], -accepted[each], each))
    events = frozenset(
        id(event) for event, _ in invitations if event.organizer == address or address in _accepted(event)
    )
    return LikelyOwnAddress(address, _did(organised[address], accepted[address]), events)


def _did(organised: int, accepted: int) -> str:
    if organised and accepted:
        return "organised or accepted"
    return "organised" if organised else "accepted"


def _accepted(event: Event) -> set[str]:
    return {attendee.address for attendee in event.attendees if attendee.answer is PartStat.ACCEPTED}


def _is_address(text: str) -> bool:
    # What doesn't print could make one address look like another.
    before, _, after = text.partition("@")
    return bool(before and after) and len(text) <= LONGEST and text.isprintable() and " " not in text
