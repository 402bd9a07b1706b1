"""The effect of a try beside what is published: rows for one element each."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from oncall_ui.services.schedules.drafts.views import DraftSlot
from oncall_ui.services.schedules.what_if.effect import Figures
from oncall_ui.services.schedules.what_if.views import Try
from pages.schedules.draft.review.tables import changed_slots
from pages.schedules.draft.slots import People, key_of
from pages.schedules.draft.words import signed
from pages.schedules.plan.shift import PlanSlot

Row = dict[str, Any]


def effect_rows(found: Try) -> list[Row]:
    """What, today, then and the difference in words, with a CSS class for better or worse."""
    then = found.then
    if then is None:
        return []
    today, slots = found.today, found.review.draft.slots
    before = sum(slot.before is not None for slot in slots)
    return [
        _row("On blocked days", today.blocked if today else None, then.blocked),
        _row("With nobody", today.gaps if today else None, then.gaps),
        _row("Limits broken", today.limits if today else None, then.limits),
        _points("Off a fair share, at most", today, then),
        _row("Preferences met", today.met if today else None, then.met, is_good=True),
        {
            "b": "Shifts that change",
            "today": "–",
            "then": str(len(changed_slots(slots))),
            "by": f"of {before}",
            "css": "same",
        },
    ]


def people_rows(found: Try, people: People) -> list[Row]:
    """How many shifts each holds and how far from a fair share they end, today and then, by name."""
    then, today = found.then, found.today
    if then is None:
        return []
    was = today.people if today else {}
    nothing = (0, Fraction(0))
    most = max((held for side in (was, then.people) for held, _ in side.values()), default=1) or 1
    everybody = sorted({*was, *then.people}, key=lambda each: people.name(each).casefold())
    rows = []
    for each in everybody:
        (held, off), (holds, ends) = was.get(each, nothing), then.people.get(each, nothing)
        rows.append(
            {
                "key": each,
                "who": people.mark(each),
                "css": people.mark(each)["p"].replace("oc-p ", "").replace(" square", ""),
                "was": {"width": f"{100 * held / most:.0f}%"},
                "now": {"width": f"{100 * holds / most:.0f}%"},
                "shifts": [held, holds],
                "points": [signed(off), signed(ends)],
                "gains": _difference(holds - held),
            }
        )
    return rows


def published_slots(slots: Iterable[DraftSlot], people: People, roles: Sequence[str]) -> list[PlanSlot]:
    """The same shifts as they are published."""
    return [
        PlanSlot(
            key=key_of(slot),
            start=slot.start,
            end=slot.end,
            role=slot.role,
            level=roles.index(slot.role) if slot.role in roles else len(roles),
            holder=people.holder(slot.before),
        )
        for slot in slots
        if slot.before is not None
    ]


def _row(words: str, today: int | None, then: int, *, is_good: bool = False) -> Row:
    """`is_good`: the more the better."""
    found: Row = {"b": words, "today": "–" if today is None else str(today), "then": str(then)}
    if today is None:
        return found | {"by": "", "css": "same"}
    more = then - today
    css = "same" if not more else "down" if (more > 0) == is_good else "up"
    return found | {"by": _difference(more) or "as today", "css": css}


def _points(words: str, today: Figures | None, then: Figures) -> Row:
    found: Row = {"b": words, "today": _off(today.off) if today else "–", "then": _off(then.off)}
    apart = round(float(then.off), 1) - round(float(today.off), 1) if today else 0.0
    if abs(apart) < 0.05:
        return found | {"by": "as today" if today else "", "css": "same"}
    return found | {"by": f"{abs(apart):.1f} {'more' if apart > 0 else 'less'}", "css": "up" if apart > 0 else "down"}


def _off(points: Fraction) -> str:
    return f"{float(points):.1f} points"


def _difference(more: int) -> str:
    return f"{abs(more)} {'more' if more > 0 else 'less'}" if more else ""
