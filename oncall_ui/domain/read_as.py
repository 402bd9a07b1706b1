"""A name for how a calendar was read: where it changes, the same content may come to something else."""

import hashlib
import json
from zoneinfo import ZoneInfo

from oncall_ui.domain.rules import Rules
from oncall_ui.domain.window import Window

LENGTH = 48
"""Hexadecimal digits of the rules' hash: with the day in front it fits its column."""


def read_as(window: Window, zone: ZoneInfo, rules: Rules) -> str:
    """Changes with every new day, and with another mode, address, tag or zone."""
    said = [
        zone.key,
        rules.mode,
        rules.counts_free,
        rules.counts_all_day,
        sorted(rules.addresses),
        rules.tags.block,
        rules.tags.prefer,
    ]
    return f"{window.start:%Y%m%d%H%M}-{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:LENGTH]}"


def same_rules(one: str, other: str) -> bool:
    """Whether two readings differ in nothing but the day."""
    return one.partition("-")[2] == other.partition("-")[2]
