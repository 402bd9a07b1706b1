"""What was read of an old rota: who its names are, what it brings, and the balances everybody would begin with."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.rota_import.people import FORMER, NOBODY
from oncall_ui.domain.schedules.rota_import.rota import Rota
from oncall_ui.services.schedules.rota_import.counting import MONTHS
from oncall_ui.services.schedules.rota_import.names import Choices
from oncall_ui.services.schedules.rota_import.preview import ImportPreview
from pages.schedules.drawn import Drawn
from pages.schedules.rota_import.drawing import BRINGS, NAMES, OPENING, PROBLEMS
from pages.schedules.rota_import.words import brings_rows, name_rows, opening_rows, problem_rows, summary_words

KEPT = (
    "The file is read and discarded. We keep who each name is, and ledger lines: who, which role, when, how many "
    "points."
)


class Review:
    """Parts that its page places: `draw_cards`, `draw_side`. Calls `changed` with each new answer.

    `ahead`: what becomes of shifts that are still to come, in words.
    """

    def __init__(self, zone: ZoneInfo, changed: Callable[[], Awaitable[None]], ahead: str) -> None:
        self._zone, self._changed, self._ahead = zone, changed, ahead
        self._people: Mapping[int, str] = {}
        self.rota: Rota | None = None
        self.answers: dict[str, int | None] = {}
        """Key of a name → who; None: nobody has said yet."""

    def draw_cards(self, roles: Sequence[str], *, months: int = 12, again: Callable[[], None] | None = None) -> None:
        """`again` starts over with another file."""
        self._roles = roles
        self._names_card(roles, again)
        self._opening_card(months)

    def draw_side(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=import-brings"):
            with html.div().classes("oc-card-head"):
                html.h2("What it brings").props("id=import-brings")
            self._brings = Drawn(BRINGS, "import-drawn")
        with html.p().classes("oc-note oc-icon oc-i-shield"):
            html.span(KEPT)

    def read(self, rota: Rota, title: str, answers: Mapping[str, int | None], people: Mapping[int, str]) -> None:
        """What was read. `people`: id → name of everybody a name may be."""
        self.rota, self.answers, self._people = rota, dict(answers), people
        self._title.set_text(title)
        self._summary.set_text(summary_words(rota, self._zone, self._now))
        self._role.set_visibility(len(self._roles) > 1 and any(not entry.role for entry in rota.entries))
        self._problems.show(problem_rows(rota))
        self.show_names()

    def forget(self) -> None:
        self.rota, self.answers = None, {}

    def show_names(self) -> None:
        if self.rota is not None:
            self._names.show(name_rows(self.rota, self.answers, self._people, self._zone, self._now))

    def show(self, preview: ImportPreview) -> None:
        self._brings.show(brings_rows(preview, self._ahead))
        self._openings.show(opening_rows(preview))

    @property
    def choices(self) -> Choices:
        chosen = {key: answer for key, answer in self.answers.items() if answer is not None}
        return Choices(chosen, str(self._role.value or ""), int(self._months.value or 12))

    @property
    def _now(self) -> datetime:
        return datetime.now(UTC).astimezone(self._zone)

    def _names_card(self, roles: Sequence[str], again: Callable[[], None] | None) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=import-names"):
            with html.div().classes("oc-card-head wrap import-names-head"):
                with html.div().classes("grow"):
                    self._title = TextElement(tag="h2", text="").props("id=import-names")
                    self._summary = TextElement(tag="p", text="").classes("oc-sub")
                self._role = ui.select({role: role.capitalize() for role in roles}, value=roles[0], label="Role")
                self._role.props("outlined dense options-dense stack-label").classes("import-role")
                self._role.on_value_change(self._changed)
                if again is not None:
                    another = ui.button("Another file", color=None, on_click=again).props("flat no-caps")
                    another.classes("oc-btn quiet")
            self._names = Drawn(NAMES, "import-drawn")
            self._names.table.on("who", lambda event: self._chosen(*event.args))
            self._problems = Drawn(PROBLEMS, "import-drawn")

    def _opening_card(self, months: int) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=import-opening"):
            with html.div().classes("oc-card-head wrap"):
                with html.h2().classes("grow").props("id=import-opening"):
                    html.span("Opening balances ")
                    html.small("in points, before anything is saved")
                self._months = ui.toggle({each: f"{each} months" for each in MONTHS}, value=months).classes("oc-seg")
                self._months.props("unelevated no-caps toggle-color=none toggle-text-color=none")
                self._months.props["aria-label"] = "Count from"
                self._months.on_value_change(self._changed)
            self._openings = Drawn(OPENING, "import-drawn")

    async def _chosen(self, key: str, value: str) -> None:
        known = {str(each): each for each in (*self._people, FORMER, NOBODY)}
        if self.rota is not None and key in self.rota.people and value in known:
            self.answers[key] = known[value]
            await self._changed()
