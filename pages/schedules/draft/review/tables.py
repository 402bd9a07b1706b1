"""What changes against the published plan, fairness per member, and the certificate: rows for one element each."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.planning.result import Stage, StageResult
from oncall_ui.services.schedules.drafts.review import FairRow, Review
from oncall_ui.services.schedules.drafts.views import DraftSlot
from pages.schedules.draft.slots import People, key_of
from pages.schedules.draft.words import AIMS, amount, seconds_words, signed, within_words
from pages.schedules.plan.shift import span_words
from pages.widgets.dates import count

Row = dict[str, Any]
TYPES = {"weekday": "Weekdays", "night": "Nights", "weekend": "Weekends", "holiday": "Holidays", "week": "Weeks"}
LEAST_SECONDS = 0.05
"""Less would be `0.0 s`."""
HALF_BAR = 2
"""Points from a fair share that fill half of a balance bar."""


def changed_slots(slots: Sequence[DraftSlot]) -> list[DraftSlot]:
    """Published slots that change hands."""
    return [slot for slot in slots if slot.before is not None and slot.before != slot.participant_id]


def told(slots: Sequence[DraftSlot]) -> list[int]:
    """The participants who gain or lose a shift if these slots are published."""
    found = {who for slot in slots if slot.before != slot.participant_id for who in (slot.before, slot.participant_id)}
    return sorted(who for who in found if who is not None)


def change_rows(slots: Sequence[DraftSlot], people: People, zone: ZoneInfo) -> list[Row]:
    return [
        {
            "key": key_of(slot),
            "from": people.mark(slot.before),
            "to": people.mark(slot.participant_id),
            "when": f"{span_words(slot.start, slot.end, zone)}, {slot.role}",
            "why": f"Why {people.name(slot.participant_id)} on {span_words(slot.start, slot.end, zone)}",
            "reasons": "; ".join(reason.read(people.names) for reason in slot.reasons),
        }
        for slot in changed_slots(slots)
    ]


def fair_table(rows: Sequence[FairRow], people: People) -> Row:
    """Heads and lines of the table, members in alphabetical order."""
    found = {kind for row in rows for kind in row.types}
    types = [*(kind for kind in TYPES if kind in found), *sorted(found - TYPES.keys())]
    ordered = sorted(rows, key=lambda row: people.name(row.participant_id).casefold())
    return {
        "types": [TYPES.get(kind, kind[:1].upper() + kind[1:]) for kind in types],
        "people": [_fair_line(row, types, people) for row in ordered],
    }


def _fair_line(row: FairRow, types: Sequence[str], people: People) -> Row:
    after = float(row.after)
    return {
        "key": row.participant_id,
        "who": people.mark(row.participant_id),
        "share": f"{round(row.share * 100)}\u00a0%",
        "types": [{"b": amount(row.types[kind].done), "of": amount(row.types[kind].due)} for kind in types],
        "all": {"b": amount(row.points.done), "of": amount(row.points.due)},
        "carried": signed(row.carried),
        "after": signed(row.after),
        "bar": {"--v": round(min(abs(after) / HALF_BAR, 1), 2)},
        "minus": after < 0,
    }


def certificate_rows(review: Review) -> list[Row]:
    """A line per stage in the order solved: what it is about, what came out, and what is proved.

    Where nothing is published yet, nothing is said of keeping it.
    """
    said = stage_values(review)
    is_first = all(slot.before is None for slot in review.draft.slots)
    return [
        {
            "css": "oc-i-ok is-proved" if stage.proved else "oc-i-retry",
            "b": AIMS[stage.name],
            "small": f"{said[stage.name]}, {_proof(stage)}" if said[stage.name] else _proof(stage),
            "cost": seconds_words(stage.cpu_seconds) if stage.cpu_seconds >= LEAST_SECONDS else "",
        }
        for stage in review.draft.stages
        if not (is_first and stage.name is Stage.CHANGES)
    ]


def stage_values(review: Review) -> Mapping[Stage, str]:
    """What came out of each stage, in shifts and points, never in the plan's own sums."""
    slots = review.draft.slots
    held = sum(slot.participant_id is not None for slot in slots)
    blocked = sum(slot.blocked > 0 for slot in slots)
    broken = sum(breach.times for breach in review.breaches)
    before = [slot for slot in slots if slot.before is not None]
    stay = len(before) - len(changed_slots(slots))
    most = max((abs(row.after) for row in review.fairness), default=0)
    met = sum(each.is_met for each in review.preferences)
    return {
        Stage.GAPS: f"{held} of {len(slots)}",
        Stage.BLOCKS: f"{blocked or 'none'} blocked",
        Stage.LIMITS: f"{broken or 'none'} broken",
        Stage.CHANGES: f"{stay} of {len(before)}",
        Stage.FAIRNESS: f"at most {float(most):.1f} points from a fair share",
        Stage.WISHES: f"{met} of {len(review.preferences)}" if review.preferences else "no one asked for a shift",
        Stage.COMFORT: "",
    }


def _proof(stage: StageResult) -> str:
    within = within_words(float(stage.value), float(stage.bound)) or "nothing proven"
    words = "proven best" if stage.proved else within
    if stage.bent:
        words += f"; {count(int(stage.bent), 'limit')} bent for fairness"
    return words
