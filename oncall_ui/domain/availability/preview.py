"""What an import of a calendar would bring, for every way of counting it at once. Shown to its owner, never kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from oncall_ui.domain.availability.evaluate import weigh
from oncall_ui.domain.availability.rules import EVERY, NOT_YOURS, Action, Decision, Mode, Rules
from oncall_ui.domain.availability.text import title_line
from oncall_ui.domain.availability.unknown_address import Stranger, stranger_in
from oncall_ui.domain.imports.events import Event, Occurrence, Reading

FIRST = 50
"""How many of those that count are told one by one."""
EXAMPLES = 25
"""How many of those that don't are, for each reason."""
AGAIN = Decision(None, "the same event a second time")


class Way(NamedTuple):
    """How the events of a calendar count."""

    mode: Mode
    counts_free: bool = False
    counts_all_day: bool = True


WEIGHED = (Way(Mode.MATCHING), *(Way(Mode.BLOCK, free, all_day) for free in (False, True) for all_day in (False, True)))
"""All that differ in what counts: `matching` heeds neither switch, and what `prefer` counts is what `block` does."""


class Entry(NamedTuple):
    """One occurrence as its owner is shown it; `start` and `end` are seconds since 1970 UTC, end exclusive."""

    title: str
    start: int
    end: int
    all_day: bool


class Counting(NamedTuple):
    """One that would count, as what and why."""

    entry: Entry
    action: Action
    reason: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """How many would not count for one reason, the first of them, and the address that would change it if trusted."""

    reason: str
    number: int
    examples: tuple[Entry, ...]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one way of counting comes to: `number` of `occurrences` count, `counting` are the first of them."""

    occurrences: int
    number: int
    counting: tuple[Counting, ...]
    ignored: tuple[Ignored, ...]
    """Most frequent first; an address that could be trusted last, as it is a question."""


class _Span(NamedTuple):
    start: int
    end: int
    action: Action
    uid: str


class _Reason(NamedTuple):
    words: str
    address: str = ""


def foresee(reading: Reading, rules: Rules, others: frozenset[str] = frozenset()) -> dict[Way, Forecast]:
    """By each of WEIGHED. Of `rules` the addresses and tags decide; `others` are known to be somebody else's."""
    stranger = stranger_in(_unknown(reading, rules), others)
    entries = _Entries(reading.occurrences)
    return {way: _forecast(reading, _under(rules, way), stranger, entries) for way in WEIGHED}


def under(forecasts: Mapping[Way, Forecast], way: Way) -> Forecast:
    """The one for `way`, of what `foresee` returned."""
    if way.mode is Mode.MATCHING:
        return forecasts[Way(Mode.MATCHING)]
    found = forecasts[way._replace(mode=Mode.BLOCK)]
    if way.mode is Mode.BLOCK:
        return found
    return replace(found, counting=tuple(_as_every(each, way.mode) for each in found.counting))


def _as_every(counting: Counting, mode: Mode) -> Counting:
    return counting._replace(action=Action(mode), reason=EVERY[mode].reason)


def _under(rules: Rules, way: Way) -> Rules:
    return replace(rules, mode=way.mode, counts_free=way.counts_free, counts_all_day=way.counts_all_day)


def _unknown(reading: Reading, rules: Rules) -> list[tuple[Event, int]]:
    """Invitations of which nobody known as the member organised or accepted, and how often each occurs."""
    times = Counter(id(occurrence.event) for occurrence, decision in weigh(reading, rules) if decision is NOT_YOURS)
    events = {id(occurrence.event): occurrence.event for occurrence in reading.occurrences}
    return [(events[which], number) for which, number in times.items()]


def _forecast(reading: Reading, rules: Rules, stranger: Stranger, entries: "_Entries") -> Forecast:
    met: set[_Span] = set()
    counting: list[Counting] = []
    numbers: Counter[_Reason] = Counter()
    examples: dict[_Reason, list[Entry]] = {}
    for place, (occurrence, weighed) in enumerate(weigh(reading, rules)):
        decision = _once(occurrence, weighed, met)
        if decision.action is not None:
            if len(counting) < FIRST:
                counting.append(Counting(entries[place], decision.action, decision.reason))
            continue
        reason = _reason(occurrence.event, decision, stranger)
        numbers[reason] += 1
        if numbers[reason] <= EXAMPLES:
            examples.setdefault(reason, []).append(entries[place])
    ignored = sorted(numbers, key=lambda reason: (reason.address, -numbers[reason], reason.words))
    return Forecast(
        occurrences=len(reading.occurrences),
        number=len(reading.occurrences) - numbers.total(),
        counting=tuple(counting),
        ignored=tuple(Ignored(each.words, numbers[each], tuple(examples[each]), each.address) for each in ignored),
    )


def _once(occurrence: Occurrence, decision: Decision, met: set[_Span]) -> Decision:
    """An import keeps a span of an event once, however often it is listed."""
    if decision.action is None:
        return decision
    span = _Span(occurrence.start, occurrence.end, decision.action, occurrence.event.uid)
    if span in met:
        return AGAIN
    met.add(span)
    return decision


def _reason(event: Event, decision: Decision, stranger: Stranger) -> _Reason:
    if decision is NOT_YOURS and id(event) in stranger.events:
        return _Reason(f"{stranger.did} by {stranger.address}: not one of your addresses", stranger.address)
    return _Reason(decision.reason)


class _Entries:
    """Each occurrence is made presentable once, however many ways show it."""

    def __init__(self, occurrences: Sequence[Occurrence]) -> None:
        self._occurrences = occurrences
        self._made: dict[int, Entry] = {}

    def __getitem__(self, place: int) -> Entry:
        if place not in self._made:
            occurrence = self._occurrences[place]
            line = title_line(occurrence.event)
            self._made[place] = Entry(line, occurrence.start, occurrence.end, occurrence.all_day)
        return self._made[place]
