"""Lines of the audit log on a page: a day, its lines, and a button for older ones."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import html, ui

from oncall_ui.services.audit.query import PAGE, Entry, Found
from pages.widgets.audit.words import line_of
from pages.widgets.dates import day_words
from pages.widgets.people import initials, mark_classes

# One element, however many lines there are; Vue escapes what is in braces.
DAY = """
<div class="oc-logday"><h2 class="day">{{ props.row.day }}</h2><ul
  ><li v-for="e in props.row.lines" :key="e.id" :class="e.css"
    ><time :datetime="e.iso">{{ e.time }}</time
    ><span v-if="e.mark" :class="e.mark" aria-hidden="true">{{ e.initials }}</span
    ><i v-else :class="e.icon" aria-hidden="true"></i
    ><p><template v-for="p in e.parts"><b v-if="p.b">{{ p.t }}</b><span v-else>{{ p.t }}</span></template
      ><small v-if="e.note">{{ e.note }}</small
      ><small v-if="e.link"><a :href="e.link.to">{{ e.link.words }}</a></small></p
    ><span class="from">{{ e.place }}</span></li></ul></div>
"""
Link = tuple[str, str]


class AuditList:
    """Built once, inside a card. `more` is called when older lines are asked for.

    `viewer`: the member who reads their own part. `after_failure`: words and address of a link below failed log-ins.
    """

    def __init__(
        self, zone: ZoneInfo, more: Callable[[], Any], *, viewer: int | None = None, after_failure: Link | None = None
    ) -> None:
        self._zone, self._viewer, self._after_failure = zone, viewer, after_failure
        with html.div().classes("oc-log"):
            self.table = ui.table(columns=[], rows=[], row_key="day").classes("oc-list")
            self.table.props("grid hide-header hide-pagination").add_slot("item", DAY)
        with html.div().classes("oc-foot") as self._foot:
            self.more = ui.button(f"Show {PAGE} more", color=None, on_click=more).props("unelevated no-caps")
            self.more.classes("oc-btn quiet")
        self._foot.set_visibility(False)

    def rows(self, entries: Sequence[Entry], now: datetime) -> list[dict[str, Any]]:
        """What `show` shows. May take long the first time: call it in a thread."""
        days = groupby(entries, key=lambda entry: entry.at.astimezone(self._zone).date())
        today = now.astimezone(self._zone).date()
        names = {today: "Today, ", today - timedelta(days=1): "Yesterday, "}
        return [
            {"day": names.get(day, "") + day_words(day, today), "lines": [self._line(entry) for entry in lines]}
            for day, lines in days
        ]

    def show(self, rows: list[dict[str, Any]], found: Found) -> None:
        """`found`: the last lines of them, for whether there are more."""
        self.table.rows = rows
        self._foot.set_visibility(found.more)

    def _line(self, entry: Entry) -> dict[str, Any]:
        line = line_of(entry, self._viewer)
        is_member = entry.actor_id is not None
        icon = "alert" if entry.is_failure else "person" if entry.address else "server"
        return {
            "id": entry.id,
            "iso": entry.at.isoformat(),
            "time": f"{entry.at.astimezone(self._zone):%H:%M}",
            "css": "row warn" if entry.is_failure else "row",
            "mark": mark_classes(entry.actor_id) if is_member and entry.actor_id else "",
            "initials": initials(entry.actor_name),
            "icon": f"oc-i oc-i-{icon}",
            "parts": [{"t": words, "b": is_bold} for words, is_bold in line.parts],
            "note": line.note,
            "link": self._link(entry),
            "place": line.place,
        }

    def _link(self, entry: Entry) -> dict[str, str] | None:
        if self._after_failure is None or not entry.is_failure:
            return None
        words, to = self._after_failure
        return {"words": words, "to": to}
