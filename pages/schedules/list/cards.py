"""The cards of all schedules, as one element: a team may have dozens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui

from oncall_ui.domain.availability.day_grid import last_day
from oncall_ui.domain.schedules.access import Access
from oncall_ui.services.schedules.published.overview import ScheduleLine
from oncall_ui.services.schedules.published.read import OnCall, ShiftView
from pages.schedules.board.words import RUNS_OUT, need_words
from pages.schedules.plan.shift import Holder, role_words
from pages.schedules.subnav import schedule_route
from pages.widgets.dates import clock, count, day_words, relative_day, short_day
from pages.widgets.rows import show_rows

NOBODY = "Nobody"
CARD = """
<section class="oc-card" :key="props.row.key" :aria-labelledby="'schedule-' + props.row.key"><div class="oc-card-head"
  ><div class="grow"><h2 :id="'schedule-' + props.row.key"><a :href="props.row.href">{{ props.row.name }}</a></h2
  ><p class="oc-sub">{{ props.row.sub }}</p></div><p :class="'oc-status ' + props.row.css"><b>{{ props.row.word }}</b
  ><span>{{ props.row.facts }}</span></p></div>
  <div class="oc-scroll" tabindex="0" role="group" :aria-label="'On call: ' + props.row.name"
    ><table class="oc-grid oc-list"><thead><tr><th>Role</th><th class="left">Now</th><th class="left">Until</th
    ><th class="left">Next</th></tr></thead><tbody><tr v-for="r in props.row.roles" :key="r.role"
    ><td class="left"><b>{{ r.role }}</b></td
    ><td class="left"><span class="oc-who"><span v-if="r.now.i" :class="r.now.p" aria-hidden="true">{{ r.now.i }}</span
      ><span class="oc-clip">{{ r.now.n }}</span><span v-if="r.now.you" class="oc-you">you</span></span></td
    ><td class="left soft">{{ r.until }}</td
    ><td class="left"><span class="oc-who second"
      ><span v-if="r.next.i" :class="r.next.p" aria-hidden="true">{{ r.next.i }}</span
      ><span class="oc-clip">{{ r.next.n }}</span></span></td></tr></tbody></table></div></section>
"""


class ScheduleCards:
    """Drawn where it is created, patched by `show`."""

    def __init__(self) -> None:
        self.table = ui.table(rows=[], columns=[], row_key="key").classes("oc-entries oc-schedules")
        self.table.props("grid hide-header hide-pagination hide-bottom hide-no-data").add_slot("item", CARD)

    def show(self, lines: Sequence[ScheduleLine], member_id: int, zone: ZoneInfo, now: datetime) -> None:
        rows = [_row(line, member_id, zone, now) for line in lines]
        show_rows(self.table, rows)


def _row(line: ScheduleLine, member_id: int, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    card = line.card
    css, word, facts = _status(line, zone, now)
    roles = [each.role for each in card.on_call]
    names = " and ".join([", ".join(roles[:-1]), roles[-1]]) if len(roles) > 1 else "one role"
    until = (
        f", published until {short_day(card.published_until.astimezone(zone).date())}" if card.published_until else ""
    )
    return {
        "key": str(card.id),
        "href": schedule_route(card.id),
        "name": card.name,
        "sub": f"{count(line.people, 'person', 'people')}, {names}{until}",
        "css": css,
        "word": word,
        "facts": facts,
        "roles": [_role(each, line, member_id, zone, now) for each in card.on_call],
    }


def _status(line: ScheduleLine, zone: ZoneInfo, now: datetime) -> tuple[str, str, str]:
    """Look, word and facts, as the schedule's own page puts them: what needs somebody first."""
    card, until = line.card, line.card.published_until
    draft = ", draft ready" if card.drafts and card.access is Access.MANAGER else ""
    if until is None:
        return "is-off", "Nothing published yet", draft
    last = last_day(until, ZoneInfo(card.zone))
    if until <= now:
        return "is-bad oc-i-alert", f"Ended {day_words(last, now.astimezone(zone).date())}", draft
    if line.wrong:
        return "is-bad oc-i-alert", need_words(line.wrong), draft
    if until < now + RUNS_OUT:
        return "is-warn oc-i-clock", f"Ends {day_words(last, now.astimezone(zone).date())}", draft
    return "is-ok", "All covered", draft


def _role(each: OnCall, line: ScheduleLine, member_id: int, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    return {
        "role": role_words(each.role),
        "now": _person(each.now, line, member_id) or {"n": NOBODY},
        "until": _until(each.until, zone, now) if each.until else "",
        "next": _person(each.next, line, member_id, short=True) or {"n": ""},
    }


def _person(shift: ShiftView | None, line: ScheduleLine, member_id: int, *, short: bool = False) -> dict[str, Any]:
    """Empty for nobody."""
    if shift is None or shift.is_gap:
        return {}
    is_me = shift.member_id == member_id
    holder = Holder(shift.name, line.colours.get(shift.participant_id or 0, shift.member_id or 1))
    name = holder.short if short else holder.name
    return {"n": name, "i": holder.initials, "p": holder.mark, "you": is_me and not short}


def _until(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """`18:00 today`, `tomorrow, 10:00`, `Mon 30 Nov, 09:00`."""
    day, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    if day == today:
        return f"{clock(at, zone)} today"
    word = relative_day(day, today) if (day - today).days == 1 else day_words(day, today)
    return f"{word}, {clock(at, zone)}"
