"""How the events of the selected calendar count, how many of them would in each mode, and when it is checked."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.availability.rules import Mode, Tags
from oncall_ui.services.connections.choose import Choice
from pages.widgets.calendar_status import MODES
from pages.widgets.dates import NBSP

# Indexes are those of MODES; each option's label is its name, a line break and its number. A template: it must never
# contain outside text.
LABEL = """
<div class="oc-mode"><span>{{ props.label.split("\\n")[0] }}
  <small v-if="props.value === 0">Out of office and holidays block.
    Tags in the title or description decide the rest (%s).</small>
  <small v-else-if="props.value === 1">For a calendar of absences.</small>
  <small v-else>For a calendar of shifts you would take.</small></span>
  <b>{{ props.label.split("\\n")[1] }}</b>
</div>
"""
DEFAULT_TAGS = "<b>noc</b>, <b>not oncall</b>, <b>prefer oncall</b>"
OWN_TAGS = "your team’s own, see Tags under Team"
HOLIDAYS = "Holiday lists are often marked free."
PREVIEW = "preview"
"""The id of the preview's heading."""


def label_of(tags: Tags) -> str:
    """The explanation of each mode. A team's own tags aren't written into it, since it is a template."""
    return LABEL % (DEFAULT_TAGS if tags == Tags() else OWN_TAGS)


class HowBox:
    """Modes and switches for one calendar. `changed` is called with the choice after each change."""

    def __init__(self, name: str, choice: Choice, changed: Callable[[Choice], None], label: str) -> None:
        self._choice, self._changed = choice, changed
        with html.div().classes("oc-how") as self.box:
            TextElement(tag="p", text="How its events count").classes("oc-how-title").props("aria-hidden=true")
            self._mode = ui.radio(_options({}), value=choice.mode, on_change=self._chose_mode)
            self._mode.props["aria-label"] = f"How events in {name} count"
            self._mode.add_slot("label", label)
            with html.div() as self._switches:
                self._free = ui.checkbox(
                    "Count events marked free", value=choice.counts_free, on_change=self._chose_free
                )
                hint = TextElement(tag="small", text=HOLIDAYS)
                self._free.props(f"aria-describedby={hint.html_id}")
                self._all_day = ui.checkbox("Count all-day events", value=choice.counts_all_day)
                self._all_day.on_value_change(self._chose_all_day)
            # No role: it changes with every check, and a check is no news.
            self._times = TextElement(tag="p", text="").classes("oc-how-times")
            ui.link("See what would count", f"#{PREVIEW}").classes("oc-jump")

    def show(self, choice: Choice, numbers: Mapping[Mode, str], times: str) -> None:
        """`numbers`: how many events would count in each mode; empty while that isn't known.

        `times`: when it was checked and will be, see `times_words`.
        """
        self._choice = choice
        if (options := _options(numbers)) != self._mode.options:
            self._mode.set_options(options)
        self._mode.set_value(choice.mode)
        self._free.set_value(choice.counts_free)
        self._all_day.set_value(choice.counts_all_day)
        # Each of the three times stays on one line.
        self._times.set_text(times.replace(" ", NBSP).replace(f"{NBSP}·{NBSP}", f"{NBSP}· "))
        self._times.set_visibility(bool(times))
        # In matching mode tags decide, for free and all-day events too.
        for each in (self._switches, self._free, self._all_day):
            each.set_visibility(choice.mode is not Mode.MATCHING)

    # These also run for values set by `show`, which are the choice's own.

    def _chose_mode(self) -> None:
        self._changed(replace(self._choice, mode=self._mode.value))

    def _chose_free(self) -> None:
        self._changed(replace(self._choice, counts_free=bool(self._free.value)))

    def _chose_all_day(self) -> None:
        self._changed(replace(self._choice, counts_all_day=bool(self._all_day.value)))


def _options(numbers: Mapping[Mode, str]) -> dict[Mode, str]:
    return {mode: f"{word}\n{numbers.get(mode, '')}" for mode, word in MODES.items()}
