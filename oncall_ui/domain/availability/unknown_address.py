"""Finds the address that is probably the member's own, although we don't know it as theirs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.imports.events import Event, PartStat

LONGEST = 254
"""Of an address (RFC 5321 section 4.5.3.1.3)."""


@dataclass(frozen=True, slots=True)
class LikelyOwnAddress:
    """`events` are the `id()` of those the address organised or accepted; `reason` is which of both. Empty: none."""

    address: str = ""
    reason: Reason = Reason.NOT_YOURS
    events: frozenset[int] = frozenset()


def likely_own_address(invitations: Iterable[tuple[Event, int]], others: frozenset[str]) -> LikelyOwnAddress:
    """Each of `invitations` comes with the number of its occurrences. `others` are known to belong to somebody else.

    The address organised or accepted something, and of those it is named most often, whatever it answered: every
    invitation in a calendar names its owner. Of several, the one that accepted most: people are invited more than they
    invite.
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
    return LikelyOwnAddress(address, _reason(organised[address], accepted[address]), events)


def _reason(organised: int, accepted: int) -> Reason:
    if organised and accepted:
        return Reason.HANDLED_BY_LIKELY_ADDRESS
    return Reason.ORGANISED_BY_LIKELY_ADDRESS if organised else Reason.ACCEPTED_BY_LIKELY_ADDRESS


def _accepted(event: Event) -> set[str]:
    return {attendee.address for attendee in event.attendees if attendee.answer is PartStat.ACCEPTED}


def _is_address(text: str) -> bool:
    # What doesn't print could make one address look like another.
    before, _, after = text.partition("@")
    return bool(before and after) and len(text) <= LONGEST and text.isprintable() and " " not in text
