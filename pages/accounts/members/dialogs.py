"""The dialogs of Members: made when they open, gone when they close."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

ROLES = {
    False: "Member\nConnects calendars, takes shifts, asks for cover",
    True: "Administrator\nAlso invites and removes members and sees the server’s status",
}
ROLE_LABEL = '<div>{{ props.label.split("\\n")[0] }}<small>{{ props.label.split("\\n")[1] }}</small></div>'
"""Of each option: its name, a line break, and what it means."""
# Also works without https, where browsers give scripts no clipboard.
COPY = """() => {
    const input = document.getElementById("%s"), button = document.getElementById("%s");
    input.select();
    document.execCommand("copy");
    const words = button.querySelector(".block") ?? button;
    words.textContent = "Copied";
    setTimeout(() => { words.textContent = "Copy"; }, 2000);
}"""


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog that is open."""

    element: ui.dialog
    title: TextElement

    def close(self) -> None:
        self.element.close()

    def describe_by(self, html_id: str) -> None:
        """The element that screen readers read with the title."""
        self.element.props["aria-describedby"] = html_id


@contextmanager
def dialog(heading: str, lead: str = "", *, role: str = "dialog", wide: bool = False) -> Iterator[Opened]:
    """Draws what is inside the block below the heading, and opens it. Gone for good once it is closed."""
    shown = ui.dialog().props(f"role={role}")
    with shown, html.div().classes(f"oc-pop oc-ask{' wide' if wide else ''}"):
        title = TextElement(tag="h2", text=heading)
        if lead:
            TextElement(tag="p", text=lead)
        shown.props["aria-labelledby"] = title.html_id
        yield Opened(shown, title)
    shown.on_value_change(lambda event: None if event.value else shown.clear())
    shown.on("hide", shown.delete)
    shown.open()


def role_choice(*, is_admin: bool) -> ui.radio:
    """Member or administrator; its value is whether they are an administrator."""
    with html.div().classes("members-role"):
        title = html.p("Role").classes("members-label")
        radio = ui.radio(ROLES, value=is_admin)
        radio.props["aria-labelledby"] = title.html_id
        radio.add_slot("label", ROLE_LABEL)
    return radio


def shown_once(url: str, what: str) -> None:
    """A link with a button that copies it, `Copy`; `what` names it, as in `invitation link`."""
    with html.div().classes("oc-addr"):
        link = html.input_(type="text", value=url, readonly=True).classes("members-link")
        link.props["aria-label"] = what[0].upper() + what[1:]
        copy = ui.button("Copy", color=None).props("flat no-caps").classes("oc-btn quiet oc-icon oc-i-copy")
        copy.props["aria-label"] = f"Copy {what}"
        copy.on("click", js_handler=COPY % (link.html_id, copy.html_id))


def facts(rows: Sequence[tuple[str, str]]) -> str:
    """What a question is about, as a list of terms; those without a text are left out. Returns its id."""
    with html.dl().classes("oc-what") as what:
        for term, text in rows:
            if text:
                with html.div():
                    TextElement(tag="dt", text=term)
                    TextElement(tag="dd", text=text)
    return str(what.html_id)


def answer(words: str, kind: str = "") -> ui.button:
    """A button of a dialog; `kind` is `main`, `no` or nothing."""
    return ui.button(words, color=None).props("unelevated no-caps").classes(f"oc-btn {kind}".strip())
