"""What an import of a calendar would bring, in every counting mode at once. Shown to its owner, never stored."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import Day, DayState, days_of
from oncall_ui.domain.availability.evaluate import classify
from oncall_ui.domain.availability.reasons import Reason, words_of
from oncall_ui.domain.availability.rules import EVERY, Action, Decision, Mode, Rules
from oncall_ui.domain.availability.spans import AvailabilitySpan
from oncall_ui.domain.availability.text import title_line
from oncall_ui.domain.availability.unknown_address import LikelyOwnAddress, likely_own_address
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.imports.events import Event, Occurrence, Reading

FIRST = 50
"""How many of those that count are listed."""
EXAMPLES = 25
"""How many of those that don't count are listed, for each reason."""

PREFERRED = {DayState.BLOCKED: DayState.PREFERRED, DayState.BLOCKED_IN_PART: DayState.PREFERRED_IN_PART}


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


class PreviewedEvent(NamedTuple):
    """One event as its owner sees it, at the first occurrence that is meant; times are seconds since 1970 UTC.

    `end` is exclusive. `times` of its `occurrences` within the window are meant: those that count, or all of them.
    """

    title: str
    start: int
    end: int
    all_day: bool
    times: int = 1
    occurrences: int = 1


class Counting(NamedTuple):
    """One that would count, as what and why."""

    event: PreviewedEvent
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
    examples: tuple[PreviewedEvent, ...]
    address: str = ""

    @property
    def words(self) -> str:
        """The reason as a person reads it, in the plural for several."""
        return words_of(self.reason, self.address, several=self.number > 1)


@dataclass(frozen=True, slots=True)
class Preview:
    """An import in one counting mode: `number` of `events` would count, `counting` are the first of them.

    A series is one event. It counts if at least one of its occurrences within the window does.
    """

    events: int
    number: int
    spans: int
    """How many spans the import would store: one for each occurrence that counts."""
    counting: tuple[Counting, ...]
    ignored: tuple[Ignored, ...]
    """Most frequent first; those with an address last, since they ask a question."""
    days: tuple[Day, ...] = ()
    """The days of the window, with what would count on them."""


class _Stored(NamedTuple):
    """What an import stores once, however often it is listed."""

    start: int
    end: int
    action: Action
    uid: str


def preview_modes(
    reading: Reading, rules: Rules, window: Window, zone: ZoneInfo, others: frozenset[str] = frozenset()
) -> dict[CountingMode, Preview]:
    """One for each of PREVIEWED_MODES. Addresses and tags come from `rules`; `others` belong to other members.

    The days of each preview are those of `window` in `zone`.
    """
    likely = likely_own_address(_invitations_of_others(reading, rules), others)
    events = _Events(reading.occurrences)
    return {
        mode: _Evaluation(reading, _with_mode(rules, mode), likely).preview(events, window, zone)
        for mode in PREVIEWED_MODES
    }


def preview_for(previews: Mapping[CountingMode, Preview], mode: CountingMode) -> Preview:
    """The one for `mode`, from what `preview_modes` returned."""
    if mode.mode is Mode.MATCHING:
        return previews[CountingMode(Mode.MATCHING)]
    found = previews[mode._replace(mode=Mode.BLOCK)]
    if mode.mode is Mode.BLOCK:
        return found
    reason = EVERY[mode.mode].reason
    return replace(
        found,
        counting=tuple(each._replace(action=Action.PREFER, reason=reason) for each in found.counting),
        days=tuple(_preferred(day) for day in found.days),
    )


def _preferred(day: Day) -> Day:
    """A day on which what blocks would be preferred instead."""
    segments = tuple(each._replace(action=Action.PREFER) for each in day.segments)
    return replace(day, segments=segments, state=PREFERRED.get(day.state, day.state))


def _with_mode(rules: Rules, mode: CountingMode) -> Rules:
    return replace(rules, mode=mode.mode, counts_free=mode.counts_free, counts_all_day=mode.counts_all_day)


def _invitations_of_others(reading: Reading, rules: Rules) -> list[tuple[Event, int]]:
    """Those no trusted address organised or was invited to, with the number of their occurrences."""
    times = Counter(
        id(occurrence.event) for occurrence, decision in classify(reading, rules) if decision.reason is Reason.NOT_YOURS
    )
    events = {id(occurrence.event): occurrence.event for occurrence in reading.occurrences}
    return [(events[which], number) for which, number in times.items()]


class _Evaluation:
    """Every occurrence of a reading under one set of rules: what would be stored, and why the rest wouldn't."""

    def __init__(self, reading: Reading, rules: Rules, likely: LikelyOwnAddress) -> None:
        self._likely = likely
        self._stored: set[_Stored] = set()
        self._decisions = [self._decide(occurrence, decision) for occurrence, decision in classify(reading, rules)]

    def preview(self, events: "_Events", window: Window, zone: ZoneInfo) -> Preview:
        counting: list[Counting] = []
        examples: dict[Reason, list[PreviewedEvent]] = {}
        numbers: Counter[Reason] = Counter()
        number = 0
        for event in events:
            places = [place for place in event if self._decisions[place].action]
            if places and (action := (first := self._decisions[places[0]]).action):
                number += 1
                if len(counting) < FIRST:
                    counting.append(Counting(events.shown(event, places), action, first.reason, first.tag))
                continue
            reason = self._most_frequent(event)
            numbers[reason] += 1
            if numbers[reason] <= EXAMPLES:
                examples.setdefault(reason, []).append(events.shown(event, event))
        return Preview(
            events=len(events),
            number=number,
            spans=len(self._stored),
            counting=tuple(counting),
            ignored=self._ignored(numbers, examples),
            days=self._days(window, zone),
        )

    def _decide(self, occurrence: Occurrence, decision: Decision) -> Decision:
        """As an import decides, which stores a span once however often it is listed."""
        if decision.action is None:
            is_likely = decision.reason is Reason.NOT_YOURS and id(occurrence.event) in self._likely.events
            return Decision(None, self._likely.reason) if is_likely else decision
        span = _Stored(occurrence.start, occurrence.end, decision.action, occurrence.event.uid)
        if span in self._stored:
            return Decision(None, Reason.REPEATED)
        self._stored.add(span)
        return decision

    def _most_frequent(self, event: Sequence[int]) -> Reason:
        """Why most of its occurrences don't count."""
        if len(event) == 1:
            return self._decisions[event[0]].reason
        return Counter(self._decisions[place].reason for place in event).most_common(1)[0][0]

    def _ignored(
        self, numbers: Counter[Reason], examples: Mapping[Reason, Sequence[PreviewedEvent]]
    ) -> tuple[Ignored, ...]:
        asked, address = (self._likely.reason, self._likely.address) if self._likely.address else (None, "")
        ordered = sorted(numbers, key=lambda reason: (reason is asked, -numbers[reason], words_of(reason)))
        return tuple(
            Ignored(each, numbers[each], tuple(examples[each]), address if each is asked else "") for each in ordered
        )

    def _days(self, window: Window, zone: ZoneInfo) -> tuple[Day, ...]:
        first, end = window.start.astimezone(zone).date(), window.end.astimezone(zone).date()
        spans = [_within(window, span) for span in self._stored]
        # Everything in the window has just been read, so no day of it is unknown.
        found = days_of(spans, first, (end - first).days, today=first, zone=zone, known_until=date.max)
        return tuple(found)


def _within(window: Window, span: _Stored) -> AvailabilitySpan:
    # Cut as numbers: the very first and last years have no datetime.
    low, high = int(window.start.timestamp()), int(window.end.timestamp())
    start, end = (datetime.fromtimestamp(min(max(each, low), high), UTC) for each in (span.start, span.end))
    return AvailabilitySpan(start, end, span.action)


class _Events:
    """The events of a reading, each as the places of its occurrences, in the order of their first one.

    An event is what shares a UID: a series and its changed instances. Without a UID each is its own.
    """

    def __init__(self, occurrences: Sequence[Occurrence]) -> None:
        self._occurrences = occurrences
        self._titles: dict[int, str] = {}
        places: dict[str | int, list[int]] = {}
        for place, occurrence in enumerate(occurrences):
            places.setdefault(occurrence.event.uid or id(occurrence.event), []).append(place)
        self._events = list(places.values())

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[list[int]]:
        return iter(self._events)

    def shown(self, event: Sequence[int], places: Sequence[int]) -> PreviewedEvent:
        """The event at the first of `places`, which are some of its occurrences."""
        first = self._occurrences[places[0]]
        title = self._titles.get(id(first.event))
        if title is None:
            title = self._titles[id(first.event)] = title_line(first.event)
        return PreviewedEvent(title, first.start, first.end, first.all_day, len(places), len(event))
