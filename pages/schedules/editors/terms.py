"""What is agreed with one person: share, roles, weekdays, and whether they are paused."""

from collections.abc import Sequence

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.shifts.rules import DAY_NAMES
from pages.schedules.plan.shift import role_words

FULL = 100
SHARES = {25: "25 %", 50: "50 %", 75: "75 %", FULL: "100 %", 150: "150 %"}
PAUSED = "Paused: no shifts, and nothing to catch up"
NO_ROLE, NO_DAY = "Choose at least one role.", "Choose at least one day."


def share_options(share: int) -> dict[int, str]:
    """The usual shares, and this one."""
    return dict(sorted({**SHARES, share: f"{share} %"}.items()))


class TermsFields:
    """Fields, drawn where it is created; `read` gives what they say."""

    def __init__(self, terms: Terms, roles: Sequence[str], *, may_pause: bool = True) -> None:
        self._roles = tuple(roles)
        self.share = ui.select(share_options(terms.share), label="Share", value=terms.share)
        self.share.props("outlined dense options-dense stack-label")
        self.roles = _several("Roles", {role: role_words(role) for role in roles}, terms.roles or frozenset(roles))
        days = dict(enumerate(DAY_NAMES))
        self.days = _several("Days they can start a shift", days, terms.weekdays or frozenset(days))
        self._wrong = TextElement(tag="p", text="").classes("new-wrong").props("role=alert")
        self._wrong.set_visibility(False)
        self.paused = ui.switch(PAUSED, value=terms.is_paused)
        self.paused.set_visibility(may_pause)

    def read(self) -> Terms | None:
        """None after a sentence said what is wrong. Everything chosen is the same as nothing: no restriction."""
        roles, days = frozenset(self.roles.value or ()), frozenset(self.days.value or ())
        wrong = NO_DAY if not days else NO_ROLE if self._roles and not roles else ""
        self._wrong.set_visibility(bool(wrong))
        if wrong:
            self._wrong.set_text(wrong)
            return None
        return Terms(
            share=int(self.share.value or FULL),
            roles=frozenset() if roles >= set(self._roles) else roles,
            weekdays=frozenset() if len(days) == len(DAY_NAMES) else days,
            is_paused=bool(self.paused.value),
        )


def _several(
    label: str, options: dict[str, str] | dict[int, str], chosen: frozenset[str] | frozenset[int]
) -> ui.select:
    value = [each for each in options if each in chosen]
    select = ui.select(options, label=label, value=value, multiple=True)
    return select.props("outlined dense options-dense stack-label")


def days_in_words(weekdays: frozenset[int]) -> str:
    """`Mon, Wed`."""
    return ", ".join(DAY_NAMES[day] for day in sorted(weekdays) if 0 <= day < len(DAY_NAMES))
