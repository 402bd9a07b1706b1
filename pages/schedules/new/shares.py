"""What each person would carry of the next weeks: one element for the list."""

from collections.abc import Mapping

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.planning.problem import FillKind
from oncall_ui.domain.schedules.shifts.from_rules import ShiftRefused, generate
from pages.schedules.new.choices import Choices
from pages.widgets.dates import count
from pages.widgets.people import first_name, initials, mark_classes

FULL = 100
NOT_PLANNED = {FillKind.NOBODY, FillKind.SCHEDULE}
WEEKS_A_MONTH = 52 / 12
ROW = """
<div class="new-share" role="listitem" :key="props.row.key"><span class="oc-who"><span :class="props.row.mark"
  aria-hidden="true">{{ props.row.i }}</span><span class="oc-clip">{{ props.row.n }}</span></span
  ><span class="oc-bal" aria-hidden="true"><i :style="{'--v': props.row.v}"></i></span
  ><span>{{ props.row.t }}</span></div>
"""


class Shares:
    """Drawn where it is created, patched by `show`."""

    def __init__(self) -> None:
        with html.section().classes("oc-card new-shares").props("aria-labelledby=shares"):
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                html.h2("Share per person").props("id=shares")
                self._lead = TextElement(tag="p", text="").classes("oc-sub").props("aria-live=polite")
            self.table = ui.table(rows=[], columns=[], row_key="key").classes("oc-entries")
            self.table.props("grid hide-header hide-pagination hide-bottom hide-no-data role=list")
            self.table.add_slot("item", ROW)

    def show(self, choices: Choices, names: Mapping[int, str], colours: Mapping[int, int]) -> None:
        """By member id: names, and the colours of the marks."""
        shifts = wanted(choices)
        shares = {member: agreed.terms.share for member, agreed in choices.people.items()}
        total, most = sum(shares.values()), max(shares.values(), default=0)
        parts = f"{total / FULL:g} {'share' if total == FULL else 'shares'}"
        self._lead.set_text(", ".join([count(choices.weeks, "week"), count(shifts, "shift"), parts]))
        a_month = shifts / choices.weeks * WEEKS_A_MONTH
        rows = [
            {
                "key": str(member),
                "n": first_name(names[member]),
                "i": initials(names[member]),
                "mark": mark_classes(colours[member]),
                "v": round(100 * share / most) if most else 0,
                "t": f"{a_month * share / total:.1f} a month" if total else "",
            }
            for member, share in shares.items()
            if member in names
        ]
        if rows != self.table.rows:
            self.table.rows = rows


def wanted(choices: Choices) -> int:
    """How many slots the plan has; 0 while a rule is refused."""
    try:
        shifts = generate(choices.pattern(), choices.start, choices.end).shifts
    except ShiftRefused:
        return 0
    return sum(filler.kind not in NOT_PLANNED for shift in shifts for filler in shift.fills.values())
