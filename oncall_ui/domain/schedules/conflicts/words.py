"""Why a published slot needs a change, in words."""

from collections.abc import Mapping
from typing import Any

from oncall_ui.domain.schedules.conflicts.trouble import Trouble
from oncall_ui.domain.schedules.plan_format.limits import LimitReader
from oncall_ui.domain.schedules.planning.fact_words import BLOCKED_THEN, NOT_THERE, limit_words
from oncall_ui.domain.schedules.planning.problem import Spread

NOBODY_HAS_IT = "nobody has it"


def why_words(kind: Trouble, about: Mapping[str, Any], who: str) -> str:
    """`Dana is blocked then`; with an empty `who` to the holder: `you are blocked then`."""
    if kind is Trouble.GAP:
        return NOBODY_HAS_IT
    if kind is Trouble.LIMIT:
        return f"it breaks a limit ({broken_words(about)})"
    if kind is Trouble.LEFT:
        return f"{who} {NOT_THERE}" if who else "you aren’t on the schedule then"
    return f"{who} {BLOCKED_THEN}" if who else "you are blocked then"


def broken_words(about: Mapping[str, Any]) -> str:
    """`1 short rest, 1 shift over 2 a week`."""
    said = []
    for each in about.get("limits", ()):
        people = frozenset(each["terms"].get("people", ()))
        limit = LimitReader(people).read(each["terms"], "limits")
        if not isinstance(limit, Spread):
            said.append(limit_words(limit, int(each["times"])))
    return ", ".join(said)
