"""Sentences about an import, stored on the calendar so that pages and emails agree; and how dates are written."""

from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.suspected_loss import SuspectedLoss

# Not strftime: its names follow the server's locale.
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


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
