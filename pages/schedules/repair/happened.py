"""What needs a change, with who could take over: one element, however many there are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui

from oncall_ui.domain.availability.day_grid import is_all_day
from oncall_ui.domain.schedules.conflicts.trouble import Trouble
from oncall_ui.domain.schedules.conflicts.words import broken_words
from oncall_ui.domain.schedules.planning.price_words import price_words
from oncall_ui.domain.schedules.planning.problem import Slot, Span
from oncall_ui.domain.schedules.planning.reasons import fact_words
from oncall_ui.domain.schedules.shifts.slot_key import slot_key
from oncall_ui.services.schedules.conflicts.finding import spans_of
from oncall_ui.services.schedules.conflicts.views import OpenConflict
from oncall_ui.services.schedules.drafts.why import Why, WhyCandidate
from pages.schedules.plan.shift import span_words
from pages.schedules.subnav import schedule_route
from pages.widgets.calendar_status import since_words
from pages.widgets.dates import day_words, times
from pages.widgets.people import first_name, initials, mark_classes
from pages.widgets.rows import show_rows

SUBSTITUTES = 3
NOBODY = "Nobody else can have it without a block or a broken limit."
# Names are text in the template, never markup: people type them.
TEMPLATE = """
<ul class="repair-cf"><li v-for="c in props.row.items" :key="c.id" :aria-labelledby="'conflict-' + c.id"
  ><h3 :id="'conflict-' + c.id"><span :class="c.p" aria-hidden="true">{{ c.i }}</span>{{ c.head }}</h3
  ><p>{{ c.says }}</p
  ><div v-if="c.subs"><p class="cap">Who could take it</p><ol v-if="c.subs.length"><li v-for="s in c.subs" :key="s.k"
  ><span :class="s.p" aria-hidden="true">{{ s.i }}</span><span class="oc-clip"><b>{{ s.n }}</b><small>{{ s.t }}</small
  ></span></li></ol><p v-else>{{ c.none }}</p></div
  ><div class="oc-acts wide"><a class="oc-btn small" :href="c.href" :aria-describedby="'conflict-' + c.id"
  >See the shift</a><button v-if="c.keep" type="button" class="oc-btn small quiet"
  :aria-describedby="'conflict-' + c.id" @click="() => $parent.$emit('keep', c.id)">Keep anyway</button></div></li></ul>
"""


class Happened:
    """Drawn once; `keep` is called with the id of a conflict."""

    def __init__(self, keep: Callable[[int], object]) -> None:
        self._table = ui.table(rows=[], columns=[], row_key="key").classes("repair-happened")
        self._table.props("grid hide-header hide-pagination hide-bottom hide-no-data").add_slot("item", TEMPLATE)
        self._table.on("keep", lambda event: keep(int(event.args)))

    def show(self, found: Iterable[OpenConflict], whys: Mapping[Slot, Why], at: datetime) -> None:
        show_rows(self._table, [{"key": "all", "items": [_item(each, whys, at) for each in found]}])


def _item(each: OpenConflict, whys: Mapping[Slot, Why], at: datetime) -> dict[str, Any]:
    zone = ZoneInfo(each.zone)
    today = at.astimezone(zone).date()
    day, who = day_words(each.start.astimezone(zone).date(), today), first_name(each.name)
    why = whys.get(Slot(each.shift_start, each.role))
    return {
        "id": each.id,
        "p": mark_classes(each.colour) if who else "oc-p nobody",
        "i": initials(each.name) if who else "!",
        "head": f"{'You' if each.is_mine else who}, {day}" if who else day,
        "says": f"{each.role}; {_says(each, zone, today)}. Known {since_words(each.found_at, zone, at)}.",
        "subs": [_substitute(one, zone) for one in _best(why)] if why else None,
        "none": NOBODY,
        "href": schedule_route(each.schedule_id, "shifts", slot_key(each.shift_start, each.role)),
        "keep": each.may_keep,
    }


def _says(each: OpenConflict, zone: ZoneInfo, today: date) -> str:
    if each.trouble is Trouble.GAP:
        return "nobody has it"
    if each.trouble is Trouble.LEFT:
        return "not on the schedule then"
    if each.trouble is Trouble.LIMIT:
        return f"breaks a limit ({broken_words(each.about)})"
    spans = spans_of(each.about)
    if not spans:
        return "blocked then"
    when = _when(spans[0], zone, today)
    more = f" and {len(spans) - 1} more" if len(spans) > 1 else ""
    return f"blocked {when}{more}"


def _when(span: Span, zone: ZoneInfo, today: date) -> str:
    """`Tue 8 Dec, 09:00 to Wed 9 Dec, 09:00`, `Tue 8 Dec, all day`."""
    day = span.start.astimezone(zone).date()
    if day >= today and not is_all_day(span.start, span.end, zone):
        return span_words(span.start, span.end, zone)
    hours = times(span.start, span.end, zone, today)
    return f"{day_words(day, today)}, {hours[0].lower() + hours[1:]}"


def _best(why: Why) -> Sequence[WhyCandidate]:
    """Without those whom something speaks against."""
    free = [
        each
        for each in why.candidates
        if each.price is not None
        and not each.price.hindrances
        and not each.price.blocked
        and not any(number > 0 for number in each.price.broken.values())
    ]
    return free[:SUBSTITUTES]


def _substitute(each: WhyCandidate, zone: ZoneInfo) -> dict[str, Any]:
    said = [fact_words(fact, zone) for fact in each.facts]
    if each.price is not None:
        said.append(price_words(each.price))
    return {
        "k": each.participant_id,
        "p": mark_classes(each.colour),
        "i": initials(each.name),
        "n": each.name,
        "t": "; ".join(said),
    }
