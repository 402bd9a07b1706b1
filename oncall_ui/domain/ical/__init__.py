"""iCalendar (RFC 5545) text → the occurrences inside a window, and what was wrong with it."""

from oncall_ui.domain.ical.limits import Limits
from oncall_ui.domain.ical.reading import read

__all__ = ["Limits", "read"]
