"""The fixes: what each moves, whom it concerns, and its price in words. One element, however many moves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui

from oncall_ui.domain.schedules.conflicts.fixes import Move, RepairFix
from oncall_ui.services.schedules.conflicts.repairing import Broken, Someone
from pages.schedules.repair.words import facts_of, lead_of_fix, title_of
from pages.widgets.dates import day_words
from pages.widgets.people import first_name, initials, mark_classes
from pages.widgets.rows import show_rows

MOST_MOVES = 8
NOBODY = {"n": "Nobody", "p": "oc-p nobody", "i": "!", "none": True}
# Names are text in the template, never markup: people type them.
TEMPLATE = """
<div class="oc-cures repair-fixes"><section v-for="f in props.row.items" :key="f.n" class="oc-card oc-cure"
  :aria-labelledby="'fix-' + f.n"><h3 :id="'fix-' + f.n">{{ f.title }}</h3><p v-if="f.lead">{{ f.lead }}</p
  ><ul class="repair-mvs"><li v-for="m in f.moves" :key="m.k"><span>{{ m.day }}<small>{{ m.role }}</small></span
  ><span class="oc-move"><span v-for="(w, at) in m.who" :class="w.none ? 'oc-who none' : 'oc-who'"
  ><i v-if="at" class="oc-i oc-i-arrow" role="img" aria-label="to"></i><span :class="w.p"
  aria-hidden="true">{{ w.i }}</span><span class="oc-clip">{{ w.n }}</span></span></span></li></ul
  ><p v-if="f.more" class="oc-sub">{{ f.more }}</p
  ><dl><template v-for="d in f.facts" :key="d.n"><dt>{{ d.n }}</dt><dd>{{ d.t }}</dd></template></dl
  ><button type="button" :class="f.n ? 'oc-btn' : 'oc-btn main'" :disabled="props.row.busy"
  :aria-describedby="'fix-' + f.n" @click="() => $parent.$emit('use', f.n)">Use this fix</button></section></div>
"""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a page has to offer: the fixes that were found in what was broken."""

    broken: Broken
    found: tuple[RepairFix, ...]


class Fixes:
    """Drawn once; `use` is called with the place of a fix."""

    def __init__(self, use: Callable[[int], object]) -> None:
        self._table = ui.table(rows=[], columns=[], row_key="key").classes("repair-happened")
        self._table.props("grid hide-header hide-pagination hide-bottom hide-no-data").add_slot("item", TEMPLATE)
        self._table.on("use", lambda event: use(int(event.args)))

    def show(self, offered: Offered | None, me: int | None, *, is_busy: bool) -> None:
        """`is_busy`: more may come, or one is being used."""
        if offered is None or not offered.found:
            show_rows(self._table, [])
            return
        items = [_item(place, offered, me) for place in range(len(offered.found))]
        show_rows(self._table, [{"key": "all", "items": items, "busy": is_busy}])


def _item(place: int, offered: Offered, me: int | None) -> dict[str, Any]:
    broken, fix, first = offered.broken, offered.found[place], offered.found[0]
    more = len(fix.moves) - MOST_MOVES
    return {
        "n": place,
        "title": title_of(fix, first),
        "lead": lead_of_fix(fix, first, broken.people, len(broken.needed)),
        "moves": [_move(move, broken, me) for move in fix.moves[:MOST_MOVES]],
        "more": f"and {more} more" if more > 0 else "",
        "facts": facts_of(fix, broken.people, me, len(broken.problem.published)),
    }


def _move(move: Move, broken: Broken, me: int | None) -> dict[str, Any]:
    zone: ZoneInfo = broken.problem.zone
    start = move.slot.start.astimezone(zone).date()
    return {
        "k": f"{move.slot.start.isoformat()}-{move.slot.role}",
        "day": day_words(start, broken.at.astimezone(zone).date()),
        "role": move.slot.role,
        "who": [_who(each, broken, me) for each in (move.before, move.after)],
    }


def _who(person: str | None, broken: Broken, me: int | None) -> dict[str, Any]:
    if person is None:
        return NOBODY
    someone: Someone = broken.people[person]
    name = "You" if someone.id == me else first_name(someone.name)
    return {"n": name, "p": mark_classes(someone.colour), "i": initials(someone.name), "none": False}


def with_more(offered: Offered | None, broken: Broken, found: RepairFix) -> Offered:
    """With one that was just found."""
    before: Sequence[RepairFix] = offered.found if offered else ()
    return Offered(broken, (*before, found))
