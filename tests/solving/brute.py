"""Every roster of a small problem, counted with exact fractions from the words of the `plan` format alone."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

Plan = Mapping[str, Any]


@cache
def at(words: str) -> datetime:
    return datetime.fromisoformat(words)


def best_of(plan: Plan, stages: Sequence[str]) -> tuple[Fraction, ...]:
    """The lexicographically least values of `stages` over every roster that is allowed."""
    left, best = list(rosters(plan)), []
    for stage in stages:
        values = [value_of(plan, roster, stage) for roster in left]
        best.append(min(values))
        left = [roster for roster, value in zip(left, values, strict=True) if value == best[-1]]
    return tuple(best)


def rosters(plan: Plan) -> Iterator[tuple[str | None, ...]]:
    """One person or nobody for each (shift, role), in that order."""
    options: list[list[str | None]] = []
    for shift, role in slots(plan):
        options.append([None, *(person["id"] for person in plan["people"] if may(plan, person, shift, role))])
    for roster in itertools.product(*options):
        if allowed(plan, roster):
            yield roster


def slots(plan: Plan) -> list[tuple[Mapping[str, Any], str]]:
    return [(shift, role) for shift in plan["shifts"] for role in plan["roles"]]


def may(plan: Plan, person: Mapping[str, Any], shift: Mapping[str, Any], role: str) -> bool:
    if not Fraction(str(person.get("share", 1))) or (person.get("roles") and role not in person["roles"]):
        return False
    if "joined" in person and at(person["joined"]) > at(shift["start"]):
        return False
    if any(
        one["start"] == shift["start"] and one["role"] == role and one["person"] == person["id"]
        for one in plan.get("excluded", ())
    ):
        return False
    return plan.get("blocks", "avoid") == "avoid" or not covered(plan, person["id"], shift, "block")


def covered(plan: Plan, person: str, shift: Mapping[str, Any], action: str) -> int:
    length = at(shift["end"]) - at(shift["start"])
    inside = sum(
        (
            max(timedelta(0), min(at(shift["end"]), at(one["end"])) - max(at(shift["start"]), at(one["start"])))
            for one in plan.get("availability", ())
            if one["person"] == person and one["action"] == action
        ),
        timedelta(0),
    )
    return (
        max(1, round(Fraction(inside // timedelta(minutes=1) * 1000, length // timedelta(minutes=1)))) if inside else 0
    )


def allowed(plan: Plan, roster: Sequence[str | None]) -> bool:
    for shift in plan["shifts"]:
        here = [who for (other, _), who in zip(slots(plan), roster, strict=True) if other is shift and who]
        if len(here) != len(set(here)):
            return False
    return not any(broken(plan, limit, roster) for limit in plan.get("limits", ()) if limit.get("strength") == "never")


def mine(plan: Plan, roster: Sequence[str | None], person: str) -> list[tuple[int, Mapping[str, Any]]]:
    return [
        (plan["shifts"].index(shift), shift)
        for (shift, _), who in zip(slots(plan), roster, strict=True)
        if who == person
    ]


def broken(plan: Plan, limit: Mapping[str, Any], roster: Sequence[str | None]) -> int:
    kind = limit["kind"]
    if kind in {"group", "apart"}:
        total = 0
        for shift in plan["shifts"]:
            here = {who for (other, _), who in zip(slots(plan), roster, strict=True) if other is shift and who}
            if kind == "group":
                total += not here & set(limit["people"])
            else:
                total += set(limit["people"]) <= here
        return total
    total = 0
    for person in plan["people"]:
        have = mine(plan, roster, person["id"])
        if kind in {"rest", "spread"}:
            for (_, one), (_, two) in itertools.combinations(have, 2):
                edge = one["end"] if kind == "rest" else one["start"]
                total += at(two["start"]) - at(edge) < timedelta(hours=limit["hours"])
        elif kind == "most":
            weeks = [at(shift["start"]).isocalendar()[:2] for _, shift in have]
            total += sum(max(0, weeks.count(week) - limit["count"]) for week in set(weeks))
        else:
            places = {place for place, _ in have}
            total += sum(
                all(first + more in places for more in range(limit["count"] + 1))
                for first in range(len(plan["shifts"]))
            )
    return total


def values_of(plan: Plan, roster: Sequence[str | None], stages: Sequence[str]) -> tuple[Fraction, ...]:
    """What a roster comes to in each stage."""
    return tuple(value_of(plan, roster, stage) for stage in stages)


def value_of(plan: Plan, roster: Sequence[str | None], stage: str) -> Fraction:
    counted = {"gaps": gaps, "blocks": blocks, "limits": limits, "changes": changes, "fairness": fairness}
    counted |= {"wishes": wishes, "comfort": comfort}
    return Fraction(str(counted[stage](plan, roster)))


def gaps(plan: Plan, roster: Sequence[str | None]) -> int:
    roles = plan["roles"]
    return sum(
        shift["points"] * 2 ** (len(roles) - 1 - roles.index(role))
        for (shift, role), who in zip(slots(plan), roster, strict=True)
        if who is None
    )


def blocks(plan: Plan, roster: Sequence[str | None]) -> int:
    total = 0
    for (shift, _), who in zip(slots(plan), roster, strict=True):
        part = covered(plan, who, shift, "block") if who else 0
        total += 100 + round(Fraction(part * 9, 10)) if part else 0
    return total


def limits(plan: Plan, roster: Sequence[str | None]) -> int:
    soft = [
        one for one in plan.get("limits", ()) if one.get("strength", "avoid") == "avoid" and one["kind"] != "spread"
    ]
    return sum(broken(plan, limit, roster) for limit in soft)


def changes(plan: Plan, roster: Sequence[str | None]) -> int:
    held = {(shift["start"], role): who for (shift, role), who in zip(slots(plan), roster, strict=True)}
    return sum(
        one.get("weight", 1) for one in plan.get("published", ()) if held[one["start"], one["role"]] != one["person"]
    )


def fairness(plan: Plan, roster: Sequence[str | None]) -> Fraction:
    every = list(zip(slots(plan), roster, strict=True))
    named = [("all", every)]
    named += [(f"role:{role}", [one for one in every if one[0][1] == role]) for role in sorted(plan["roles"])]
    types = sorted({shift["type"] for shift in plan["shifts"]})
    named += [(f"type:{kind}", [one for one in every if one[0][0]["type"] == kind]) for kind in types]
    total = Fraction(0)
    seen: list[list[tuple[str, str]]] = []
    for bucket, inside in named:
        key = [(shift["start"], role) for (shift, role), _ in inside]
        if key in seen:
            continue
        seen.append(key)
        for person in plan["people"]:
            due = sum((owed(plan, person, shift, role) for (shift, role), _ in inside), Fraction(0))
            done = sum(weight(plan, shift, role) for (shift, role), who in inside if who == person["id"])
            carried = Fraction(str(person.get("carried", {}).get(bucket, 0)))
            if "carry_cap" in plan:
                cap = Fraction(str(plan["carry_cap"])) * due
                carried = max(-cap, min(cap, carried))
            total += (Fraction(round(2 * (carried - due)), 2) + done) ** 2
    return total


def weight(plan: Plan, shift: Mapping[str, Any], role: str) -> Fraction:
    return Fraction(str(plan.get("role_points", {}).get(role, 1))) * int(shift["points"])


def owed(plan: Plan, person: Mapping[str, Any], shift: Mapping[str, Any], role: str) -> Fraction:
    def owing(one: Mapping[str, Any]) -> bool:
        here = "joined" not in one or at(one["joined"]) <= at(shift["start"])
        away = any(at(start) <= at(shift["start"]) < at(end) for start, end in one.get("paused", ()))
        return here and not away and (not one.get("roles") or role in one["roles"])

    shares = {one["id"]: Fraction(str(one.get("share", 1))) for one in plan["people"] if owing(one)}
    total = sum(shares.values(), Fraction(0))
    return weight(plan, shift, role) * shares[person["id"]] / total if person["id"] in shares and total else Fraction(0)


def wishes(plan: Plan, roster: Sequence[str | None]) -> int:
    total = 0
    for (shift, role), who in zip(slots(plan), roster, strict=True):
        if who is None:
            continue
        liked = 0 if covered(plan, who, shift, "block") else covered(plan, who, shift, "prefer")
        total -= max(1, round(Fraction(liked, 100))) if liked else 0
        for wish in plan.get("wishes", ()):
            total -= (
                wish["value"] if (wish["start"], wish["role"], wish["person"]) == (shift["start"], role, who) else 0
            )
    return total


def comfort(plan: Plan, roster: Sequence[str | None]) -> int:
    spread = [limit for limit in plan.get("limits", ()) if limit["kind"] == "spread"]
    unknown = sum(
        bool(who and covered(plan, who, shift, "unknown")) for (shift, _), who in zip(slots(plan), roster, strict=True)
    )
    return unknown + sum(broken(plan, limit, roster) for limit in spread)
