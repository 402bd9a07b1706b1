"""The team's tags: administrators change them, everyone can read them and try a title."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Action, Tags
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.team.tags import BLOCK, MOST, PREFER, read_tags, save_tags, try_title
from pages.layout import frame
from pages.opening import page
from pages.session import login_required, run_as
from pages.widgets.forms.fields import busy, field, forgive, is_busy, refuse
from pages.widgets.forms.leaving import ask_before_leaving
from pages.widgets.heading import page_header

LEAD = (
    "Where a calendar is set to “Matching events”, an event counts if its title or description contains one of these. "
    "Case is ignored; spaces and hyphens are the same."
)
HINT = f"One per line, up to {MOST}."
KINDS = {Action.BLOCK: ("is-block", "Block"), Action.PREFER: ("is-prefer", "Prefer")}


def register(app: App) -> None:
    logged_in = login_required(app)

    def current(me: Annotated[LoggedIn, Depends(logged_in)]) -> Tags:
        return read_tags(app, me.member.id)

    @page("/team/tags")
    def tags_page(me: Annotated[LoggedIn, Depends(logged_in)], tags: Annotated[Tags, Depends(current)]) -> None:
        with frame(app, me, "Tags", "/team"):
            page_header("Tags", LEAD, back="/team")
            with html.div().classes("oc-split"):
                if not me.member.is_admin:
                    _tag_list(tags)
                    _Trial(tags)
                    return
                form = _Form(app, me, tags)
                form.on_edit(_Trial(tags).use)


class _Form:
    """Two fields with one tag per line, and the result of saving them."""

    def __init__(self, app: App, me: LoggedIn, saved: Tags) -> None:
        self._app, self._me, self._saved = app, me, saved
        self._notify: Callable[[Tags], None] = lambda _edited: None
        self._client = ui.context.client
        with html.form().classes("oc-card oc-form oc-fields").props('novalidate aria-label="The team’s tags"') as form:
            form.on("submit", js_handler="(event) => event.preventDefault()")
            self._block = self._field(BLOCK, saved.block)
            self._prefer = self._field(PREFER, saved.prefer)
            self._done = ui.label().classes("oc-status oc-reading is-ok").props("role=status")
            with html.div().classes("oc-acts wide"):
                self._button = ui.button("Save", color=None, on_click=self._save)
                self._button.props("unelevated no-caps type=submit").classes("oc-btn main")
                restore = ui.button("Restore defaults", color=None, on_click=self._restore_defaults)
                restore.props("unelevated no-caps type=button").classes("oc-btn")

    def on_edit(self, notify: Callable[[Tags], None]) -> None:
        """Calls `notify` with the tags in the fields whenever they change, saved or not."""
        self._notify = notify

    def _field(self, label: str, tags: Sequence[str]) -> ui.textarea:
        entry = ui.textarea(label, value="\n".join(tags)).classes("team-words")
        entry.props("outlined dense stack-label no-error-icon autogrow spellcheck=false debounce=150")
        entry.props["hint"] = HINT
        entry.on_value_change(self._typed)
        return entry

    def _typed(self) -> None:
        for entry in (self._block, self._prefer):
            forgive(entry)
        self._done.set_text("")
        edited = self._edited()
        ask_before_leaving(edited != self._saved)
        self._notify(edited)

    def _edited(self) -> Tags:
        return Tags(_lines(self._block), _lines(self._prefer))

    def _restore_defaults(self) -> None:
        self._write(Tags())
        self._done.set_text("Defaults restored, not saved yet")

    def _write(self, tags: Tags) -> None:
        self._block.set_value("\n".join(tags.block))
        self._prefer.set_value("\n".join(tags.prefer))

    async def _save(self) -> None:
        if is_busy(self._button):
            return
        edited = self._edited()
        try:
            with busy(self._button):
                saved = await run_as(self._app, self._me, save_tags, edited.block, edited.prefer)
        except InvalidInput as error:
            if not self._client.is_deleted:
                refuse(self._block if error.field == BLOCK else self._prefer, error.sentence)
            return
        except NotAllowed:
            ui.navigate.to("/team")
            return
        if self._client.is_deleted:
            return
        self._saved = saved
        self._write(saved)
        ask_before_leaving(False)
        self._done.set_text("Saved. Calendars set to “Matching events” are imported again now.")


class _Trial:
    """Shows as you type what an event with this title would count as."""

    def __init__(self, tags: Tags) -> None:
        self._tags = tags
        with html.section().classes("oc-card oc-form oc-fields team-trial").props("aria-labelledby=try"):
            html.h2("Try a title").props("id=try")
            self._title = field("Title of an event", autocomplete="off").props("debounce=150")
            self._title.props["placeholder"] = "Dentist (noc)"
            self._title.on_value_change(self._update)
            with html.p().classes("team-verdict").props("role=status"):
                self._kind = TextElement(tag="span", text="").classes("oc-kind is-none")
                self._because = TextElement(tag="span", text="").classes("oc-sub")
        self._css = "is-none"
        self._update()

    def use(self, tags: Tags) -> None:
        self._tags = tags
        self._update()

    def _update(self) -> None:
        title = self._title.value or ""
        found = try_title(title, self._tags)
        css, word = KINDS[found[0]] if found else ("is-none", "No match" if title.strip() else "")
        self._kind.set_text(word)
        self._kind.set_visibility(bool(word))
        if css != self._css:
            self._kind.classes(add=css, remove=self._css)
            self._css = css
        self._because.set_text(f"because of “{found[1]}”" if found else "")


def _tag_list(tags: Tags) -> None:
    """The tags without a form, for members who aren't administrators."""
    with html.section().classes("oc-card oc-fields oc-form").props('aria-label="The team’s tags"'):
        for name, words in ((BLOCK, tags.block), (PREFER, tags.prefer)):
            with html.div():
                html.h2(name)
                with html.ul().classes("team-chips"):
                    for word in words:
                        TextElement(tag="li", text=word).classes("oc-tag")
                if not words:
                    html.p("None").classes("oc-sub")
        html.p("Only administrators can change these.").classes("oc-sub")


def _lines(entry: ui.textarea) -> tuple[str, ...]:
    return tuple(line for line in (entry.value or "").splitlines() if line.strip())
