"""A key that is shown once: to be copied now, since nobody can show it again."""

from nicegui import html, ui

from pages.parts.field import field


class ShownOnce:
    """Empty until `show`; gone with `hide`, and with the page."""

    def __init__(self, label: str) -> None:
        with html.div().classes("oc-once").props("role=status") as self._box:
            self.field = field(
                label, hint="Copy it now. Only its hash is kept, so it can’t be shown again.", readonly=""
            )
            copy = ui.button("Copy", color=None).props("unelevated no-caps").classes("oc-btn")
            # Works without https too, where browsers offer no clipboard to scripts.
            copy.on(
                "click",
                js_handler=f"""() => {{
                    const found = getHtmlElement({self.field.id});
                    const input = found.querySelector("input") ?? found;
                    input.focus();
                    input.select();
                    document.execCommand("copy");
                }}""",
            )
        self._box.set_visibility(False)

    def show(self, key: str) -> None:
        self.field.set_value(key)
        self._box.set_visibility(True)

    def hide(self) -> None:
        self.field.set_value("")
        self._box.set_visibility(False)
