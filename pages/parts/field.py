"""A field one types into: Quasar's input wearing our look, and the sentence that refuses what was typed."""

from nicegui import ui


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
