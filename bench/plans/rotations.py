"""Two planners in common use, as yardsticks: round robin and longest since the last shift."""

from bench.plans.team import Roster, Team
from oncall_ui.domain.schedules.planning.problem import Person, Slot


def round_robin(team: Team) -> Roster:
    """One fixed order for each type of shift and role; the next one takes the shift, blocked or not.

    The second role starts one person further on.
    """
    people = list(team.people.values())
    turn: dict[tuple[str, str], int] = {}
    roster: dict[Slot, str] = {}
    for slot in team.slots:
        key = team.shift(slot).type, slot.role
        place = turn.setdefault(key, team.problem.roles.index(slot.role))
        order = [people[(place + further) % len(people)] for further in range(len(people))]
        for further, person in enumerate(order):
            if team.belongs(slot, person):
                roster[slot] = person.id
                turn[key] = place + further + 1
                break
    return roster


def longest_since(team: Team) -> Roster:
    """In each role, the free person who hasn't had it for longest. Where nobody is free, the slot stays empty."""
    return _longest_since(team, by_role=True)


def longest_since_any(team: Team) -> Roster:
    """The same over all roles together: a shift in either role counts."""
    return _longest_since(team, by_role=False)


def _longest_since(team: Team, *, by_role: bool) -> Roster:
    last: dict[tuple[str, str], int] = {}
    roster: dict[Slot, str] = {}
    for number, slot in enumerate(team.slots):
        role = slot.role if by_role else ""
        free = [person.id for person in team.people.values() if _is_free(team, roster, slot, person)]
        if free:
            chosen = min(free, key=lambda person: last.get((role, person), -1))
            roster[slot] = chosen
            last[role, chosen] = number
    return roster


def _is_free(team: Team, roster: Roster, slot: Slot, person: Person) -> bool:
    holders = {roster.get(Slot(slot.start, role)) for role in team.problem.roles}
    return team.belongs(slot, person) and not team.blocked(slot, person.id) and person.id not in holders
