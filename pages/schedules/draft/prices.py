"""What a hand-over costs, in words: never the plan's own sums."""

from collections.abc import Iterator
from dataclasses import dataclass

from oncall_ui.domain.schedules.hand_over import Hindrance
from oncall_ui.domain.schedules.problem import Apart, Group, Most, Rest, Row
from oncall_ui.domain.schedules.result import Stage
from oncall_ui.services.schedules.candidates import Candidate
from pages.schedules.draft.words import points_words
from pages.widgets.dates import count

HINDRANCES = {
    Hindrance.AT_ONCE: "has another shift at that time",
    Hindrance.NOT_THERE: "isn’t on the schedule for the whole shift",
    Hindrance.PAUSED: "is paused",
    Hindrance.NO_SHARE: "has no share",
    Hindrance.OTHER_ROLE: "doesn’t take this role",
    Hindrance.RULED_OUT: "can’t have this shift, or is excluded",
    Hindrance.BLOCKED: "is blocked, and this schedule never plans that",
}
WHOLE = 1000
MUCH = 2
"""Points further from even that make a plan much worse."""


@dataclass(frozen=True, slots=True)
class Cost:
    """`first` says the most important part of the price, `rest` how bad that is; `why` are the facts."""

    first: str
    rest: str
    why: str


def cost_of(candidate: Candidate) -> Cost:
    parts = list(_parts(candidate))
    return Cost(parts[0] if parts else "same", _verdict(candidate), _why(candidate, parts[1:]))


def cost_words(candidate: Candidate) -> str:
    """Everything in one line: `1 short rest, 0.5 points further from even`."""
    return ", ".join(_parts(candidate)) or "nothing else changes"


def _parts(candidate: Candidate) -> Iterator[str]:
    """The worst first."""
    price = candidate.price
    if price.changes.get(Stage.GAPS, 0) > 0:
        yield "nobody is on call"
    if price.blocked:
        yield f"blocked for {_share(price.blocked)}"
    broken: dict[str, int] = {}
    for breach in candidate.broken:
        broken[_limit(breach.limit)] = broken.get(_limit(breach.limit), 0) + breach.times
    for name, times in broken.items():
        yield count(times, name, _plural(name))
    if candidate.uneven > 0:
        yield f"{points_words(candidate.uneven)} further from even"
    elif price.changes.get(Stage.FAIRNESS, 0) > 0:
        yield "a little less even"
    if price.changes.get(Stage.WISHES, 0) > 0:
        yield "1 preference less"
    if price.changes.get(Stage.CHANGES, 0) > 0:
        yield "1 published shift changes"
    elif price.changes.get(Stage.CHANGES, 0) < 0:
        yield "a published shift stays"
    if candidate.uneven < 0:
        yield f"{points_words(-candidate.uneven)} closer to even"


def _why(candidate: Candidate, rest: list[str]) -> str:
    price = candidate.price
    facts = [HINDRANCES[each] for each in price.hindrances]
    if price.wish > 0:
        facts.append("prefers this")
    if price.unknown and not price.blocked:
        facts.append("nothing is known of that time")
    return ", ".join([*facts, *rest]) or "nothing speaks against it"


def _verdict(candidate: Candidate) -> str:
    price = candidate.price
    if price.hindrances:
        return "can’t" if not price.is_possible else "against the rules"
    if price.changes.get(Stage.GAPS, 0) > 0 or price.blocked:
        return "much worse"
    if candidate.broken:
        return "breaks a limit"
    if candidate.uneven > MUCH:
        return "much worse"
    if candidate.uneven > 0 or any(change > 0 for change in price.changes.values()):
        return "a little worse"
    return "just as good" if not price.changes else "better"


def _share(thousandths: int) -> str:
    return "all of it" if thousandths == WHOLE else f"{max(1, round(thousandths / 10))}\u00a0% of it"


def _limit(limit: object) -> str:
    names = {Rest: "short rest", Most: "shift too many", Row: "shift too many in a row", Apart: "time together"}
    return names.get(type(limit), "shift without its group" if isinstance(limit, Group) else "limit")


def _plural(name: str) -> str:
    first, _, rest = name.partition(" ")
    return {"short rest": "short rests", "time together": "times together"}.get(name, f"{first}s {rest}".strip())
