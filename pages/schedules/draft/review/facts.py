"""The four figures at the top of a review."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.services.schedules.drafts.review import FairRow, Preference, Review
from pages.schedules.draft.slots import People
from pages.schedules.draft.words import amount
from pages.widgets.dates import count, short_day

Row = dict[str, Any]


def fact_rows(review: Review, people: People, zone: ZoneInfo) -> list[Row]:
    """Caption, figure, what it is a part of, and one sentence; `bad` where it needs a look."""
    return [
        _blocked(review),
        _fairness(review.fairness),
        _preferences(review.preferences, people, zone),
        _published(review),
    ]


def _blocked(review: Review) -> Row:
    slots = review.draft.slots
    held = sum(slot.participant_id is not None for slot in slots)
    blocked = sum(slot.blocked > 0 for slot in slots)
    return {
        "cap": "On blocked days",
        "b": str(blocked),
        "of": f"of {count(len(slots), 'shift')}",
        "p": f"{held} of {len(slots)} have someone on call",
        "bad": bool(blocked) or held < len(slots),
    }


def _fairness(rows: Sequence[FairRow]) -> Row:
    most = max((abs(row.after) for row in rows), default=0)
    shares = sorted({round(row.points.due, 1) for row in rows if row.points.due})
    each = " to ".join(dict.fromkeys(amount(share) for share in (*shares[:1], *shares[-1:])))
    return {
        "cap": "Fairness",
        "b": f"{float(most):.1f}",
        "of": "points off, at most",
        "p": f"A fair share is {each} points" if each else "Nothing is due",
        "bad": False,
    }


def _preferences(preferences: Sequence[Preference], people: People, zone: ZoneInfo) -> Row:
    missed = [each for each in preferences if not each.is_met]
    words = "No one asked for a shift" if not preferences else "All met"
    if missed:
        first = missed[0]
        words = f"Not met: {people.short(first.participant_id)}’s {short_day(first.start.astimezone(zone).date())}"
        words += f" and {len(missed) - 1} more" if len(missed) > 1 else ""
    return {
        "cap": "Preferences",
        "b": str(len(preferences) - len(missed)),
        "of": f"of {len(preferences)} met" if preferences else "preferences",
        "p": words,
        "bad": False,
    }


def _published(review: Review) -> Row:
    slots = review.draft.slots
    before = [slot for slot in slots if slot.before is not None]
    stay = sum(slot.participant_id == slot.before for slot in before)
    new = len(slots) - len(before)
    if not before:
        word = "shift" if new == 1 else "shifts"
        return {"cap": "New", "b": str(new), "of": word, "p": "Nothing published changes", "bad": False}
    words = f"{len(before) - stay} change, {new} are new"
    return {"cap": "Already published", "b": str(stay), "of": f"of {len(before)} stay", "p": words, "bad": False}
