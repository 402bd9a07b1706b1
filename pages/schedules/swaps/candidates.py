"""Who could take a part, in the order they are asked, and who can't, each with the reason."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.cover.states import Pace
from oncall_ui.domain.schedules.planning.fact_words import TWO_AT_ONCE
from oncall_ui.domain.schedules.planning.reasons import FactKind, fact_words
from oncall_ui.services.schedules.cover.candidates import Candidate
from pages.widgets.dates import ordinal
from pages.widgets.people import first_name, initials, mark_classes

CANDIDATES = """
<section class="oc-card" aria-labelledby="could"><div class="oc-card-head"><div class="grow"><h2 id="could">Who could
  </h2><p class="oc-sub">{{ props.row.sub }}</p></div></div>
  <ol v-if="props.row.can.length"><li v-for="c in props.row.can" :key="c.id" class="oc-cand"><span :class="c.p"
    aria-hidden="true">{{ c.i }}</span><b>{{ c.n }}</b><span class="cost">{{ c.place }}</span><p>{{ c.why
    }}</p></li></ol>
  <template v-if="props.row.cant.length"><h3 class="swaps-no">Can’t</h3><ul><li v-for="c in props.row.cant" :key="c.id"
    class="oc-cand is-no"><span :class="c.p" aria-hidden="true">{{ c.i }}</span><b>{{ c.n }}</b><span class="cost"
    ></span><p>{{ c.why }}</p></li></ul></template></section>
"""
FIRST = {Pace.ONE: 1, Pace.THREE: 3}
PACES = {
    Pace.ONE: ("One at a time", "Each has a day. Three at a time from 7 days before, everyone in the last 48 hours."),
    Pace.THREE: ("Three at a time", "Each has a day. Everyone in the last 48 hours."),
    Pace.ALL: ("Everyone at once", "It’s less than 48 hours away. Who takes it first has it."),
}
REST_FINE = "rest fine"


def candidate_rows(candidates: Sequence[Candidate], zone: ZoneInfo) -> dict[str, Any]:
    """One row: both lists."""
    can = [each for each in candidates if each.is_asked]
    return {
        "key": "all",
        "sub": "in the order they are asked" if can else "nobody without a block or a broken limit",
        "can": [_row(each, zone, ordinal(place)) for place, each in enumerate(can, 1)],
        "cant": [_row(each, zone, "") for each in candidates if not each.is_asked],
    }


def reason_words(each: Candidate, zone: ZoneInfo) -> str:
    """`would like to · 2 points under their share · rest fine`, or what speaks against them."""
    said = [fact_words(fact, zone) for fact in each.facts]
    if each.is_busy and not any(fact.kind in {FactKind.AT_ONCE, FactKind.ELSEWHERE} for fact in each.facts):
        said.insert(0, TWO_AT_ONCE)
    rests = any(fact.kind is FactKind.SHORT_REST for fact in each.facts)
    others = [words for words in each.breaks if not (rests and "short rest" in words)]
    return " · ".join([*others, *said, *([REST_FINE] if each.is_asked else [])])


def pace_words(pace: Pace) -> tuple[str, str]:
    """How many are asked at a time, and what comes of it."""
    return PACES[pace]


def first_words(candidates: Sequence[Candidate], pace: Pace) -> str:
    """`Dana is asked first`, `Dana, Bob and Elif are asked first`, `Everyone who can is asked`."""
    can = [first_name(each.name) for each in candidates if each.is_asked]
    if not can:
        return "Nobody can be asked: change the part, or ask a manager"
    if pace is Pace.ALL:
        return f"{can[0]} is asked" if len(can) == 1 else f"All {len(can)} are asked at once"
    first = can[: FIRST[pace]]
    names = first[0] if len(first) == 1 else f"{', '.join(first[:-1])} and {first[-1]}"
    return f"{names} {'is' if len(first) == 1 else 'are'} asked first"


def _row(each: Candidate, zone: ZoneInfo, place: str) -> dict[str, Any]:
    return {
        "id": each.participant_id,
        "p": f"{mark_classes(each.colour)} l",
        "i": initials(each.name),
        "n": each.name,
        "place": place,
        "why": reason_words(each, zone),
    }
