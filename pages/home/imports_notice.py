"""A notice on Home while no calendar can be read: for administrators with the reasons and what to do."""

from datetime import UTC, datetime

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.readiness import NotReady, Readiness
from oncall_ui.services.accounts.members import MemberView
from pages.widgets.calendar_status import since_words

STOPPED = "Calendars aren’t being read"
SOON = "Imports may stop soon"
FOR_MEMBERS = "What was read before still counts. Your administrator can see why on their Home page."


class ImportsNotice:
    """Appears and disappears without reading anything: it also has to work while there is no database."""

    def __init__(self, readiness: Readiness, member: MemberView) -> None:
        self._member = member
        self._place = html.div().classes("home-alerts").props("aria-live=polite")
        ui.context.client.on_delete(readiness.watch(self._show))
        self._show(readiness.shown)

    def _show(self, problem: NotReady | None) -> None:
        self._place.clear()
        if problem is None or not (self._member.is_admin or problem.stops_imports):
            return
        since = since_words(problem.since, self._member.tz, datetime.now(UTC))
        with self._place, html.section().classes("oc-alert") as card:
            html.i().classes("oc-i oc-i-alert")
            with html.div():
                with TextElement(tag="h2", text=STOPPED if problem.stops_imports else SOON) as heading:
                    html.span(since)
                for sentence in self._sentences(problem):
                    TextElement(tag="p", text=sentence)
        card.props(f"aria-labelledby={heading.html_id}")
        if not self._member.is_admin:
            card.classes("is-warn")

    def _sentences(self, problem: NotReady) -> list[str]:
        if self._member.is_admin:
            return [reason.sentence for reason in problem.reasons]
        return [FOR_MEMBERS]
