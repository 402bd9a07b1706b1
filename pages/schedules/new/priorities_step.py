"""Step 3: blocks and limits as sentences, points per type, and what comes first where two priorities pull apart."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from nicegui import html
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.planning.problem import Strength
from pages.schedules.editors.blocks import BlocksEditor
from pages.schedules.editors.card import card
from pages.schedules.editors.limits import LimitsEditor
from pages.schedules.editors.points import PointsEditor
from pages.schedules.editors.priorities import PrioritiesEditor
from pages.schedules.new.choices import Choices
from pages.schedules.new.warnings import limit_warnings, shifts_of


class PrioritiesStep:
    """Drawn where it is created; calls `changed` with each new value. `names`: member id → name."""

    def __init__(self, choices: Choices, names: Mapping[int, str], changed: Callable[[Choices], None]) -> None:
        self._choices, self._changed = choices, changed
        self._shifts = shifts_of(choices)
        people = {str(member): names[member] for member in choices.people if member in names}
        with html.div().classes("oc-make"):
            with html.div().classes("oc-stack"):
                with card("blocks", "Blocks", "Time that calendars or days people added block"):
                    BlocksEditor(choices.blocks, needs_fresh=choices.needs_fresh, changed=self._set_blocks)
                with card("limits", "Limits", "Avoid: kept if possible. Never: kept, even if a shift stays empty"):
                    self.limits = LimitsEditor(
                        choices.limits, people, lambda limits: self._set(replace(self._choices, limits=limits))
                    )
                    self._warning = TextElement(tag="p", text="").classes("oc-note oc-icon oc-i-alert new-types")
                    self._warning.props("role=status")
                with card("first", "Priorities", "The first wins where two pull apart"):
                    PrioritiesEditor(choices.stages, lambda stages: self._set(replace(self._choices, stages=stages)))
            with html.aside().props('aria-label="Points"'), card("points", "Points", "What a shift counts in fairness"):
                self.points = PointsEditor(
                    choices.points, choices.types, lambda points: self._set(replace(self._choices, points=points))
                )

        self._warn()

    def read(self) -> Choices | None:
        """What is chosen, or None after the rows said what is wrong."""
        read = self.limits.read(), self.points.read()
        return None if None in read else self._choices

    def _set_blocks(self, blocks: Strength, needs_fresh: bool) -> None:
        self._set(replace(self._choices, blocks=blocks, needs_fresh=needs_fresh))

    def _warn(self) -> None:
        words = " ".join(limit_warnings(self._choices, self._shifts))
        self._warning.set_text(words)
        self._warning.set_visibility(bool(words))

    def _set(self, choices: Choices) -> None:
        self._choices = choices
        self._warn()
        self._changed(choices)
