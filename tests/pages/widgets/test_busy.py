"""A button that is busy keeps the dialog open which it is in."""

from nicegui import ui

from oncall_ui.app import App
from pages.opening import page
from pages.widgets.forms.fields import busy
from tests.pages.conftest import Browser


async def test_escape_closes_a_dialog_only_when_nothing_in_it_is_busy(browser: Browser, app: App) -> None:
    shown: dict[str, ui.dialog] = {}
    buttons: dict[str, ui.button] = {}

    @page("/dialogs")
    def dialogs() -> None:
        for name, props in (("usual", ""), ("must answer", "persistent")):
            with ui.dialog().props(props) as shown[name], ui.card():
                buttons[name] = ui.button(name)
        buttons["outside"] = ui.button("outside")

    user = await browser()
    await user.open("/dialogs")
    for name, before in (("usual", False), ("must answer", True)):
        with busy(buttons[name]):
            assert shown[name].props["persistent"] is True
        assert bool(shown[name].props.get("persistent")) is before
    with busy(buttons["outside"]):
        assert buttons["outside"].props["loading"] is True
