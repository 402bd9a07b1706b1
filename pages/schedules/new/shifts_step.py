"""Step 2: when shifts start and which roles they have, with a live picture of what that gives."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

from nicegui import html, ui

from oncall_ui.domain.schedules.problem import NOBODY
from oncall_ui.domain.schedules.ready_made import READY_MADE
from oncall_ui.domain.schedules.rules import DAY_SETS, Rule
from pages.schedules.new.choices import LEAST_WEEKS, MOST_WEEKS, ONE_ROLE, TWO_ROLES, Choices, is_off, new_rule
from pages.schedules.new.live_picture import LivePicture
from pages.schedules.new.picture import Preview
from pages.widgets.dates import LONG_WEEKDAYS, zone_words
from pages.widgets.forms import field

ROLES = {ONE_ROLE: "One role", TWO_ROLES: "Primary and secondary"}
BEST, OFF = "Best person", "Nobody (off)"
DAYS = {
    "Daily": "Every day",
    "Weekdays": "Weekdays",
    "Weekends": "Weekends",
    **dict(zip(tuple(DAY_SETS)[3:], LONG_WEEKDAYS, strict=True)),
}
EVERY = {1: "Every week", 2: "Every 2nd week", 3: "Every 3rd week", 4: "Every 4th week"}
NEW_RULE = new_rule(DAY_SETS["Mon"], time(9))
Show = Callable[[Choices], Preview]


class ShiftsStep:
    """Drawn where it is created; calls `changed` with each new value, and `preview` for its picture."""

    def __init__(self, choices: Choices, changed: Callable[[Choices], None], preview: Show) -> None:
        self._choices, self._changed, self._preview = choices, changed, preview
        with html.div().classes("oc-make"):
            with html.div().classes("oc-stack"):
                self._draw_sets()
                with html.section().classes("oc-card").props("aria-labelledby=begin"):
                    with html.div().classes("oc-card-head"), html.h2().classes("grow").props("id=begin"):
                        html.span("Shifts begin ")
                        html.small(f"{zone_words(choices.zone)} time")
                    self._rows = html.ul().classes("new-rules")
                    with html.div().classes("oc-foot"):
                        add = ui.button("Add a shift", color=None, on_click=self._add).props("flat no-caps")
                        add.classes("oc-btn quiet oc-icon oc-i-plus")
                self._draw_span()
            with html.aside().props('aria-label="Preview"'):
                self.picture = LivePicture()
        self._draw_rules()
        self._show()

    def read(self) -> Choices | None:
        """What is chosen, or None while a shift is refused or there is none."""
        return self._choices if self._shown.weeks else None

    def _draw_sets(self) -> None:
        self._chips: dict[str, ui.button] = {}
        with html.section().classes("oc-card oc-pad").props("aria-labelledby=sets"):
            html.h2("Start from").props("id=sets").classes("new-sets")
            with html.div().classes("oc-chips").props('role=group aria-label="Start from"'):
                for each in READY_MADE:
                    chip = ui.button(each.name, color=None, on_click=lambda each=each: self._use(each.key))
                    self._chips[each.key] = chip.props("unelevated no-caps").classes("oc-chip")

    def _draw_span(self) -> None:
        with html.section().classes("oc-card"):
            with html.div().classes("oc-rule"):
                html.p("Roles")
                roles = ui.toggle(list(ROLES.values()), value=ROLES.get(self._choices.roles)).classes("oc-seg")
                roles.props("unelevated no-caps toggle-color=none toggle-text-color=none aria-label=Roles")
                roles.on_value_change(lambda: self._set_roles(str(roles.value)))
            with html.div().classes("oc-rule new-span"):
                first = field("First day", value=self._choices.start.isoformat(), kind="date")
                weeks = field("Weeks", value=str(self._choices.weeks), kind="number", min="4", max="52")
                first.on_value_change(lambda: self._set_start(str(first.value or "")))
                weeks.on_value_change(lambda: self._set_weeks(str(weeks.value or "")))

    def _draw_rules(self) -> None:
        self._rows.clear()
        with self._rows:
            for number, rule in enumerate(self._choices.rules):
                self._rule(number, rule)

    def _rule(self, number: int, rule: Rule) -> None:
        days = next((name for name, known in DAY_SETS.items() if known == rule.days), "")
        options = DAYS if days else {"": _some(rule.days), **DAYS}
        with html.li():
            day = _select(f"Shift {number + 1} starts on", options, days)
            at = field("", value=f"{rule.at:%H:%M}", kind="time")
            at.props["aria-label"] = f"Shift {number + 1} starts at"
            who = _select(f"Who has shift {number + 1}", [BEST, OFF], OFF if is_off(rule) else BEST)
            every = _select(f"Shift {number + 1} repeats", EVERY, rule.every)
            remove = ui.button(color=None, on_click=lambda: self._remove(number)).props("flat no-caps")
            remove.classes("oc-btn quiet oc-icon oc-i-x").props["aria-label"] = f"Remove shift {number + 1}"

        def read() -> None:
            fills = dict.fromkeys(self._choices.roles, NOBODY) if who.value == OFF else {}
            chosen = DAY_SETS.get(str(day.value), rule.days)
            try:
                begins = time.fromisoformat(str(at.value or ""))
            except ValueError:
                return  # half typed
            weeks = int(every.value or 1)
            now = replace(rule, days=chosen, at=begins, fills=fills, every=weeks, week=min(rule.week, weeks))
            rules = list(self._choices.rules)
            rules[number] = now
            self._set(replace(self._choices, rules=tuple(rules), ready_made=""))

        for entry in (day, at, who, every):
            entry.on_value_change(read)

    def _use(self, key: str) -> None:
        chosen = next(each for each in READY_MADE if each.key == key)
        self._set(self._choices.with_set(chosen))
        self._draw_rules()

    def _add(self) -> None:
        self._set(replace(self._choices, rules=(*self._choices.rules, NEW_RULE), ready_made=""))
        self._draw_rules()

    def _remove(self, number: int) -> None:
        rules = [rule for place, rule in enumerate(self._choices.rules) if place != number]
        self._set(replace(self._choices, rules=tuple(rules), ready_made=""))
        self._draw_rules()

    def _set_roles(self, words: str) -> None:
        self._set(self._choices.with_roles(next(roles for roles, known in ROLES.items() if known == words)))

    def _set_start(self, typed: str) -> None:
        try:
            self._set(replace(self._choices, start=date.fromisoformat(typed)))
        except ValueError:
            return  # half typed

    def _set_weeks(self, typed: str) -> None:
        if typed.isdecimal() and LEAST_WEEKS <= int(typed) <= MOST_WEEKS:
            self._set(replace(self._choices, weeks=int(typed)))

    def _set(self, choices: Choices) -> None:
        self._choices = choices
        self._show()
        self._changed(choices)

    def _show(self) -> None:
        for key, chip in self._chips.items():
            chip.props(f"aria-pressed={'true' if key == self._choices.ready_made else 'false'}")
        self._shown = self._preview(self._choices)
        self.picture.show(self._shown, len(self._choices.roles))


def _select(name: str, options: object, value: object) -> ui.select:
    select = ui.select(options, value=value).props("outlined dense options-dense")  # type: ignore[arg-type]
    select.props["aria-label"] = name
    return select


def _some(days: frozenset[int]) -> str:
    """`Mon, Wed, Fri`."""
    return ", ".join(name for name in tuple(DAY_SETS)[3:] if DAY_SETS[name] <= days)
