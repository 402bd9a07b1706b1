"""Elements are what NiceGUI makes of them, and go when nobody needs them."""

import copy
import gc
import re
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from nicegui import binding, html, ui
from nicegui.element import Element

from pages.framework.elements import NICEGUIS
from pages.opening import page
from tests.pages.conftest import Browser
from tests.pages.helpers.seeing import elements


class Known(Element, default_classes="a b", default_props="dense rows=[1,[2]]", default_style="color: red"):
    """One with something of everything."""


@contextmanager
def as_nicegui_does_it() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, own in NICEGUIS:
            if own is None:
                patch.delattr(owner, name)
            else:
                patch.setattr(owner, name, own)
        yield


def draw() -> None:
    with (
        Known("section").classes("b c").classes(remove="a", toggle="d").props('title="x y" :fine flat', remove="dense")
    ):
        ui.button("Press", on_click=lambda: None, color=None).props("flat no-caps").on("keydown.enter", lambda: None)
        ui.label("told").style("top: 1px").style("left: 2px").set_text("told again")
        html.p("inner", title="t").set_visibility(False)
        ui.input(label="Name", value="Ada").props(add="resource_path=/x")
        ui.select({"a": "Alpha"}, value="a", label="Sign")
        with ui.table(rows=[{"a": 1}], columns=[], row_key="a") as table:
            table.add_slot("item", "<b>{{ props.row.a }}</b>")
        table.rows.append({"a": 2})
    ui.link("there", "/").classes(replace="z").move(target_index=0)


async def test_what_is_sent_is_what_nicegui_sends(browser: Browser) -> None:
    page("/drawn")(draw)
    user = await browser()
    with as_nicegui_does_it():
        own = (await user.http_client.get("/drawn")).text
    sent = (await user.http_client.get("/drawn")).text

    def told(text: str) -> str:
        return re.sub(r"[0-9a-f-]{36}", "", text)

    assert told(sent) == told(own) and "told again" in sent


async def test_what_changes_inside_a_prop_is_sent(browser: Browser) -> None:
    page("/drawn")(draw)
    user = await browser()
    await user.open("/drawn")
    assert user.client is not None
    table = next(each for each in elements(user) if isinstance(each, ui.table))
    for change in (lambda: table.rows.append({"a": 3}), lambda: table.rows[0].update(a=4), table.rows.pop):
        user.client.outbox.updates.clear()
        with user:
            change()
        assert table.id in user.client.outbox.updates
    assert [row["a"] for row in table.rows] == [4, 2]


async def test_an_element_that_is_taken_away_goes_without_the_collector(browser: Browser) -> None:
    page("/drawn")(draw)
    user = await browser()
    await user.open("/drawn")
    gc.disable()
    try:
        gone = [each for each in elements(user) if isinstance(each, Known | ui.label | html.p)]
        left = [weakref.ref(part) for each in gone for part in (each, each.props, each.classes, each.style)]
        del gone
        with user:
            next(each for each in elements(user) if isinstance(each, Known)).delete()
        user.client.outbox.updates.clear()  # type: ignore[union-attr] # it has one
        assert left and not any(each() is not None for each in left)
    finally:
        gc.enable()


async def test_a_copy_can_be_bound_as_well(browser: Browser) -> None:
    @page("/drawn")
    def drawn() -> None:
        first = ui.label("first")
        ui.label().bind_text_from(copy.copy(first), "text")
        assert not binding.active_links

    user = await browser()
    await user.open("/drawn")
    assert [each.text for each in elements(user) if isinstance(each, ui.label)] == ["first", "first"]


async def test_a_tag_that_is_none_is_refused(browser: Browser) -> None:
    @page("/drawn")
    def drawn() -> None:
        for tag in ("p", "a b", "p", "<b>"):
            try:
                Element(tag)
            except ValueError as error:
                ui.label(str(error))

    user = await browser()
    await user.open("/drawn")
    told = [each.text for each in elements(user) if isinstance(each, ui.label)]
    assert told == ["Invalid HTML tag: a b", "Invalid HTML tag: <b>"]
