"""Who could have a slot of a draft instead, with all that managers weigh: facts, limits, and fairness in points."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.breaches import Breach, Roster, breaches_of
from oncall_ui.domain.schedules.hand_over import Price, price_of, prices_of
from oncall_ui.domain.schedules.judge import Judge
from oncall_ui.domain.schedules.problem import Problem, Slot
from oncall_ui.errors import NotAllowed, PlanNotReady
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.schedules.drafts import draft_of
from oncall_ui.services.schedules.results import roster_of, slots_of, stored_problem

COUNT_AGAIN = "This draft has nothing to count with. Plan it again."


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who isn't the holder; `price.person` None: the slot is left empty.

    `broken` are limits that would be broken then and aren't now, `kept` those that would be kept again.
    `uneven` is how many points further from even the plan would be: below zero, it gets fairer.
    """

    price: Price
    broken: tuple[Breach, ...]
    kept: tuple[Breach, ...]
    uneven: Fraction


def read_candidates(
    app: App, member_id: int, schedule_id: int, number: int, start: datetime, role: str
) -> tuple[Candidate, ...]:
    """Who could have it first, the cheapest first; leaving it empty comes last. Only this slot would change hands.

    Raises NotAllowed unless the member manages the schedule, and PlanNotReady.
    """
    slot = Slot(start, role)
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = draft_of(session, schedule_id, number)
        rows = slots_of(session, plan)
        if not any((row.shift_start, row.role) == (start, role) for row in rows):
            raise NotAllowed
        problem, roster = stored_problem(session, plan.id or 0), roster_of(rows)
    if problem is None:
        raise PlanNotReady(COUNT_AGAIN)
    return _Reader(problem, roster, slot).read()


class _Reader:
    def __init__(self, problem: Problem, roster: Roster, slot: Slot) -> None:
        self._problem, self._roster, self._slot = problem, roster, slot
        self._judge = Judge(problem)
        self._breaches = Counter(breaches_of(problem, roster))
        self._uneven = self._points_apart(roster)

    def read(self) -> tuple[Candidate, ...]:
        found = [*prices_of(self._problem, self._roster, self._slot)]
        if self._slot in self._roster:
            found.append(price_of(self._problem, self._roster, self._slot, None))
        return tuple(self._candidate(price) for price in found)

    def _candidate(self, price: Price) -> Candidate:
        after = {slot: holder for slot, holder in self._roster.items() if slot != self._slot}
        if price.person is not None:
            after[self._slot] = price.person
        breaches = Counter(breaches_of(self._problem, after))
        return Candidate(
            price,
            tuple((breaches - self._breaches).elements()),
            tuple((self._breaches - breaches).elements()),
            self._points_apart(after) - self._uneven,
        )

    def _points_apart(self, roster: Roster) -> Fraction:
        """Points in the wrong hands: what would have to move for everybody to have their fair share."""
        accounts = self._judge.accounts(roster)
        balances = [
            person.carried.get("all", Fraction(0)) + done - due
            for person in self._problem.people
            for due, done, _ in [accounts[person.id, "all"]]
        ]
        return sum((abs(balance) for balance in balances), Fraction(0)) / 2
