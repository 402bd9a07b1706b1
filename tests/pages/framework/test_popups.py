"""What floats is there at once, whichever page draws it."""

import pytest
from nicegui import ui

from pages.opening import page
from tests.pages.conftest import Browser


@pytest.mark.parametrize("kind", [ui.dialog, ui.menu, ui.select])
async def test_what_floats_opens_at_once(browser: Browser, kind: type[ui.element]) -> None:
    props: list[object] = []

    @page("/drawn")
    def drawn() -> None:
        shown = ui.select(["one"]) if kind is ui.select else kind()
        props.append(shown.props["transition-duration"])

    user = await browser()
    await user.open("/drawn")
    assert props == ["0"]
