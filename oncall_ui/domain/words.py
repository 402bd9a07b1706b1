"""Sentences about an outcome that stay on the row, so that every page says the same."""

from oncall_ui.domain.availability import Outcome
from oncall_ui.domain.rules import MARKED_FREE, Mode, Rules


def nothing_counted(outcome: Outcome, rules: Rules) -> str:
    """What to change when a reading brought no availability; empty when it did, or when there was nothing to bring."""
    if outcome.pieces or not outcome.events_read:
        return ""
    if not outcome.occurrences:
        return "none of them in the next 90 days"
    if rules.mode is Mode.MATCHING:
        return "none is tagged: choose how events count"
    if outcome.ignored.get(MARKED_FREE.reason, 0) == outcome.occurrences:
        return "all are marked free: switch on “Count events marked free”"
    reason, _ = max(outcome.ignored.items(), key=lambda item: item[1])
    return f"none counts, most of them because: {reason}"


def suddenly_empty(entries: int) -> str:
    """Why the old data stays when a feed holds nothing any more."""
    noun, verb = ("entry", "counts") if entries == 1 else ("entries", "count")
    return (
        f"The address now holds no events. The {entries} {noun} read before still {verb} "
        "until it has stayed empty for a day."
    )
