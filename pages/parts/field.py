"""A field one types into: Quasar's input wearing our look, and the sentence that refuses what was typed."""

from collections.abc import Mapping

from nicegui import ui


def field(label: str, *, value: str = "", hint: str = "", kind: str = "text", **native: str) -> ui.input:
    """`native` goes to the browser's own input: name, autocomplete, inputmode."""
    entry = ui.input(label, value=value).props("outlined dense stack-label no-error-icon")
    entry.props.update(native, type=kind)
    if hint:
        entry.props["hint"] = hint
    return entry


def refuse(entry: ui.input, sentence: str) -> None:
    """Says at the field why its value isn't taken, and takes the focus there. Goes when something else is typed."""
    entry.error = sentence
    entry.run_method("focus")


def refuse_by_label(fields: Mapping[str, ui.input], label: str, sentence: str) -> None:
    """As `refuse`, for the field of that label; the first one stands in for what has none."""
    refuse(fields.get(label) or next(iter(fields.values())), sentence)
