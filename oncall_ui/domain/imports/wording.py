"""Sentences about an import, stored on the calendar so that pages and emails agree; and how dates are written."""

from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.evaluate import Outcome
from oncall_ui.domain.availability.reasons import Reason, words_of
from oncall_ui.domain.availability.rules import Mode, Rules
from oncall_ui.domain.imports.suspected_loss import SuspectedLoss

# Not strftime: its names follow the server's locale.
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


NONE_TAGGED = "none is tagged: choose how events count"
OTHERS_ONLY = "all were created by somebody else: choose how events count"


def nothing_counted(outcome: Outcome, rules: Rules) -> str:
    """What to change when an import found nothing that counts; empty when it did, or when the calendar is empty."""
    if outcome.spans or not outcome.events_read:
        return ""
    if not outcome.occurrences:
        return "none of them in the next 90 days"
    if rules.mode is Mode.MATCHING:
        if outcome.ignored.get(Reason.CREATED_BY_SOMEBODY_ELSE, 0) == outcome.occurrences:
            return OTHERS_ONLY
        return NONE_TAGGED
    if outcome.ignored.get(Reason.MARKED_FREE, 0) == outcome.occurrences:
        return "all are marked free: switch on “Count events marked free”"
    reason, _ = max(outcome.ignored.items(), key=lambda item: item[1])
    return f"none counts, most of them because: {words_of(reason)}"


def suddenly_less(name: str, loss: SuspectedLoss) -> str:
    """Why an import was held back."""
    return f"{name} suddenly holds {_of(loss)}."


def still_less(name: str, loss: SuspectedLoss) -> str:
    """Why an import is still held back: the member chose to keep the old data."""
    return f"{name} holds {_of(loss)}; keeping the old data, as you chose."


def moment_of(moment: datetime, zone: ZoneInfo) -> str:
    """`Fri 20 Nov, 08:12` in `zone`."""
    local = moment.astimezone(zone)
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}, {local:%H:%M}"


def _of(loss: SuspectedLoss) -> str:
    return f"{loss.after:,} of {loss.before:,} {'entry' if loss.before == 1 else 'entries'}"
