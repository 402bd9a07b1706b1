"""The list of members: one table, whatever its length, filtered by kind and by name; rows keep their places."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nicegui import html, ui

from pages.accounts.members.words import Row, counts_of
from pages.widgets.people import initials, mark_classes

# One element, however large the team is; Vue escapes what is in braces.
ROW = """
<div :class="props.row.line" role="listitem"
  ><span :class="props.row.mark" aria-hidden="true"
    ><i v-if="props.row.is_invited" class="oc-i oc-i-mail"></i
    ><template v-else>{{ props.row.initials }}</template></span
  ><span class="who oc-clip"><b><span class="oc-clip">{{ props.row.name }}</span
    ><span v-if="props.row.is_you" class="oc-you">you</span
    ><span v-if="props.row.is_admin" class="oc-tag">Administrator</span></b
    ><small class="oc-clip">{{ props.row.sub }}</small></span
  ><div :class="props.row.css" role="status"><b>{{ props.row.word }}</b><span>{{ props.row.facts }}</span></div
  ><span class="how">{{ props.row.how }}</span
  ><span :class="props.row.seen_css">{{ props.row.seen }}</span
  ><span class="end"><button v-if="props.row.act" type="button" class="oc-btn quiet act"
    :aria-label="props.row.act_name" @click="() => $parent.$emit('act', props.row.key)">{{ props.row.act }}</button
  ><button type="button" tabindex="0" class="oc-btn quiet dots oc-icon oc-i-dots" :id="props.row.dots"
    aria-haspopup="menu" aria-expanded="false" :aria-label="'More for ' + props.row.name"
    @click="() => $parent.$emit('more', props.row.key)"></button></span></div>
"""
TYPED = "(event) => emit(event.target.value)"
HEADS = ("", "Member", "Calendars", "Logs in with", "Last seen", "")


class Show(StrEnum):
    """Which rows are shown."""

    ALL = "all"
    WAITING = "waiting"
    ADMINISTRATORS = "administrators"


@dataclass
class _Known:
    """What is shown of a row, so that a change can be marked once."""

    status: tuple[str, str]
    changes: int = 0


@dataclass
class _Order:
    """Keys in the order in which they were first shown; new ones come last."""

    keys: list[str] = field(default_factory=list)

    def sorted(self, rows: Sequence[Row]) -> list[Row]:
        by_key = {row.key: row for row in rows}
        self.keys = [key for key in self.keys if key in by_key]
        self.keys += [row.key for row in rows if row.key not in set(self.keys)]
        return [by_key[key] for key in self.keys]


class MembersTable:
    """Built once; `show` patches it. `more` and `act` are called with the row whose button was pressed."""

    def __init__(self, more: Callable[[Row, str], object], act: Callable[[Row], object]) -> None:
        self._rows: list[Row] = []
        self._known: dict[str, _Known] = {}
        self._order = _Order()
        self._show, self._typed = Show.ALL, ""
        self._ids: dict[str, str] = {}
        with html.section().classes("oc-card").props("aria-label=Members") as self.card:
            self._draw_tools()
            with html.div().classes("oc-people"):
                ui.html("".join(f"<span>{head}</span>" for head in HEADS)).classes("heads").props("aria-hidden=true")
                self.table = ui.table(columns=[], rows=[], row_key="key").classes("oc-list")
                self.table.props("grid hide-header hide-pagination role=list aria-label=Members")
                self.table.add_slot("item", ROW)
                self.table.on("more", lambda event: self._pressed(event.args, more_of=more))
                self.table.on("act", lambda event: self._acted(event.args, act))
            self._none = ui.label("Nobody matches.").classes("members-none oc-sub").props("role=status")

    def show(self, rows: Sequence[Row]) -> None:
        """Marks once what has changed since it was shown last."""
        self._rows = self._order.sorted(rows)
        for row in self._rows:
            known = self._known.setdefault(row.key, _Known(row.status, 0 if not self.table.rows else 1))
            if known.status != row.status:
                known.status, known.changes = row.status, known.changes + 1
        self._draw()

    def _draw_tools(self) -> None:
        with html.div().classes("oc-tools"):
            self._choice = ui.toggle(dict.fromkeys(Show, ""), value=Show.ALL, on_change=self._filter)
            self._choice.classes("oc-seg").props("unelevated no-caps toggle-color=none toggle-text-color=none")
            self._choice.props("role=group aria-label=Show")
            html.span().classes("grow")
            with html.span().classes("oc-find"):
                html.i().classes("oc-i oc-i-search").props("aria-hidden=true")
                find = html.input_(type="search", placeholder="Name or email", maxlength=200).classes("oc-input")
                find.props["aria-label"] = "Find a member"
                find.on("input", lambda event: self._type(str(event.args)), js_handler=TYPED, throttle=0.2)

    def _type(self, typed: str) -> None:
        self._typed = typed.strip()
        self._filter()

    def _filter(self) -> None:
        self._show = Show(self._choice.value or Show.ALL)
        for known in self._known.values():
            known.changes = 0  # a row that comes back has not changed
        self._draw()

    def _draw(self) -> None:
        total, waiting, admins = counts_of(self._rows)
        words = {Show.ALL: f"All {total}", Show.WAITING: f"Waiting {waiting}"}
        words[Show.ADMINISTRATORS] = f"Administrators {admins}"
        if words != self._choice.options:
            self._choice.set_options(words)
        shown = [self._as_dict(row) for row in self._rows if self._is_shown(row)]
        if shown != self.table.rows:
            self.table.rows = shown
        self._none.set_visibility(not shown)

    def _is_shown(self, row: Row) -> bool:
        is_kind = {Show.ALL: True, Show.WAITING: row.is_waiting, Show.ADMINISTRATORS: row.is_admin}[self._show]
        return is_kind and row.matches(self._typed)

    def _as_dict(self, row: Row) -> dict[str, Any]:
        changes = self._known[row.key].changes
        changed = ("oc-changed again" if changes % 2 == 0 else "oc-changed") if changes else ""
        return {
            "key": row.key,
            "line": f"line {changed}".strip(),
            "mark": "oc-p l wait" if row.is_invited else f"{mark_classes(row.id)} l",
            "is_invited": row.is_invited,
            "initials": initials(row.name),
            "name": row.name,
            "sub": row.sub,
            "is_you": row.is_you,
            "is_admin": row.is_admin,
            "css": f"oc-status {row.css}",
            "word": row.word,
            "facts": row.facts,
            "how": row.how,
            "seen": row.seen,
            "seen_css": {"–": "seen no unknown", "never seen": "seen no"}.get(row.seen, "seen"),
            "act": row.act or "",
            "act_name": f"{row.act} for {row.name}" if row.act == "New link" else f"{row.act} {row.name}",
            "dots": self._dots(row.key),
        }

    def _dots(self, key: str) -> str:
        """The id of the row's menu button, unlike any other on the page."""
        return self._ids.setdefault(key, f"more-{len(self._ids)}")

    def _row(self, key: object) -> Row | None:
        return next((row for row in self._rows if row.key == key), None)

    def _pressed(self, key: object, *, more_of: Callable[[Row, str], object]) -> object:
        row = self._row(key)
        return more_of(row, self._dots(row.key)) if row else None

    def _acted(self, key: object, act: Callable[[Row], object]) -> object:
        row = self._row(key)
        return act(row) if row else None
