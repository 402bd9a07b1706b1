"""Shifts of an old rota that are still to come, as pins of a draft: who has one there keeps it here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from oncall_ui.domain.schedules.planning.problem import FillKind, Shift, Slot, Span
from oncall_ui.domain.schedules.rota_import.holding import Held, minutes_in, without_overlaps

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Pins:
    """`kept`: slot → who has it there, for all of it. `cut`: slots that several have there, or somebody in part."""

    kept: Mapping[Slot, int]
    cut: int = 0


def pins_of(entries: Mapping[str, Sequence[Held]], shifts: Sequence[Shift]) -> Pins:
    """By role, in order of who is called first. `shifts` are sorted by start.

    Only slots that a plan decides are pinned, and nobody to two of them at once: their first role wins.
    """
    kept: dict[Slot, int] = {}
    busy: dict[int, list[Span]] = {}
    cut = 0
    for role, theirs in entries.items():
        held, first = without_overlaps(theirs), 0
        for shift in shifts:
            if role not in shift.fills or shift.fills[role].kind is not FillKind.BEST:
                continue
            span = Span(shift.start, shift.end)
            lengths, first = minutes_in(held, first, span)
            whole = [who for who, length in lengths.items() if length == (span.end - span.start) // _TICK]
            if not lengths:
                continue
            if not whole or _is_busy(busy.get(whole[0], ()), span):
                cut += 1
                continue
            kept[Slot(shift.start, role)] = whole[0]
            busy.setdefault(whole[0], []).append(span)
    return Pins(kept, cut)


def _is_busy(spans: Sequence[Span], span: Span) -> bool:
    return any(each.start < span.end and span.start < each.end for each in spans)
