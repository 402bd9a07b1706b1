"""A secret that is shown once."""

from nicegui import html, ui

from pages.widgets.forms.fields import field


class ShownOnce:
    """A secret with a Copy button, from `show` until `hide` or until the page is left."""

    def __init__(
        self, label: str, hint: str = "Copy it now. We store only a hash, so it can’t be shown again."
    ) -> None:
        with html.div().classes("oc-once").props("role=status") as self._box:
            self.field = field(label, hint=hint, readonly="")
            copy = ui.button("Copy", color=None).props("unelevated no-caps").classes("oc-btn")
            # Also works without https, where browsers give scripts no clipboard.
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
