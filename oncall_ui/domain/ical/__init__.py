"""iCalendar (RFC 5545) text → the occurrences inside a window, and what was wrong with it."""

from oncall_ui.domain.ical.changes import Changes, Digest, key_of, read_changes
from oncall_ui.domain.ical.limits import Limits
from oncall_ui.domain.ical.reading import read

__all__ = ["Changes", "Digest", "Limits", "key_of", "read", "read_changes"]
