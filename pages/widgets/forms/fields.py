"""Form fields: Quasar's inputs in our look, the error at a field, and the button that is busy."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from html import escape
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.element import Element

from oncall_ui.services.accounts.members import find_zone, zones


def field(label: str, *, value: str = "", hint: str = "", kind: str = "text", **native: str) -> ui.input:
    """`native` goes to the browser's input element: name, autocomplete, inputmode."""
    entry = ui.input(label, value=value).props("outlined dense stack-label no-error-icon")
    entry.props.update(native, type=kind)
    if hint:
        entry.props["hint"] = hint
    entry.on_value_change(lambda: forgive(entry))
    return entry


# In the browser alone: what was typed isn't sent for it.
PEEK = """(event) => {
    const button = event.currentTarget, input = button.closest(".oc-peek").querySelector("input");
    const shows = input.type === "password";
    input.type = shows ? "text" : "password";
    button.setAttribute("aria-pressed", shows);
}"""


def password_field(label: str = "Password", **native: str) -> ui.input:
    """With a button that shows what was typed."""
    with html.div().classes("oc-peek"):
        entry = field(label, kind="password", **native)
        with (
            html.button("Show").props("type=button aria-pressed=false").classes("oc-btn quiet oc-icon oc-i-eye") as show
        ):
            html.span("password").classes("oc-hidden")
        show.on("click", js_handler=PEEK)
    return entry


def code_field(label: str, **options: str) -> ui.input:
    """One field for the six digits of an authenticator app; pasting and password managers work."""
    code = field(label, inputmode="numeric", autocomplete="one-time-code", maxlength="7", **options)
    return code.classes("oc-code-field")


def refuse(entry: ui.input, sentence: str) -> None:
    """Shows an error at the field and moves the focus there. Typing clears it."""
    entry.error = sentence
    entry.props["aria-invalid"] = "true"
    entry.run_method("focus")


def refuse_all(entries: Iterable[ui.input | ui.select], sentences: Mapping[str, str]) -> None:
    """Shows every error at the field with its label, and moves the focus to the first of these fields."""
    wrong = [entry for entry in entries if entry.label in sentences]
    for entry in wrong:
        entry.error = sentences[str(entry.label)]
        entry.props["aria-invalid"] = "true"
    for entry in wrong[:1]:
        entry.run_method("focus")


def forgive(entry: ui.input | ui.select) -> None:
    """Clears the error."""
    entry.error = None
    entry.props.pop("aria-invalid", None)


def is_busy(button: ui.button) -> bool:
    """Whether its click is still being handled: ignore another one."""
    return bool(button.props.get("loading"))


@contextmanager
def busy(button: ui.button) -> Iterator[None]:
    """Shows Quasar's spinner while the block runs; the page may be gone when it ends.

    Meanwhile neither Escape nor a click outside closes the dialog the button is in: the member would miss the answer.
    """
    button.props["loading"] = True
    shown = _dialog_around(button)
    is_ours = shown is not None and not shown.props.get("persistent")
    if shown is not None and is_ours:
        shown.props["persistent"] = True
    try:
        yield
    finally:
        if not button.is_deleted:
            button.props["loading"] = False
        if shown is not None and is_ours and not shown.is_deleted:
            shown.props["persistent"] = False


def _dialog_around(element: Element) -> ui.dialog | None:
    return next((each for each in element.ancestors() if isinstance(each, ui.dialog)), None)


ZONE_HINT = "All-day events start and end at midnight in this zone."
BROWSER_ZONE = "Intl.DateTimeFormat().resolvedOptions().timeZone"


def zone_field(value: str, **native: str) -> ui.input:
    entry = field("Time zone", value=value, hint=ZONE_HINT, autocomplete="off", spellcheck="false", **native)

    def show_time() -> None:
        entry.suffix = _clock(entry.value or "")

    entry.on_value_change(show_time)
    show_time()
    # NiceGUI's input refers to this datalist by its own id. As one element, 400 options cost nothing.
    names = ui.html(f'<datalist id="{entry.html_id}-datalist">{_options()}</datalist>', sanitize=False)
    names.set_visibility(False)
    return entry


ZONES_ID = "zone-names"


def zone_names() -> None:
    """The list of time zones for native inputs that name ZONES_ID as theirs; once on a page."""
    ui.html(f'<datalist id="{ZONES_ID}">{_options()}</datalist>', sanitize=False).set_visibility(False)


def fill_from_browser(entry: ui.input) -> None:
    """Fills in the browser's time zone if the field is empty. Call once the page is connected."""
    # In the browser, which alone knows whether somebody has typed something by now.
    ui.run_javascript(f"""
        const box = document.getElementById("{entry.html_id}");
        if (box && !box.value) {{
            box.value = {BROWSER_ZONE};
            box.dispatchEvent(new Event("input", {{bubbles: true}}));
        }}
    """)


@cache
def _options() -> str:
    return "".join(f'<option value="{escape(zone)}"{_label(zone)}></option>' for zone in zones())


def _label(zone: str) -> str:
    """Browsers look for what was typed in the value and in the label."""
    return f' label="{escape(zone.replace("_", " "))}"' if "_" in zone else ""


def _clock(typed: str) -> str | None:
    zone = find_zone(typed)
    return f"{datetime.now(ZoneInfo(zone)):%H:%M} now" if zone else None
