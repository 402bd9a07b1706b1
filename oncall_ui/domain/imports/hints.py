"""What to change when an import found nothing that counts: a closed list, and the words for each."""

from collections.abc import Mapping
from enum import StrEnum

from oncall_ui.domain.availability.evaluate import Outcome
from oncall_ui.domain.availability.reasons import Reason, words_of
from oncall_ui.domain.availability.rules import Mode, Rules


class Hint(StrEnum):
    """Stable snake_case values for the database; compare these, never the words."""

    NONE_IN_WINDOW = "none_in_window"
    NONE_TAGGED = "none_tagged"
    ALL_BY_SOMEBODY_ELSE = "all_by_somebody_else"
    ALL_MARKED_FREE = "all_marked_free"


CHOOSING_HELPS = frozenset({Hint.NONE_TAGGED, Hint.ALL_BY_SOMEBODY_ELSE})
_STORED: Mapping[str, Hint | Reason] = {each.value: each for each in (*Reason, *Hint)}
_WORDS = {
    Hint.NONE_IN_WINDOW: "none of them in the next 90 days",
    Hint.NONE_TAGGED: "none is tagged: choose how events count",
    Hint.ALL_BY_SOMEBODY_ELSE: "all were created by somebody else: choose how events count",
    Hint.ALL_MARKED_FREE: "all are marked free: switch on “Count events marked free”",
}


def hint_of(outcome: Outcome, rules: Rules) -> Hint | Reason | None:
    """The reason for most events where no hint fits. None when something counts, or when the calendar is empty."""
    if outcome.spans or not outcome.events_read:
        return None
    if not outcome.occurrences:
        return Hint.NONE_IN_WINDOW
    if rules.mode is Mode.MATCHING:
        by_others = outcome.ignored.get(Reason.CREATED_BY_SOMEBODY_ELSE, 0) == outcome.occurrences
        return Hint.ALL_BY_SOMEBODY_ELSE if by_others else Hint.NONE_TAGGED
    if outcome.ignored.get(Reason.MARKED_FREE, 0) == outcome.occurrences:
        return Hint.ALL_MARKED_FREE
    reason, _ = max(outcome.ignored.items(), key=lambda item: item[1])
    return reason


def hint_from(stored: str) -> Hint | Reason | None:
    """From the value in the database; None for an empty one, and for one of another version."""
    return _STORED.get(stored)


def hint_words(hint: Hint | Reason | None) -> str:
    """What follows “134 events, ”; empty for None."""
    if hint is None:
        return ""
    return _WORDS[hint] if isinstance(hint, Hint) else f"none counts, most of them because: {words_of(hint)}"
