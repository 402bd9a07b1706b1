"""The emails that publishing sends, as they will be sent."""

from typing import Any

from nicegui import html, ui

from oncall_ui.domain.imports.wording import moment_of
from oncall_ui.services.sharing.email_preview import EmailPreview, Previews
from pages.schedules.draft.lists import Block
from pages.schedules.draft.slots import People
from pages.widgets.dates import count

OFF = "This server doesn’t send email, so nobody gets these. Ask your administrator to set it up."
NONE = "Nothing changes for anyone, so no email is sent."


class PreviewDialog:
    """One per page: built when it opens, gone when it closes."""

    def __init__(self) -> None:
        self._dialog = ui.dialog()
        self._dialog.on_value_change(self._forget)

    def open(self, found: Previews, people: People) -> None:
        self._dialog.clear()
        with self._dialog, html.div().classes("oc-pop oc-ask draft-preview"):
            title = html.h2("Preview")
            html.p(lead(found))
            with html.div().classes("scroll").props('tabindex=0 role=region aria-label="Emails"') as scroll:
                Block("previews").show(items=[_row(each, people, found.is_sent) for each in found.emails])
            scroll.set_visibility(bool(found.emails))
            with html.div().classes("oc-acts"):
                close = ui.button("Close", color=None, on_click=self._dialog.close)
                close.props("unelevated no-caps autofocus").classes("oc-btn")
        self._dialog.props(f"aria-labelledby={title.html_id}")
        self._dialog.open()

    def _forget(self) -> None:
        if not self._dialog.value:
            self._dialog.clear()


def lead(found: Previews) -> str:
    """The sentence above the emails."""
    if not found.emails:
        return NONE
    if not found.is_sent:
        return OFF
    number = sum(each.is_wanted for each in found.emails)
    return f"Publishing the whole draft sends {count(number, 'email')}."


def _row(each: EmailPreview, people: People, is_sent: bool) -> dict[str, Any]:
    return {
        "key": each.member_id,
        "who": people.mark_of_member(each.member_id) | {"n": each.name},
        "remark": _remark(each) if is_sent else "",
        "subject": each.subject,
        "text": each.text,
    }


def _remark(each: EmailPreview) -> str:
    if not each.is_wanted:
        return "turned these emails off"
    return f"waits until {moment_of(each.waits_until, each.zone)}, their time" if each.waits_until else ""
