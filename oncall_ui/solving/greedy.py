"""A first roster, shift by shift: the person who costs least now and is furthest below what is due.

A repair starts with what is published and can stay.
"""

from collections.abc import Iterator, Sequence

from oncall_ui.domain.schedules.planning.problem import Task
from oncall_ui.solving.limits import Pick, Rule
from oncall_ui.solving.model import Model, Roster


def first_roster(model: Model) -> Roster:
    """A roster that keeps every hard rule. It may leave slots empty."""
    return _Greedy(model).run()


class _Greedy:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.facts = model.facts
        self.rules: dict[Pick, list[tuple[int, int, Rule]]] = {}
        self.drawn = {person: place for place, person in enumerate(model.drawn)}
        self.used = [0] * len(model.rules)
        for place, rule in enumerate(model.rules):
            for pick, factor in rule.picks.items():
                self.rules.setdefault(pick, []).append((place, factor, rule))
        self.away = {key: round(1000 * (self.facts.carried[key] - due)) for key, due in self.facts.due.items()}
        self.points = [round(1000 * place.points) for place in self.facts.places]
        self.inside = [
            [b for b, members in self.facts.buckets.items() if p in members] for p in range(len(self.facts.places))
        ]

    def run(self) -> Roster:
        roster: list[str | None] = [None] * len(self.facts.places)
        for p, choices in enumerate(self.facts.choices):
            for person, choice in choices.items():
                if choice.given:
                    roster[p] = person
                    self._take((p, person))
        for p, person in self._published(roster):
            if self._fits((p, person)):
                roster[p] = person
                self._take((p, person))
        for p, choices in enumerate(self.facts.choices):
            fitting = [person for person in choices if roster[p] is None and self._fits((p, person))]
            prices = {person: self._price((p, person)) for person in fitting}
            if prices:
                best = min(prices, key=prices.__getitem__)
                roster[p] = best
                self._take((p, best))
        return tuple(roster)

    def _published(self, roster: Sequence[str | None]) -> Iterator[Pick]:
        """Who may keep a slot that a repair starts from, and isn't blocked."""
        problem = self.facts.problem
        for p, place in enumerate(self.facts.places):
            was = problem.published.get(place.slot) if problem.task is Task.REPAIR else None
            choice = self.facts.choices[p].get(was.person) if was is not None else None
            if was is not None and choice is not None and not choice.block_cost and roster[p] is None:
                yield p, was.person

    def _fits(self, pick: Pick) -> bool:
        return all(
            not rule.hard or factor <= 0 or self.used[place] + factor <= rule.most
            for place, factor, rule in self.rules.get(pick, ())
        )

    def _price(self, pick: Pick) -> tuple[int, int, int, int, int]:
        p, person = pick
        choice = self.facts.choices[p][person]
        breaks = 0
        for place, factor, rule in self.rules.get(pick, ()):
            if not rule.hard:
                breaks += max(0, self.used[place] + factor - rule.most) - max(0, self.used[place] - rule.most)
        points = self.points[p]
        unfair = sum((2 * self.away[person, bucket] + points) * points for bucket in self.inside[p])
        return choice.block_cost, breaks, unfair, -choice.wish, self.drawn[person]

    def _take(self, pick: Pick) -> None:
        p, person = pick
        for place, factor, _ in self.rules.get(pick, ()):
            self.used[place] += factor
        for bucket in self.inside[p]:
            self.away[person, bucket] += self.points[p]
