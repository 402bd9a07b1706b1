"""A field one types into: Quasar's input wearing our look, and the sentence that refuses what was typed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from html import escape
from zoneinfo import ZoneInfo

from nicegui import ui

from oncall_ui.services.accounts.members import zones


def field(label: str, *, value: str = "", hint: str = "", kind: str = "text", **native: str) -> ui.input:
    """`native` goes to the browser's own input: name, autocomplete, inputmode."""
    entry = ui.input(label, value=value).props("outlined dense stack-label no-error-icon")
    entry.props.update(native, type=kind)
    if hint:
        entry.props["hint"] = hint
    entry.on_value_change(lambda: forgive(entry))
    return entry


def refuse(entry: ui.input, sentence: str) -> None:
    """Says at the field why its value isn't taken, and takes the focus there. Goes when something else is typed."""
    entry.error = sentence
    entry.props["aria-invalid"] = "true"
    entry.run_method("focus")


def forgive(entry: ui.input) -> None:
    """Takes the refusal away."""
    entry.error = None
    entry.props.pop("aria-invalid", None)


def is_busy(button: ui.button) -> bool:
    """Whether it is at it: a second press has nothing to add."""
    return bool(button.props.get("loading"))


@contextmanager
def busy(button: ui.button) -> Iterator[None]:
    """Quasar's own sign, for as long as the block takes; the page may be gone when it ends."""
    button.props["loading"] = True
    try:
        yield
    finally:
        if not button.is_deleted:
            button.props["loading"] = False


BROWSER_ZONE = "Intl.DateTimeFormat().resolvedOptions().timeZone"


def zone_field(value: str, hint: str, **native: str) -> ui.input:
    entry = field("Time zone", value=value, hint=hint, autocomplete="off", spellcheck="false", **native)

    def tell_time() -> None:
        entry.suffix = _clock(entry.value or "")

    entry.on_value_change(tell_time)
    tell_time()
    # NiceGUI's input names the list it wants by its own id. Four hundred options are one element this way.
    names = ui.html(f'<datalist id="{entry.html_id}-datalist">{_options()}</datalist>', sanitize=False)
    names.set_visibility(False)
    return entry


async def fill_from_browser(entry: ui.input) -> None:
    """Puts in the browser's own zone, unless something stands there. Call once the page is connected."""
    try:
        zone = await ui.run_javascript(BROWSER_ZONE)
    except TimeoutError:
        return
    if isinstance(zone, str) and not entry.is_deleted and not entry.value:
        entry.set_value(zone)


@cache
def _options() -> str:
    return "".join(f'<option value="{escape(zone)}"></option>' for zone in zones())


def _clock(zone: str) -> str | None:
    if zone not in _known():
        return None
    return f"{datetime.now(ZoneInfo(zone)):%H:%M} now"


@cache
def _known() -> frozenset[str]:
    return frozenset(zones())
