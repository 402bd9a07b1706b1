"""What an import of a calendar would bring, in every counting mode at once. Shown to its owner, never stored."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from oncall_ui.domain.availability.evaluate import classify
from oncall_ui.domain.availability.reasons import Reason, words_of
from oncall_ui.domain.availability.rules import EVERY, Action, Decision, Mode, Rules
from oncall_ui.domain.availability.text import title_line
from oncall_ui.domain.availability.unknown_address import LikelyOwnAddress, likely_own_address
from oncall_ui.domain.imports.events import Event, Occurrence, Reading

FIRST = 50
"""How many of those that count are listed."""
EXAMPLES = 25
"""How many of those that don't count are listed, for each reason."""


class CountingMode(NamedTuple):
    """How the events of a calendar count."""

    mode: Mode
    counts_free: bool = False
    counts_all_day: bool = True


PREVIEWED_MODES = (
    CountingMode(Mode.MATCHING),
    *(CountingMode(Mode.BLOCK, free, all_day) for free in (False, True) for all_day in (False, True)),
)
"""All that differ in what counts: `matching` ignores both switches, `prefer` counts the events that `block` does."""


class PreviewedOccurrence(NamedTuple):
    """One occurrence as its owner sees it; `start` and `end` are seconds since 1970 UTC, end exclusive."""

    title: str
    start: int
    end: int
    all_day: bool


class Counting(NamedTuple):
    """One that would count, as what and why."""

    occurrence: PreviewedOccurrence
    action: Action
    reason: Reason
    tag: str = ""

    @property
    def words(self) -> str:
        """The reason as a person reads it."""
        return words_of(self.reason, self.tag)


@dataclass(frozen=True, slots=True)
class Ignored:
    """How many would not count for one reason, the first of them, and the address that would change it if trusted."""

    reason: Reason
    number: int
    examples: tuple[PreviewedOccurrence, ...]
    address: str = ""

    @property
    def words(self) -> str:
        """The reason as a person reads it, in the plural for several."""
        return words_of(self.reason, self.address, several=self.number > 1)


@dataclass(frozen=True, slots=True)
class Preview:
    """An import in one counting mode: `number` of `occurrences` would count, `counting` are the first of them."""

    occurrences: int
    number: int
    counting: tuple[Counting, ...]
    ignored: tuple[Ignored, ...]
    """Most frequent first; those with an address last, since they ask a question."""


class _Stored(NamedTuple):
    """What an import stores once, however often it is listed."""

    start: int
    end: int
    action: Action
    uid: str


def preview_modes(reading: Reading, rules: Rules, others: frozenset[str] = frozenset()) -> dict[CountingMode, Preview]:
    """One for each of PREVIEWED_MODES. Addresses and tags come from `rules`; `others` belong to other members."""
    likely = likely_own_address(_invitations_of_others(reading, rules), others)
    shown = _Shown(reading.occurrences)
    return {mode: _preview(reading, _with_mode(rules, mode), likely, shown) for mode in PREVIEWED_MODES}


def preview_for(previews: Mapping[CountingMode, Preview], mode: CountingMode) -> Preview:
    """The one for `mode`, from what `preview_modes` returned."""
    if mode.mode is Mode.MATCHING:
        return previews[CountingMode(Mode.MATCHING)]
    found = previews[mode._replace(mode=Mode.BLOCK)]
    if mode.mode is Mode.BLOCK:
        return found
    reason = EVERY[mode.mode].reason
    return replace(found, counting=tuple(each._replace(action=Action.PREFER, reason=reason) for each in found.counting))


def _with_mode(rules: Rules, mode: CountingMode) -> Rules:
    return replace(rules, mode=mode.mode, counts_free=mode.counts_free, counts_all_day=mode.counts_all_day)


def _invitations_of_others(reading: Reading, rules: Rules) -> list[tuple[Event, int]]:
    """Those no trusted address organised or was invited to, with the number of their occurrences."""
    times = Counter(
        id(occurrence.event) for occurrence, decision in classify(reading, rules) if decision.reason is Reason.NOT_YOURS
    )
    events = {id(occurrence.event): occurrence.event for occurrence in reading.occurrences}
    return [(events[which], number) for which, number in times.items()]


def _preview(reading: Reading, rules: Rules, likely: LikelyOwnAddress, shown: "_Shown") -> Preview:
    stored: set[_Stored] = set()
    counting: list[Counting] = []
    numbers: Counter[Reason] = Counter()
    examples: dict[Reason, list[PreviewedOccurrence]] = {}
    for place, (occurrence, classified) in enumerate(classify(reading, rules)):
        decision = _once(occurrence, classified, stored)
        if decision.action is not None:
            if len(counting) < FIRST:
                counting.append(Counting(shown[place], decision.action, decision.reason, decision.tag))
            continue
        reason = _reason(occurrence.event, decision.reason, likely)
        numbers[reason] += 1
        if numbers[reason] <= EXAMPLES:
            examples.setdefault(reason, []).append(shown[place])
    asked = likely.reason if likely.address else None
    ignored = sorted(numbers, key=lambda reason: (reason is asked, -numbers[reason], words_of(reason)))
    return Preview(
        occurrences=len(reading.occurrences),
        number=len(reading.occurrences) - numbers.total(),
        counting=tuple(counting),
        ignored=tuple(
            Ignored(each, numbers[each], tuple(examples[each]), likely.address if each is asked else "")
            for each in ignored
        ),
    )


def _once(occurrence: Occurrence, decision: Decision, stored: set[_Stored]) -> Decision:
    if decision.action is None:
        return decision
    span = _Stored(occurrence.start, occurrence.end, decision.action, occurrence.event.uid)
    if span in stored:
        return Decision(None, Reason.REPEATED)
    stored.add(span)
    return decision


def _reason(event: Event, reason: Reason, likely: LikelyOwnAddress) -> Reason:
    return likely.reason if reason is Reason.NOT_YOURS and id(event) in likely.events else reason


class _Shown:
    """Each occurrence is made presentable once, however many modes show it."""

    def __init__(self, occurrences: Sequence[Occurrence]) -> None:
        self._occurrences = occurrences
        self._made: dict[int, PreviewedOccurrence] = {}

    def __getitem__(self, place: int) -> PreviewedOccurrence:
        if place not in self._made:
            occurrence = self._occurrences[place]
            line = title_line(occurrence.event)
            self._made[place] = PreviewedOccurrence(line, occurrence.start, occurrence.end, occurrence.all_day)
        return self._made[place]
