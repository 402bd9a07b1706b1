"""What the page of a draft says: its verdict, its certificate, and figures in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.breaches import slots_over
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.result import Stage, StageResult, Verdict, first_open
from oncall_ui.services.schedules.drafts.review import Review
from oncall_ui.services.schedules.drafts.views import DraftSlot, DraftView, PlanLine
from pages.widgets.dates import NBSP, clock, count, day_words, short_day

LOOKING = "Looking for the best plan"
A_DAY = timedelta(days=1)
UNKNOWN = 99.95
"""Percent from which on a bound says nothing."""
WHOLE_SECONDS = 9.95
"""From here on tenths say nothing."""
MINUS = "\u2212"
STAGES = {
    Stage.GAPS: "Cover",
    Stage.BLOCKS: "Blocks",
    Stage.LIMITS: "Limits",
    Stage.CHANGES: "Changes",
    Stage.FAIRNESS: "Fairness",
    Stage.WISHES: "Preferences",
    Stage.COMFORT: "Spread",
}
"""As a subject of a sentence."""
AIMS = {
    Stage.GAPS: "Every shift has someone on call",
    Stage.BLOCKS: "Everyone is on call when they can be",
    Stage.LIMITS: "Limits are kept",
    Stage.CHANGES: "Published shifts stay",
    Stage.FAIRNESS: "Shares are fair",
    Stage.WISHES: "Preferences are met",
    Stage.COMFORT: "Shifts are spread out",
}
CSS = {Verdict.PROVED: "is-ok", Verdict.GOOD: "is-warn", Verdict.LIMITED: "is-bad"}


@dataclass(frozen=True, slots=True)
class Status:
    """The line below the heading: what is said first, the rest, and its CSS class."""

    first: str
    rest: str
    css: str


def status_of(review: Review, zone: ZoneInfo, now: datetime) -> Status:
    draft = review.draft
    line = draft.line
    span = span_of(line)
    if line.status is PlanStatus.PLANNING:
        return Status(LOOKING, f" · {span}", "is-busy")
    if line.status is PlanStatus.FAILED:
        return Status("This draft couldn’t be planned", f" · {span}", "is-bad")
    if line.status is PlanStatus.DROPPED:
        return Status("This draft was discarded", f" · {span}", "is-off")
    verdict = line.verdict or Verdict.GOOD
    parts = [_open_words(draft.stages)] if verdict is Verdict.GOOD else []
    parts += [_fine_words(review)] if verdict is Verdict.LIMITED else []
    parts += [span, *_found(draft), calendars_words(draft.slots, zone, now)]
    if line.status is PlanStatus.PUBLISHED and line.published_at is not None:
        day = line.published_at.astimezone(zone).date()
        parts.append(f"published on {day_words(day, now.astimezone(zone).date())}")
    return Status(verdict.value, f" · {', '.join(part for part in parts if part)}", CSS[verdict])


def span_of(line: PlanLine) -> str:
    """`7 Dec to 28 Feb`."""
    return f"{short_day(line.first_day)} to {short_day(line.end_day - A_DAY)}"


def calendars_words(slots: Sequence[DraftSlot], zone: ZoneInfo, now: datetime) -> str:
    """How old the oldest calendar was that the plan relies on."""
    read = [slot.read_at for slot in slots if slot.read_at is not None]
    if not read:
        return "without any calendar"
    oldest = min(read)
    if now - oldest < A_DAY:
        return f"from calendars read at {clock(oldest, zone)}"
    return f"from calendars up to {count((now - oldest).days, 'day')} old"


def within_words(best: float, bound: float) -> str:
    """`within 2.4 % of the best possible`; empty where the bound says nothing."""
    apart = abs(best - bound)
    if not apart:
        return "the best possible"
    percent = 100 * apart / max(abs(best), abs(bound))
    return f"within {percent:.1f}{NBSP}% of the best possible" if percent < UNKNOWN else ""


def seconds_words(seconds: float) -> str:
    """`7.2 s`, `12 s`."""
    return f"{seconds:.{0 if seconds >= WHOLE_SECONDS else 1}f}{NBSP}s"


def signed(value: Fraction) -> str:
    """`+0.9`, `−1.0`, `0.0`."""
    rounded = round(float(value), 1)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):.1f}"


def amount(value: Fraction) -> str:
    """`13`, `13.1`."""
    rounded = round(float(value), 1)
    return f"{rounded:.0f}" if rounded == int(rounded) else f"{rounded:.1f}"


def listed(names: Sequence[str], most: int = 6) -> str:
    """`Alice, Bob and Chidi`; `Alice, Bob and 5 more`."""
    shown = list(names[:most]) if len(names) > most + 1 else list(names)
    if len(shown) < len(names):
        shown.append(f"{len(names) - len(shown)} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def _found(draft: DraftView) -> list[str]:
    """How long it took by the clock, and whether the time or a manager ended it before everything was proved."""
    if draft.is_by_hand:
        return ["with manual changes"]
    if draft.took_seconds is None:
        return []
    how = "stopped after" if first_open(draft.stages) else "found in"
    return [f"{how} {seconds_words(draft.took_seconds)}"]


def _open_words(stages: Sequence[StageResult]) -> str:
    """The first stage that isn't proved: `fairness is within 1.8 % of the best possible`."""
    name = first_open(stages)
    stage = next((each for each in stages if each.name is name), None)
    if stage is None:
        return ""
    plural = "is" if stage.name in {Stage.GAPS, Stage.FAIRNESS, Stage.COMFORT} else "are"
    within = within_words(float(stage.value), float(stage.bound))
    what = STAGES[stage.name].lower()
    return f"{what} {plural} {within}" if within else f"nothing is proven about {what}"


def _fine_words(review: Review) -> str:
    """Someone is on call who isn't blocked, and no limit is broken by it."""
    slots = review.draft.slots
    roster = {Slot(slot.start, slot.role): str(slot.participant_id) for slot in slots if slot.participant_id}
    over = slots_over(review.breaches, roster)
    fine = sum(not slot.blocked and Slot(slot.start, slot.role) in roster.keys() - over for slot in slots)
    return f"{fine} of {count(len(slots), 'shift')} are fine"
