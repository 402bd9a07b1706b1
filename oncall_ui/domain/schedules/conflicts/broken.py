"""Limits that published shifts break now and didn't when somebody gave them: nobody has decided about those.

What a plan breaks is on its review, and what a hand-over breaks is in its price: managers know it. New is what a
limit says that was set afterwards, and what breaks a limit that must never be broken without a plan having done so.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from oncall_ui.domain.schedules.planning.breaches import Breach, Roster, breaches_of, slots_over
from oncall_ui.domain.schedules.planning.problem import FirmLimit, Group, Problem, Slot, Spread, Strength


@dataclass(frozen=True, slots=True)
class Given:
    """When a slot was given to its holder, and whether by a plan."""

    at: datetime
    is_planned: bool


def newly_broken(
    problem: Problem, roster: Roster, since: Mapping[FirmLimit, datetime], given: Mapping[Slot, Given]
) -> dict[Slot, list[Breach]]:
    """The slots that break limits newly. `since` says when each limit was set, `given` has every slot of the roster."""
    found: defaultdict[Slot, list[Breach]] = defaultdict(list)
    for breach in breaches_of(problem, roster):
        if isinstance(breach.limit, Spread):
            continue
        involved = [given[slot] for slot in _involved(breach, roster)]
        if involved and _is_new(breach, since[breach.limit], involved):
            for slot in slots_over([breach], roster):
                found[slot].append(breach)
    return dict(found)


def _involved(breach: Breach, roster: Roster) -> Iterator[Slot]:
    for slot, holder in roster.items():
        if slot.start in breach.starts and (isinstance(breach.limit, Group) or holder in breach.people):
            yield slot


def _is_new(breach: Breach, since: datetime, involved: list[Given]) -> bool:
    newest = max(involved, key=lambda each: each.at)
    is_firm = getattr(breach.limit, "strength", None) is Strength.NEVER
    return since > newest.at or (is_firm and not newest.is_planned)
