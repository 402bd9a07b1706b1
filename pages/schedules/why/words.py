"""The words of the shift dialog: the question, the answer, and everybody with reason and price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.wording import MONTHS, WEEKDAYS, moment_of
from oncall_ui.domain.schedules.plan_states import AssignmentCause
from oncall_ui.domain.schedules.planning.price_words import differences, grade_words, price_words
from oncall_ui.domain.schedules.planning.reasons import fact_words
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.services.schedules.drafts.why import Origin, Why, WhyCandidate
from pages.schedules.plan.shift import NOBODY, role_words
from pages.widgets.dates import clock, count
from pages.widgets.people import initials, mark_classes

DECIDED = {
    Stage.GAPS: "With anyone else another shift stays empty.",
    Stage.BLOCKS: "Everyone else is blocked for more of it.",
    Stage.LIMITS: "With anyone else a limit breaks.",
    Stage.FAIRNESS: "With anyone else the shares are less even.",
    Stage.WISHES: "With anyone else fewer preferences are met.",
    Stage.COMFORT: "Everyone else has a shift close to it, or calendars that don’t say.",
}
CAUSES = {
    AssignmentCause.PLAN: "Published",
    AssignmentCause.REPAIR: "Changed by a fix",
    AssignmentCause.HAND: "Handed over",
    AssignmentCause.SWAP: "Swapped",
    AssignmentCause.COVER: "Taken as cover",
    AssignmentCause.LEFT: "Given up on leaving",
}


@dataclass(frozen=True, slots=True)
class ShownCandidate:
    """`again`: what it would cost if everything were planned again, once that is known."""

    id: int
    name: str
    mark: str
    is_me: bool
    is_holder: bool
    reason: str
    cost: str
    grade: str
    can_take: bool
    is_against: bool
    """Whether something rules it out: shown grey."""
    again: str = ""

    @property
    def initials(self) -> str:
        return initials(self.name)


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the dialog says."""

    heading: str
    lead: str
    candidates: tuple[ShownCandidate, ...]
    origin: str
    """How it came to be so; empty for drafts."""


def shown_of(why: Why, me: int | None, zone: ZoneInfo) -> Shown:
    """`me` is the participant who reads, if they are one."""
    return Shown(
        heading=f"Why {_whose(why, me)}, {days_words(why.start, why.end, zone)}?",
        lead=f"{_facts(why, zone)} {_answer(why)}",
        candidates=tuple(_candidate(each, me, zone) for each in why.candidates),
        origin=origin_words(why.origin, zone) if why.origin else "",
    )


def days_words(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """`Fri 4 to Mon 7 Dec`, on one day `Fri 4 Dec`."""
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    until = f"{WEEKDAYS[last.weekday()]} {last.day} {MONTHS[last.month - 1]}"
    if first == last:
        return until
    month = "" if first.month == last.month else f" {MONTHS[first.month - 1]}"
    return f"{WEEKDAYS[first.weekday()]} {first.day}{month} to {until}"


def origin_words(origin: Origin, zone: ZoneInfo) -> str:
    """`Published with plan 3 by Alice Moreno, Tue 24 Nov, 09:12.`"""
    plan = f" with plan {origin.plan}" if origin.plan else ""
    by = f" by {origin.by}" if origin.by else ""
    return f"{CAUSES[origin.cause]}{plan}{by}, {moment_of(origin.at, zone)}."


def _whose(why: Why, me: int | None) -> str:
    holder = why.holder
    if holder is None:
        return NOBODY
    return "you" if holder.participant_id == me else holder.name


def _facts(why: Why, zone: ZoneInfo) -> str:
    start, end = why.start.astimezone(zone), why.end.astimezone(zone)
    day = "" if start.date() == end.date() else f"{WEEKDAYS[end.weekday()]} "
    when = f"{WEEKDAYS[start.weekday()]} {clock(why.start, zone)} to {day}{clock(why.end, zone)}"
    words = [role_words(why.role), when, why.type, count(why.points, "point"), *([why.label] if why.label else [])]
    return f"{', '.join(words)}."


def _answer(why: Why) -> str:
    others = [each for each in why.candidates if each.price is not None and each.price.is_possible]
    if why.holder is None:
        return _of_gap(others)
    if not others:
        return "Nobody else could have it."
    best = others[0]
    changes = {} if best.price is None else best.price.changes
    stage = next((stage for stage in changes if stage is not Stage.CHANGES), None)
    if stage is None:
        return f"{best.name} would be just as good."
    if changes[stage] > 0:
        return DECIDED[stage]
    ways = "better and worse" if best.price and any(each.is_worse for each in differences(best.price)) else "better"
    return f"As things are now, {best.name} would be {ways}."


def _of_gap(others: Sequence[WhyCandidate]) -> str:
    free = [each for each in others if not _is_against(each)]
    if not free:
        return "Nobody can have it without a block or a broken limit."
    return f"{free[0].name} could take it."


def _candidate(each: WhyCandidate, me: int | None, zone: ZoneInfo) -> ShownCandidate:
    price = each.price
    return ShownCandidate(
        id=each.participant_id,
        name=each.name,
        mark=mark_classes(each.colour),
        is_me=each.participant_id == me,
        is_holder=each.is_holder,
        reason="; ".join(fact_words(fact, zone) for fact in each.facts),
        cost=price_words(price) if price else "has it",
        grade=grade_words(price) if price else "",
        can_take=each.can_take,
        is_against=_is_against(each),
    )


def _is_against(each: WhyCandidate) -> bool:
    price = each.price
    return price is not None and bool(price.hindrances or price.blocked or any(n > 0 for n in price.broken.values()))
