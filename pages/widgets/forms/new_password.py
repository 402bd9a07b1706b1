"""The field for a new password, with a line below it that counts its characters."""

from nicegui import html, ui

from oncall_ui.services.accounts.setup import is_long_enough
from pages.widgets.dates import count
from pages.widgets.forms.fields import password_field


def new_password_field(label: str, **native: str) -> ui.input:
    """`native` as for `password_field`."""
    with html.div().classes("oc-field"):
        password = password_field(label, autocomplete="new-password", **native)
        line = ui.label().classes("oc-status")
    password.props["aria-describedby"] = line.html_id

    def show_length() -> None:
        typed = password.value or ""
        is_enough = is_long_enough(typed)
        line.classes(add="is-ok" if is_enough else "is-idle", remove="is-idle" if is_enough else "is-ok")
        line.set_text(f"{count(len(typed), 'character')}. At least 12.")

    password.on_value_change(show_length)
    show_length()
    return password
