"""An example of a schedule, made of the team's calendars as they are: nobody planned it, and it isn't stored."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.spans import AvailabilitySpan
from oncall_ui.domain.schedules.shifts.from_rules import Pattern, generate
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, Rule
from oncall_ui.services.team.grid import TeamMember, TeamView
from pages.schedules.plan.shift import Holder, Mark, PlanSlot

WEEKS = 4
ROLES = ("primary", "secondary")
HANDOFFS = Rule(DAY_SETS["Mon"] | DAY_SETS["Wed"] | DAY_SETS["Fri"], time(10))


def example(team: TeamView, first: date, zone: ZoneInfo) -> list[PlanSlot]:
    """Three shifts a week: each goes to the one who has had the fewest, among those who aren't blocked.

    There are no participants yet; a holder’s id is the member’s.
    """
    shifts = generate(Pattern(zone, ROLES, (HANDOFFS,), first), first, first + timedelta(weeks=WEEKS)).shifts
    colours = {member: colour for colour, member in enumerate(sorted(each.id for each in team.members), 1)}
    held: Counter[int] = Counter()
    slots = []
    for shift in shifts:
        free = [each for each in team.members if not _meets(team, each, Action.BLOCK, shift.start, shift.end)]
        chosen = _fewest(team, free, held, shift.start, shift.end)[: len(ROLES)]
        held.update(member.id for member in chosen)
        for level, role in enumerate(ROLES):
            member = chosen[level] if level < len(chosen) else None
            likes = member is not None and _meets(team, member, Action.PREFER, shift.start, shift.end)
            holder = Holder(member.name, colours[member.id], member.id) if member else None
            marks = frozenset({Mark.WISH} if likes else ())
            slots.append(
                PlanSlot(f"{shift.start.isoformat()}-{role}", shift.start, shift.end, role, level, holder, marks)
            )
    return slots


def example_start(today: date) -> date:
    """A Monday at least a week ahead."""
    soonest = today + timedelta(days=7)
    return soonest + timedelta(days=-soonest.weekday() % 7)


def _fewest(
    team: TeamView, free: Sequence[TeamMember], held: Counter[int], start: datetime, end: datetime
) -> list[TeamMember]:
    """Those who prefer it first where two have had as many."""
    return sorted(free, key=lambda each: (held[each.id], not _meets(team, each, Action.PREFER, start, end), each.id))


def _meets(team: TeamView, member: TeamMember, action: Action, start: datetime, end: datetime) -> bool:
    spans: Sequence[AvailabilitySpan] = team.spans.get(member.id, ())
    return any(span.action is action and span.start < end and span.end > start for span in spans)
