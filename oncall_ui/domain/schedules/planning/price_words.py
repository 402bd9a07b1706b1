"""What it would cost if somebody else had a slot, in words. What is said and the verdict come from one comparison."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from oncall_ui.domain.schedules.planning.alternatives import Alternative, Outcome
from oncall_ui.domain.schedules.planning.fact_words import limit_words, points_words
from oncall_ui.domain.schedules.planning.hand_over import Price
from oncall_ui.domain.schedules.planning.result import Stage

A_LITTLE, WORSE = 3, 10
"""Points further from even, up to which a change is a little worse, and worse."""
ALL = "all"
SAID = {
    Stage.BLOCKS: ("more of it blocked", "less of it blocked"),
    Stage.WISHES: ("a preference lost", "a preference met"),
    Stage.COMFORT: ("more close shifts or unknown calendars", "fewer close shifts or unknown calendars"),
}
"""Worse, better."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that would be different, and which way."""

    words: str
    is_worse: bool


def differences(price: Price) -> list[Difference]:
    """Everything that would be different, in the order in which it is said. Comfort only where it is all there is."""
    found = [Difference(limit_words(limit, times), times > 0) for limit, times in price.broken.items()]
    if price.changes.get(Stage.GAPS, 0) < 0:
        found.append(Difference("the gap is filled", False))
    found += [*_stage(price, Stage.BLOCKS), *_fairness(price), *_stage(price, Stage.WISHES)]
    return found or [*_stage(price, Stage.COMFORT)]


def price_words(price: Price) -> str:
    """What is different if only this changes hands: `1 short rest, 0.5 points further from even`."""
    if not price.is_possible:
        return "can’t be in two places"
    return ", ".join(each.words for each in differences(price)) or "no difference"


def grade_words(price: Price) -> str:
    """How much that is: `a little worse`, `breaks a limit`. `better` only where nothing gets worse."""
    if not price.is_possible:
        return "not possible"
    if price.blocked:
        return "is blocked"
    if any(times > 0 for times in price.broken.values()):
        return "breaks a limit"
    return "against the rules" if price.hindrances else _verdict(price)


def _verdict(price: Price) -> str:
    ways = {each.is_worse for each in differences(price)}
    if len(ways) != 1:
        return "better and worse" if ways else "as good"
    if ways == {False}:
        return "better"
    apart = price.apart.get(ALL, Fraction(0))
    if apart > A_LITTLE:
        return "much worse" if apart > WORSE else "worse"
    return "a little worse"


def again_words(found: Alternative) -> str:
    """What a plan with somebody else on the slot would come to, everything else planned again."""
    if found.outcome is Outcome.EQUAL:
        return "an equally good plan exists"
    if found.outcome is Outcome.IMPOSSIBLE:
        return "not possible"
    if found.outcome is Outcome.OPEN or found.stage is None:
        return "as even, preferences not known" if found.stage is Stage.WISHES else "not known, the time was up"
    words = {
        Stage.GAPS: "a shift stays empty",
        Stage.BLOCKS: "somebody is blocked",
        Stage.LIMITS: "a limit breaks",
        Stage.CHANGES: "more published shifts move",
        Stage.FAIRNESS: "less even",
        Stage.WISHES: "fewer preferences met",
    }
    return words.get(found.stage, "a little worse")


def _stage(price: Price, stage: Stage) -> Iterator[Difference]:
    if change := price.changes.get(stage, Fraction(0)):
        worse, better = SAID[stage]
        yield Difference(worse if change > 0 else better, change > 0)


def _fairness(price: Price) -> Iterator[Difference]:
    """The points are those of a bucket that goes the way fairness goes: of all shifts, else the one that moves most."""
    change = price.changes.get(Stage.FAIRNESS, Fraction(0))
    if not change:
        return
    is_worse = change > 0
    for bucket, points in sorted(price.apart.items(), key=lambda each: (each[0] != ALL, -abs(each[1]))):
        rounded = round(points, 1)
        if rounded and (rounded > 0) is is_worse:
            kind = "" if bucket == ALL else f"{bucket.partition(':')[2]} "
            way = "further from" if is_worse else "closer to"
            yield Difference(f"{kind}{points_words(abs(rounded))} {way} even", is_worse)
            return
    yield Difference("a little less even" if is_worse else "a little more even", is_worse)
