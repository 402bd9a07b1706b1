"""Double entry in thousandths of a point: what a slot adds to everybody's account always sums to zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

MILLI = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """Thousandths of a point that were due and done; the balance is `done - due`."""

    due: int = 0
    done: int = 0

    @property
    def balance(self) -> int:
        return self.done - self.due

    def minus(self, other: "Entry") -> "Entry":
        return Entry(self.due - other.due, self.done - other.done)


NOTHING = Entry()


def dues(points: int, shares: Mapping[int, int]) -> dict[int, int]:
    """`points` thousandths shared by the shares, to the last one. Largest remainders first, ties by the smaller id.

    Nobody owes anything where nobody has a share.
    """
    total = sum(shares.values())
    if not total:
        return {}
    exact = {person: Fraction(points * share, total) for person, share in shares.items()}
    found = {person: int(value) for person, value in exact.items()}
    left = points - sum(found.values())
    for person in sorted(exact, key=lambda person: (found[person] - exact[person], person))[:left]:
        found[person] += 1
    return found


def of_slot(points: int, shares: Mapping[int, int], holders: Mapping[int, int]) -> dict[int, Entry]:
    """The entries of a filled slot of `points` thousandths. `holders` says how many of them each holder carries.

    Where nobody has a share, the holders owe what they carry.
    """
    owed = dues(points, shares) or dict(holders)
    return {person: Entry(owed.get(person, 0), holders.get(person, 0)) for person in sorted({*owed, *holders})}


def corrections(written: Mapping[int, Entry], wanted: Mapping[int, Entry]) -> dict[int, Entry]:
    """What has to be added to what is written. Nobody is in it for whom nothing changes."""
    found = {
        person: wanted.get(person, NOTHING).minus(written.get(person, NOTHING))
        for person in sorted({*written, *wanted})
    }
    return {person: entry for person, entry in found.items() if entry != NOTHING}
