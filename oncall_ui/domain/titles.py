"""A title as one line that can be shown beside others."""

import re
from unicodedata import category

from oncall_ui.domain.events import Event, Kind

LONGEST = 200
LOOKED_AT = 4 * LONGEST
BUSY = "Busy"
UNTITLED = "No title"
_KEPT = frozenset("\u200c\u200d")
"""Joiners: scripts and emoji are written with them."""


def title_line(event: Event) -> str:
    """At most LONGEST characters, none of which turns, breaks or hides what stands around them (UAX #9, #31)."""
    shown = "".join(each for each in event.title[:LOOKED_AT] if _is_shown(each))
    line = re.sub(r"\s+", " ", shown).strip()
    if len(line) > LONGEST:
        return line[: LONGEST - 1].rstrip() + "…"
    return line or (BUSY if event.kind is Kind.BUSY_TIME else UNTITLED)


def _is_shown(each: str) -> bool:
    # Format characters (Cf) are those that turn what stands around them, and those that can't be seen.
    return each.isspace() or each in _KEPT or category(each) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
