"""What a rota would add to the ledger of a schedule, within the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.domain.schedules.ledger.lines import Entry
from oncall_ui.domain.schedules.membership import Period
from oncall_ui.domain.schedules.planning.problem import Shift, Span
from oncall_ui.domain.schedules.rota_import.holding import Held
from oncall_ui.domain.schedules.rota_import.opening import SlotOf, Usual, history_of, slots_of
from oncall_ui.domain.schedules.rota_import.rota import Rota
from oncall_ui.services.schedules.ledger.lines import shares_on
from oncall_ui.services.schedules.rota_import.basis import Basis
from oncall_ui.services.schedules.rota_import.names import Choices

MONTHS = (3, 6, 12)
LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Counted:
    """`wanted` is what the history counts, `written` what the ledger says of the same time and roles so far."""

    wanted: Mapping[SlotOf, Mapping[int, Entry]]
    written: Mapping[SlotOf, Mapping[int, Entry]]
    span: Span
    """From when to when it counts."""
    overlaps: bool
    is_guessed: bool
    """Whether it isn't agreed who was on the team then."""


def counted(basis: Basis, rota: Rota, meant: Mapping[str, int], choices: Choices, at: datetime) -> Counted:
    """`meant`: key of a name → who. Shifts count that have begun by `at`.

    Raises InvalidInput where the rules of the schedule allow none.
    """
    covered = _covered(rota, choices, basis.roles, at)
    whole = _around(covered.values(), at)
    entries = entries_by_role(rota, meant, choices, basis.roles, before=at)
    history = history_of(entries, basis.published(whole))
    span = Span(max(whole.start, counted_from(basis.zone, choices.months, at)), whole.end)
    usual = _Usual(basis.periods, basis.zone)
    how = Usual(basis.role_points, usual.shares, usual.share_on(at))
    slots = slots_of(history, _shifts(basis, span, at), how)
    wanted = {slot: entries for slot, entries in slots.items() if _is_in(covered, slot.role, slot.at)}
    written = {slot: each for slot, each in basis.written(covered).items() if _is_in(covered, slot.role, slot.at)}
    return Counted(wanted, written, span, history.overlaps, usual.is_missing)


def counted_from(zone: ZoneInfo, months: int, at: datetime) -> datetime:
    """Midnight of the same day so many months ago."""
    day = at.astimezone(zone).date()
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return start_of_day(date(year, month + 1, min(day.day, 28)), zone)


def entries_by_role(
    rota: Rota, meant: Mapping[str, int], choices: Choices, roles: tuple[str, ...], *, before: datetime
) -> dict[str, list[Held]]:
    """Of those who count, as far as they begin before that."""
    found: dict[str, list[Held]] = {}
    for entry in rota.entries:
        role = entry.role or choices.role or roles[0]
        if role in roles and entry.who.key in meant and entry.start < before:
            found.setdefault(role, []).append(Held(entry.start, entry.end, meant[entry.who.key]))
    return found


def _covered(rota: Rota, choices: Choices, roles: tuple[str, ...], at: datetime) -> dict[str, Span]:
    """Role → the time the rota says something about, also of people who don't count."""
    found: dict[str, Span] = {}
    for entry in rota.entries:
        role = entry.role or choices.role or roles[0]
        if role in roles and at - LONGEST < entry.end and entry.start < at:
            was = found.get(role, Span(entry.start, entry.end))
            found[role] = Span(min(was.start, entry.start), max(was.end, entry.end))
    return found


def _around(spans: Collection[Span], at: datetime) -> Span:
    return Span(min((each.start for each in spans), default=at), max((each.end for each in spans), default=at))


def _is_in(covered: Mapping[str, Span], role: str, at: datetime) -> bool:
    """Whether the rota says something about a slot that starts at `at`."""
    return role in covered and covered[role].start <= at < covered[role].end


def _shifts(basis: Basis, span: Span, at: datetime) -> list[Shift]:
    """Those that begin in the span and have begun. One that began before it counts in an earlier import, if at all."""
    if span.start >= min(span.end, at):
        return []
    first, last = span.start.astimezone(basis.zone).date(), min(span.end, at).astimezone(basis.zone).date()
    found = basis.shifts(first, last + timedelta(days=1))
    return [shift for shift in found if span.start <= shift.start < min(span.end, at)]


class _Usual:
    """Who owes a part of a slot, as agreed. Notes where nothing is."""

    def __init__(self, periods: Mapping[int, Sequence[Period]], zone: ZoneInfo) -> None:
        self._periods, self._zone = periods, zone
        self.is_missing = False

    def shares(self, at: datetime, role: str) -> dict[int, int]:
        found = shares_on(self._periods, at.astimezone(self._zone).date(), role)
        self.is_missing = self.is_missing or not found
        return found

    def share_on(self, at: datetime) -> dict[int, int]:
        """Percent agreed for that day, else for the next one there is."""
        day = at.astimezone(self._zone).date()
        ends = {
            who: [each for each in theirs if each.to_day is None or each.to_day > day]
            for who, theirs in self._periods.items()
        }
        return {who: theirs[0].terms.share for who, theirs in ends.items() if theirs and not theirs[0].terms.is_paused}
