"""What a draft could not keep, a sentence each: gaps, limits, stale calendars, preferences, short notice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.planning.breaches import Breach
from oncall_ui.domain.schedules.planning.problem import Apart, Group, Limit, Most, Per, Rest, Slot
from oncall_ui.services.schedules.drafts.review import Review
from oncall_ui.services.schedules.drafts.views import DraftSlot
from pages.schedules.draft.slots import People, key_of
from pages.schedules.draft.words import listed
from pages.schedules.plan.shift import role_words, span_words
from pages.widgets.dates import count, day_words, short_day

Row = dict[str, Any]
HOUR = timedelta(hours=1)
MOST_DAYS = 4


def compromise_rows(review: Review, people: People, zone: ZoneInfo, now: datetime) -> list[Row]:
    """The worst first. `icon`, `b` and `small` words, `bad`, and `key` of the slot to be shown, if it is about one."""
    return list(_Compromises(review, people, zone, now).rows())


class _Compromises:
    def __init__(self, review: Review, people: People, zone: ZoneInfo, now: datetime) -> None:
        self._review, self._people, self._zone, self._now = review, people, zone, now
        self._slots = review.draft.slots

    def rows(self) -> Iterator[Row]:
        yield from self._gaps()
        yield from self._limits()
        yield from self._stale()
        yield from self._unknown()
        yield from self._preferences()
        yield from self._soon()
        yield from self._clocks()
        yield from self._lost_pins()
        for sentence in self._review.draft.problems:
            if sentence[:1].isupper():  # the others are about the input as a program writes it
                yield _row("alert", sentence.removesuffix("."), "")

    def _gaps(self) -> Iterator[Row]:
        for slot in self._slots:
            if slot.participant_id is None:
                when = span_words(slot.start, slot.end, self._zone)
                yield _row("alert", f"{role_words(slot.role)}: no one is on call", when, bad=True, key=key_of(slot))

    def _limits(self) -> Iterator[Row]:
        grouped: defaultdict[tuple[int, tuple[str, ...]], list[Breach]] = defaultdict(list)
        for breach in self._review.breaches:
            grouped[id(breach.limit), breach.people].append(breach)
        for (_, ids), breaches in grouped.items():
            names = [self._people.short(int(each)) for each in ids]
            limit = breaches[0].limit
            times = sum(breach.times for breach in breaches)
            yield _row("swap", limit_broken(limit, names, times), self._when(breaches), key=self._first(breaches[0]))

    def _when(self, breaches: Sequence[Breach]) -> str:
        limit = breaches[0].limit
        if isinstance(limit, Rest):
            found = [" and ".join(self._day(start) for start in breach.starts) for breach in breaches]
            return "; ".join(_shortened(found))
        return ", ".join(_shortened([self._day(breach.starts[0]) for breach in breaches]))

    def _first(self, breach: Breach) -> str:
        """The key of a slot that has to do with it."""
        for slot in self._slots:
            if slot.start in breach.starts and (str(slot.participant_id) in breach.people or len(breach.people) != 1):
                return key_of(slot)
        return ""

    def _stale(self) -> Iterator[Row]:
        for holder, slots in self._by_holder(slot for slot in self._slots if slot.unknown and slot.read_at):
            read_at = min(slot.read_at for slot in slots if slot.read_at)
            days = (self._now - read_at).days
            if days:
                words = f"{holder}’s {count(len(slots), 'shift')} rely on data from {count(days, 'day')} ago"
                yield _row("clock", words, "Anything added since then is missing", key=key_of(slots[0]))

    def _unknown(self) -> Iterator[Row]:
        unread = [slot for slot in self._slots if slot.unknown and not slot.read_at]
        far = [slot for slot in self._slots if slot.unknown and slot.read_at and not (self._now - slot.read_at).days]
        for slots, why in ((unread, "No calendar is connected"), (far, "Calendars don’t reach that far yet")):
            found = [f"{holder} ({len(theirs)})" for holder, theirs in self._by_holder(slots)]
            if found:
                yield _row(
                    "clock",
                    f"{count(len(slots), 'shift')} count as open, but nothing is known",
                    why + ": " + listed(found),
                )

    def _preferences(self) -> Iterator[Row]:
        missed = [each for each in self._review.preferences if not each.is_met]
        if not missed:
            return
        days: defaultdict[int, list[str]] = defaultdict(list)
        for each in missed:
            days[each.participant_id].append(short_day(each.start.astimezone(self._zone).date()))
        who = "; ".join(f"{self._people.short(one)}: {', '.join(_shortened(theirs))}" for one, theirs in days.items())
        number = count(len(missed), "preference")
        yield _row("prefer", f"{number} {'is' if len(missed) == 1 else 'are'} not met", who)

    def _soon(self) -> Iterator[Row]:
        notice = self._review.notice_days
        soon = [slot for slot in self._slots if slot.start < self._now + timedelta(days=notice)]
        moved = [slot for slot in soon if slot.participant_id != slot.before]
        if moved:
            words = f"{count(len(moved), 'shift')} would be announced less than {count(notice, 'day')} ahead"
            yield _row("bell", words, ", ".join(_shortened(list(dict.fromkeys(self._day(s.start) for s in moved)))))

    def _clocks(self) -> Iterator[Row]:
        labels = {slot.start: slot.label for slot in self._slots if slot.label}
        for start, label in labels.items():
            yield _row("clock", f"{self._day(start)}: {label}", "")

    def _by_holder(self, slots: Iterable[DraftSlot]) -> Iterator[tuple[str, list[DraftSlot]]]:
        found: defaultdict[int, list[DraftSlot]] = defaultdict(list)
        for slot in slots:
            found[slot.participant_id or 0].append(slot)
        for holder, theirs in sorted(found.items()):
            yield self._people.short(holder), theirs

    def _day(self, at: datetime) -> str:
        day = at.astimezone(self._zone).date()
        return day_words(day, day)

    def _lost_pins(self) -> Iterator[Row]:
        slots = {Slot(slot.start, slot.role) for slot in self._slots}
        lost = sorted(self._review.draft.choices.pinned.keys() - slots, key=lambda slot: (slot.start, slot.role))
        if lost:
            days = ", ".join(_shortened([self._day(slot.start) for slot in lost]))
            yield _row("pin", f"{count(len(lost), 'pin')} left out: there is no such shift any more", days)


def limit_broken(limit: Limit, names: Sequence[str], times: int) -> str:
    """What was broken, by whom and how often: `Bob rests less than 24 h, 3 times`."""
    often = f", {times}\u00a0times" if times > 1 else ""
    who = listed(names)
    if isinstance(limit, Rest):
        return f"{who} rests less than {limit.gap // HOUR}\u00a0h{often}"
    if isinstance(limit, Most):
        shifts = count(times, f"{limit.type} shift" if limit.type else "shift")
        per = {Per.WEEK: "week", Per.MONTH: "month"}.get(limit.per, f"{limit.days} days")
        return f"{who} has {shifts} more than {limit.count} per {per}"
    if isinstance(limit, Apart):
        return f"{who} are on call together{often}"
    if isinstance(limit, Group):
        return f"None of {who} is on call{often}"
    return f"{who} has more than {count(getattr(limit, 'count', 1), 'shift')} in a row{often}"


def _row(icon: str, words: str, small: str, *, bad: bool = False, key: str = "") -> Row:
    return {"icon": icon, "b": words, "small": small, "bad": bad, "key": key}


def _shortened(words: Sequence[str]) -> list[str]:
    more = len(words) - MOST_DAYS
    return [*words[:MOST_DAYS], f"{more} more"] if more > 1 else list(words)
