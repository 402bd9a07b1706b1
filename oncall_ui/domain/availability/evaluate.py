"""What of a reading counts, as what, and why the rest doesn't."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Action, Decision, Rules, decide
from oncall_ui.domain.ical import Changes, Digest, key_of
from oncall_ui.domain.imports.events import Occurrence, Problem, Reading


class KeyedSpan(NamedTuple):
    """An availability span as an import stores it; `start` and `end` are seconds since 1970 UTC, end exclusive.

    `key` is a hash of the event's UID, so that a later import can leave alone what did not change.
    """

    start: int
    end: int
    action: Action
    key: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import stores: the spans, sorted and without duplicates, and totals for the status. No event text."""

    name: str
    zone: str
    spans: list[KeyedSpan]
    events_read: int
    occurrences: int
    ignored: dict[Reason, int]
    """How many occurrences did not count, by reason."""
    problems: list[Problem]
    digest: Digest
    events_counted: int | None
    """How many of them count, where every event read is one. None: as many as there are keys among all spans."""
    unchanged: frozenset[bytes]
    """Keys of events that were not read again because they have not changed: their stored spans still hold."""


def classify(reading: Reading, rules: Rules) -> Iterator[tuple[Occurrence, Decision]]:
    """Every occurrence with its decision, in the order of the reading. Each event is decided once."""
    known: dict[tuple[int, bool], Decision] = {}
    for occurrence in reading.occurrences:
        event = occurrence.event
        which = id(event), occurrence.all_day
        decision = known.get(which)
        if decision is None:
            decision = known[which] = decide(event, rules, all_day=occurrence.all_day)
        if decision.action is not None and occurrence.end <= occurrence.start:
            decision = Decision(None, Reason.NO_LENGTH)
        yield occurrence, decision


def evaluate(changes: Changes, rules: Rules) -> Outcome:
    """The availability in what was read, under `rules`."""
    reading = changes.reading
    spans: set[KeyedSpan] = set()
    ignored: Counter[Reason] = Counter()
    keys: dict[str, bytes] = {}
    counting: set[int] = set()
    for occurrence, decision in classify(reading, rules):
        if decision.action is None:
            ignored[decision.reason] += 1
            continue
        counting.add(id(occurrence.event))
        uid = occurrence.event.uid
        key = keys.get(uid) or keys.setdefault(uid, key_of(uid))
        spans.add(KeyedSpan(occurrence.start, occurrence.end, decision.action, key))
    return Outcome(
        name=reading.name,
        zone=reading.zone,
        spans=sorted(spans),
        events_read=reading.events_read if changes.events is None else changes.events,
        events_counted=len(counting) if changes.events is None else None,
        occurrences=len(reading.occurrences),
        ignored=dict(ignored),
        problems=reading.problems,
        digest=changes.digest,
        unchanged=changes.kept,
    )
