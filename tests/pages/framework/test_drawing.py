"""What is spared while a page is drawn, and that nothing is missing on it, nor later."""

import pytest
from nicegui import binding, ui
from nicegui.client import HTML_ESCAPE_TABLE

from oncall_ui.app import App
from pages.framework.drawing import Escapable
from pages.opening import page
from pages.session import Presence
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.seeing import elements
from tests.pages.simulation import settled


@pytest.mark.parametrize("path", ["/schedules", "/team"])
async def test_a_page_that_opens_is_read_once(
    browser: Browser, app: App, bob: Person, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    asked: list[Presence] = []
    ask = Presence.ask

    async def counted(presence: Presence) -> None:
        """Each reading begins with it."""
        asked.append(presence)
        await ask(presence)

    monkeypatch.setattr(Presence, "ask", counted)
    user = await browser(bob)
    await user.open(path)
    await settled(app.hub)
    assert asked and len(asked) == len(set(asked))


async def test_what_changes_before_the_page_is_sent_is_part_of_it_and_no_update(browser: Browser) -> None:
    updates: list[int] = []

    @page("/drawn")
    def drawn() -> None:
        label = ui.label("first").classes("one").props("title=x")
        label.classes("two").style("color: red").set_text("second")
        updates.append(len(ui.context.client.outbox.updates))

    user = await browser()
    sent = (await user.http_client.get("/drawn")).text
    assert updates == [0]
    assert all(word in sent for word in ("second", "two", "color", "title")) and "first" not in sent


@pytest.mark.parametrize("change", ["props", "classes", "style", "text", "visible", "child"])
async def test_what_changes_afterwards_is_sent(browser: Browser, change: str) -> None:
    @page("/drawn")
    def drawn() -> None:
        ui.label("here")

    user = await browser()
    await user.open("/drawn")
    assert user.client is not None
    (label,) = (each for each in elements(user) if isinstance(each, ui.label))
    user.client.outbox.updates.clear()
    with user.client, label:
        if change == "props":
            label.props("title=x")
        elif change == "classes":
            label.classes("two")
        elif change == "style":
            label.style("color: red")
        elif change == "text":
            label.set_text("there")
        elif change == "visible":
            label.set_visibility(False)
        else:
            ui.label("inside")
    assert label.id in user.client.outbox.updates


async def test_whoever_else_listens_to_a_prop_still_hears_of_it(browser: Browser) -> None:
    heard: list[str] = []

    @page("/drawn")
    def drawn() -> None:
        label = ui.label("here")
        label.props.on_change(lambda: heard.append(str(label.props.get("title"))))
        label.props("title=x")

    await (await browser()).open("/drawn")
    assert heard == ["x"]


async def test_bound_properties_follow_one_another(browser: Browser) -> None:
    @page("/drawn")
    def drawn() -> None:
        ui.label("").bind_text_from(ui.input(label="Name"), "value")

    user = await browser()
    await user.open("/drawn")
    (entry,) = (each for each in elements(user) if isinstance(each, ui.input))
    with user:
        entry.set_value("Ada")
    assert [each.text for each in elements(user) if isinstance(each, ui.label)] == ["Ada"]
    assert binding.bindings


async def test_the_options_of_a_choice_are_made_when_they_change_and_only_then(browser: Browser) -> None:
    @page("/drawn")
    def drawn() -> None:
        ui.select({"a": "Alpha", "b": "Beta"}, value="a", with_input=True, label="Sign").props("outlined dense")

    user = await browser()
    await user.open("/drawn")
    (select,) = (each for each in elements(user) if isinstance(each, ui.select))
    made = select.props["options"]
    assert list(made) == [{"value": 0, "label": "Alpha"}, {"value": 1, "label": "Beta"}]
    with user:
        select.props("clearable").set_value("b")
    assert select.props["options"] is made and select.props["model-value"] == {"value": 1, "label": "Beta"}
    with user:
        select.set_options({"b": "Beta", "c": "Gamma"})
    assert [each["label"] for each in select.props["options"]] == ["Beta", "Gamma"] and select.value == "b"
    with user:
        assert isinstance(select.options, dict)
        select.options["d"] = "Delta"
        select.update()
    assert [each["label"] for each in select.props["options"]] == ["Beta", "Gamma", "Delta"]
    with user:
        select.set_options({"c": "Gamma"})
    assert select.value is None


@pytest.mark.parametrize("text", ["", "a & b", "<b>`$’&lt;", "&" * 5, "no such character, but an é"])
def test_a_page_is_escaped_as_nicegui_does_it(text: str) -> None:
    assert Escapable(text).translate(HTML_ESCAPE_TABLE) == text.translate(HTML_ESCAPE_TABLE)


async def test_the_names_people_type_are_escaped_in_the_page_that_is_sent(browser: Browser) -> None:
    @page("/drawn")
    def drawn() -> None:
        ui.label("</script><b>`${x}` & é")

    user = await browser()
    sent = (await user.http_client.get("/drawn")).text
    assert "&lt;/script&gt;&lt;b&gt;&#96;&#36;{x}&#96; &amp; é" in sent
    assert "<b>" not in sent


async def test_each_handler_of_a_page_has_a_number_of_its_own(browser: Browser) -> None:
    @page("/drawn")
    def drawn() -> None:
        for word in ("one", "two"):
            ui.button(word, on_click=lambda: None).on("focus", lambda: None)

    user = await browser()
    await user.open("/drawn")
    ids = [listener.id for each in elements(user) for listener in each._event_listeners.values()]
    assert len(ids) == len(set(ids)) >= 4
    assert all(number.isdecimal() for number in ids)


async def test_pages_that_are_built_alike_number_their_handlers_alike(browser: Browser, bob: Person) -> None:
    """So that what they send alike is turned into bytes once."""
    numbers = []
    for _ in range(2):
        user = await browser(bob)
        await user.open("/calendars")
        numbers.append([(each.id, *each._event_listeners) for each in elements(user)])
    assert numbers[0] == numbers[1]
