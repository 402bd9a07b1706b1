"""The member's next shifts on Home, and who is on call now on the schedules they belong to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from nicegui import html, ui

from oncall_ui.services.accounts.members import MemberView
from oncall_ui.services.schedules.published.overview import ScheduleLine, SchedulesOverview
from pages.widgets.dates import moment_words
from pages.widgets.own_shifts import OwnShifts, role_words
from pages.widgets.people import initials, mark_classes

AT_MOST = 4
NOBODY = "Nobody"
NOW = """
<ul class="oc-rows oc-mine oc-now-list"><li v-for="s in props.row.s" :key="s.k"><b><a :href="s.href">{{ s.name }}</a></b
  ><span v-for="r in s.roles" :key="r.role" class="oc-who"
  ><span v-if="r.i" :class="r.p" aria-hidden="true">{{ r.i }}</span
  ><span class="oc-clip">{{ r.n }}<small>{{ r.t }}</small></span></span></li></ul>
"""


class ShiftsSection:
    """Drawn once the member belongs to a schedule; empty until then."""

    def __init__(self) -> None:
        self._place = html.div().classes("oc-two even")
        self._place.set_visibility(False)
        self._is_drawn = False

    def show(self, seen: SchedulesOverview, me: MemberView, now: datetime) -> None:
        self._place.set_visibility(bool(seen.mine))
        if not seen.mine:
            return
        if not self._is_drawn:
            self._draw()
        several = len({shift.schedule_id for shift in seen.shifts}) > 1
        self._own.show(seen.shifts, me.tz, now, named=several)
        self._card.set_visibility(bool(seen.shifts))
        rows = [{"key": "now", "s": [_line(line, me, now) for line in seen.mine[:AT_MOST]]}]
        if rows != self._now.rows:
            self._now.rows = rows

    def _draw(self) -> None:
        self._is_drawn = True
        with self._place:
            with html.section().classes("oc-card").props("aria-labelledby=shifts") as self._card:
                with html.div().classes("oc-card-head"):
                    html.h2("Your next shifts").classes("grow").props("id=shifts")
                    ui.link("Schedules", "/schedules").classes("oc-more")
                self._own = OwnShifts()
            with html.section().classes("oc-card").props("aria-labelledby=on-call"):
                with html.div().classes("oc-card-head"):
                    html.h2("On call now").props("id=on-call")
                self._now = ui.table(rows=[], columns=[], row_key="key").classes("oc-entries")
                self._now.props("grid hide-header hide-pagination hide-bottom hide-no-data").add_slot("item", NOW)


def _line(line: ScheduleLine, me: MemberView, now: datetime) -> dict[str, Any]:
    return {
        "k": line.card.id,
        "name": line.card.name,
        "href": f"/schedules/{line.card.id}",
        "roles": _roles(line, me, now),
    }


def _roles(line: ScheduleLine, me: MemberView, now: datetime) -> Sequence[dict[str, Any]]:
    found = []
    for each in line.card.on_call:
        until = f" until {moment_words(each.until, me.tz, now.astimezone(me.tz).date())}" if each.until else ""
        said = {"role": each.role, "n": NOBODY, "t": f"{role_words(each.role)}{until}"}
        if each.now is not None and not each.now.is_gap:
            name = "You" if each.now.member_id == me.id else each.now.name
            mark = mark_classes(line.colours.get(each.now.participant_id or 0, each.now.member_id or 1))
            said |= {"n": name, "i": initials(each.now.name), "p": mark}
        found.append(said)
    return found
