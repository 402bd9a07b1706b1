"""A reading, weighed: what counts, as what, and why the rest doesn't."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from oncall_ui.domain.availability.rules import Action, Decision, Rules, decide
from oncall_ui.domain.ical import Changes, Digest, key_of
from oncall_ui.domain.imports.events import Occurrence, Problem, Reading

NO_LENGTH = Decision(None, "has no length")


class Piece(NamedTuple):
    """One span of availability; `start` and `end` are seconds since 1970 UTC, end exclusive.

    `key` is a hash of the event's UID: with it a later reading can leave alone what did not change.
    """

    start: int
    end: int
    action: Action
    key: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import keeps: the pieces, sorted and without doubles, and sums for the status. No text of any event."""

    name: str
    zone: str
    pieces: list[Piece]
    events_read: int
    occurrences: int
    ignored: dict[str, int]
    """Reason in words → how many occurrences."""
    problems: list[Problem]
    digest: Digest
    kept: frozenset[bytes]
    """Keys of what was not read again, since it is what it was: the pieces made of it before still hold."""


def weigh(reading: Reading, rules: Rules) -> Iterator[tuple[Occurrence, Decision]]:
    """Every occurrence with its decision, in the order of the reading. Each event is decided once."""
    known: dict[tuple[int, bool], Decision] = {}
    for occurrence in reading.occurrences:
        event = occurrence.event
        which = id(event), occurrence.all_day
        decision = known.get(which)
        if decision is None:
            decision = known[which] = decide(event, rules, all_day=occurrence.all_day)
        if decision.action is not None and occurrence.end <= occurrence.start:
            decision = NO_LENGTH
        yield occurrence, decision


def conclude(changes: Changes, rules: Rules) -> Outcome:
    """What was read comes to this under `rules`."""
    reading = changes.reading
    pieces: set[Piece] = set()
    ignored: Counter[str] = Counter()
    keys: dict[str, bytes] = {}
    for occurrence, decision in weigh(reading, rules):
        if decision.action is None:
            ignored[decision.reason] += 1
            continue
        uid = occurrence.event.uid
        key = keys.get(uid) or keys.setdefault(uid, key_of(uid))
        pieces.add(Piece(occurrence.start, occurrence.end, decision.action, key))
    return Outcome(
        name=reading.name,
        zone=reading.zone,
        pieces=sorted(pieces),
        events_read=reading.events_read,
        occurrences=len(reading.occurrences),
        ignored=dict(ignored),
        problems=reading.problems,
        digest=changes.digest,
        kept=changes.kept,
    )
