"""Rows that many pages show are turned into JSON once, and are on the page what they would be otherwise."""

from typing import Any

import pytest
from nicegui import json, ui

from pages.framework.drawing import draw_cheaply
from pages.framework.encoded import Encoded
from pages.widgets.rows import show_rows
from tests.pages.conftest import Browser

ROWS: list[dict[str, Any]] = [{"key": "a", "t": "“<b>&”", "n": [1, 2.5, None]}, {"key": "b", "t": "", "n": []}]


def test_it_is_the_same_json_and_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    draw_cheaply()
    rows, made = Encoded(ROWS), list[object]()
    dumps = json.dumps

    def noted(value: object) -> str:
        made.append(value)
        return dumps(value)

    monkeypatch.setattr(json, "dumps", noted)
    for _ in range(3):
        assert dumps({"props": {"rows": rows}}) == dumps({"props": {"rows": ROWS}})
    assert made == [ROWS] and dumps(Encoded()) == "[]"
    with pytest.raises(TypeError, match="not JSON serializable"):
        dumps(object())


async def test_rows_are_sent_if_they_differ(browser: Browser) -> None:
    user = await browser()
    client = await user.open("/login")
    with client:
        table = ui.table(rows=[], columns=[], row_key="key")
    updates = client.outbox.updates
    updates.clear()
    show_rows(table, [])
    assert not updates
    show_rows(table, ROWS)
    assert table.id in updates and list(table.rows) == ROWS
    updates.clear()
    show_rows(table, [dict(each) for each in ROWS])
    show_rows(table, Encoded(ROWS))
    assert not updates
    show_rows(table, ROWS[:1])
    assert table.id in updates
    updates.clear()
    show_rows(table, ())
    assert table.id in updates and not table.rows
