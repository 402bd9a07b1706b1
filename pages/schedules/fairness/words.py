"""The words of the ledger: numbers with their measure, and where somebody is in one sentence."""

from collections.abc import Mapping

from oncall_ui.domain.schedules.ledger.accounts import Measure
from oncall_ui.domain.schedules.plan_states import LedgerKind
from pages.widgets.dates import NBSP

EVEN = 0.05
"""Less than this is shown as 0.0."""
MINUS = "\u2212"
UNITS = {Measure.POINTS: ("point", "points"), Measure.SHIFTS: ("shift", "shifts"), Measure.HOURS: ("hour", "hours")}
NOTHING_YET = "No shifts published yet"


def plain(value: float) -> str:
    """`13`, `13.1`, `1,204`."""
    words = f"{abs(value):,.1f}".removesuffix(".0")
    return f"{MINUS}{words}" if value <= -EVEN else words


def signed(value: float) -> str:
    """`+0.9`, `−1.0`, `0.0`."""
    if abs(value) < EVEN:
        return "0.0"
    return f"{'+' if value > 0 else MINUS}{abs(value):,.1f}"


def amount(value: float, measure: Measure = Measure.POINTS) -> str:
    """`0.9 points`, `1 point`."""
    words, (one, many) = plain(abs(value)), UNITS[measure]
    return f"{words}{NBSP}{one if words == '1' else many}"


def standing(balance: float, cap: float | None, *, name: str = "") -> tuple[str, str]:
    """Where an account is, and what the next plan does about it. `cap`: how much it takes along; `name`: not you."""
    who, verb = (name, "is") if name else ("You", "are")
    if abs(balance) < EVEN:
        return f"{who} {verb} exactly at a fair share", ""
    where = f"{who} {verb} {amount(balance)} {'above' if balance > 0 else 'below'} a fair share"
    return where, f"; {_next_plan(balance, cap, 'them' if name else 'you')}"


def _next_plan(balance: float, cap: float | None, whom: str) -> str:
    if cap is not None and cap < EVEN:
        return "the next plan doesn’t carry it over"
    if cap is not None and abs(balance) >= cap + EVEN:
        part = amount(cap)
        return f"the next plan {'returns' if balance > 0 else 'makes up'} {part} of it, the rest stays"
    return "the next plan gives it back" if balance > 0 else f"the next plan gives {whom} more"


def everyone(balances: Mapping[int, float]) -> str:
    """The widest of all accounts, for who has none."""
    widest = max((abs(each) for each in balances.values()), default=0.0)
    if widest < EVEN:
        return "Everyone is exactly at a fair share"
    return f"Everyone is within {amount(widest)} of a fair share"


def bucket_words(bucket: str) -> str:
    """`All`, `Weekend`, `Primary`."""
    word = bucket.partition(":")[2] or bucket
    return word[:1].upper() + word[1:]


def cause_words(kind: LedgerKind, why: str, by: str) -> str:
    """Where a line comes from: `Published in plan 3, by Alice Moreno`."""
    who = f", by {by}" if by else ""
    if kind is LedgerKind.ADJUST:
        return f"Adjusted{who}: {why}"
    if kind is LedgerKind.IMPORT:
        return f"Imported{who}{f': {why}' if why else ''}"
    if kind is LedgerKind.MOVED:
        return f"Changed{f' in {why}' if why.startswith('plan ') else f': {why}' if why else ''}{who}"
    return f"Published{f' in {why}' if why else ''}{who}"
