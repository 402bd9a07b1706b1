"""The field of a time zone: typed, with the names of the zones as suggestions and the time it is there."""

from datetime import datetime
from functools import cache
from html import escape
from zoneinfo import ZoneInfo

from nicegui import ui

from oncall_ui.services.members import zones
from pages.parts.field import field

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
