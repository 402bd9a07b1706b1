"""What a replay came to, in words."""

from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.domain.schedules.replay.compare import Replayed
from pages.widgets.dates import count

REPLAYING = "Planning it once more …"
GOALS = {
    Stage.GAPS: "cover",
    Stage.BLOCKS: "blocks",
    Stage.LIMITS: "limits",
    Stage.CHANGES: "changes",
    Stage.FAIRNESS: "fairness",
    Stage.WISHES: "preferences",
    Stage.COMFORT: "spread",
}


def replayed_words(found: Replayed) -> str:
    """`Same result: the same input, …`; or what differs, and what that can come from."""
    if not found.is_same_input:
        return "The stored input isn’t the one this plan was computed from. It was changed afterwards."
    manual = " Shifts that were changed manually aren’t compared." if found.is_by_hand else ""
    if found.is_same:
        return f"Same result: the same input, values and people on all {count(found.slots, 'shift')}.{manual}"
    return f"{_difference(found)} {_why(found)}{manual}".strip()


def _difference(found: Replayed) -> str:
    moved = f"{found.moved} of {count(found.slots, 'shift')} {'has' if found.moved == 1 else 'have'} someone else"
    goal = found.better or found.worse
    if goal is None:
        return f"An equally good plan: {moved}."
    return f"Different: {GOALS[goal]} came out {'better' if found.better else 'worse'} this time, {moved}."


def _why(found: Replayed) -> str:
    if not found.is_same_solver:
        return "The solver has another version now."
    if not found.is_proved:
        return "The plan was stopped before everything was proven, so each run may end elsewhere."
    return ""
