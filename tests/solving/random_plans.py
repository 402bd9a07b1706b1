"""Random small problems in the `plan` format, small enough to try every roster."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

FIRST = datetime(2026, 12, 7, tzinfo=UTC)
STAGES = ("gaps", "blocks", "limits", "changes", "fairness", "wishes", "comfort")


def instant(days: float) -> str:
    return (FIRST + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def small_plan(seed: int) -> dict[str, Any]:
    """2 to 4 people and so many slots that there are at most 729 rosters."""
    draw = random.Random(seed)
    people, roles = draw.choice([2, 2, 3, 3, 3, 4]), draw.choice([["primary"], ["primary", "secondary"]])
    most = {2: 6, 3: 4, 4: 4}[people] // len(roles)
    shifts = draw.randint(min(2, most), most)
    ids = [f"p{n}" for n in range(people)]
    plan: dict[str, Any] = {
        "zone": "UTC",
        "start": "2026-12-07",
        "end": "2026-12-21",
        "roles": roles,
        "shifts": [
            {
                "start": instant(n),
                "end": instant(n + 1),
                "type": kind,
                "points": {"weekday": 1, "weekend": 3}[kind],
            }
            for n, kind in enumerate(draw.choices(["weekday", "weekend"], k=shifts))
        ],
        "people": [person(draw, name, roles) for name in ids],
        "availability": availability(draw, ids, shifts),
        "limits": limits(draw, ids),
        "blocks": draw.choice(["avoid", "avoid", "never"]),
        "bend": False,
        "order": draw.sample(["changes", "fairness", "wishes", "comfort"], 4),
        "seed": draw.randint(0, 3),
    }
    add_extras(draw, plan, ids)
    return plan


def person(draw: random.Random, name: str, roles: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"id": name}
    if draw.random() < 0.3:
        made["share"] = 0.5
    if draw.random() < 0.15:
        made["joined"] = instant(1)
    if draw.random() < 0.15:
        made["roles"] = [draw.choice(roles)]
    if draw.random() < 0.3:
        made["carried"] = {"all": draw.choice([-2, -0.5, 1.25, 3]), "type:weekend": draw.choice([-3, 0.5])}
    return made


def availability(draw: random.Random, ids: list[str], shifts: int) -> list[dict[str, Any]]:
    found = []
    for name in ids:
        for day in range(shifts):
            action = draw.choice(["block", "prefer", "unknown", "", "", ""])
            if action:
                hour = draw.choice([0, 0, 0.25, 0.5])
                end = day + hour + draw.choice([1 / 48, 0.125, 1 - hour])
                found.append({"person": name, "start": instant(day + hour), "end": instant(end), "action": action})
    return found


def limits(draw: random.Random, ids: list[str]) -> list[dict[str, Any]]:
    strength = draw.choice(["avoid", "avoid", "never"])
    every: list[dict[str, Any]] = [
        {"kind": "rest", "hours": draw.choice([12, 24, 36]), "strength": strength},
        {"kind": "most", "count": draw.randint(1, 2), "per": "week", "strength": strength},
        {"kind": "row", "count": 1, "strength": strength},
        {"kind": "apart", "people": ids[:2], "strength": strength},
        {"kind": "group", "people": ids[:1]},
        {"kind": "spread", "hours": 50},
    ]
    return draw.sample(every, draw.randint(0, 3))


def add_extras(draw: random.Random, plan: dict[str, Any], ids: list[str]) -> None:
    slots = [(shift["start"], role) for shift in plan["shifts"] for role in plan["roles"]]
    if draw.random() < 0.4:
        plan["published"] = [
            {"start": start, "role": role, "person": draw.choice(ids), "weight": draw.randint(1, 3)}
            for start, role in slots
            if draw.random() < 0.7
        ]
    if draw.random() < 0.3:
        plan["excluded"] = [
            {"start": start, "role": role, "person": draw.choice(ids)} for start, role in draw.sample(slots, 1)
        ]
    if draw.random() < 0.3:
        plan["role_points"] = {plan["roles"][-1]: 0.5}
    if draw.random() < 0.3:
        plan["carry_cap"] = 0.5
    if draw.random() < 0.5:
        plan["wishes"] = [
            {"start": start, "role": role, "person": draw.choice(ids), "value": draw.randint(-4, 5)}
            for start, role in draw.sample(slots, 2)
        ]
