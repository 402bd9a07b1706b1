"""The question before a member is removed: what is deleted, who is logged out, what is kept, counted before."""

from collections.abc import Awaitable, Callable

from nicegui import html

from oncall_ui.services.accounts.removal import RemovalEffects
from pages.accounts.members.dialogs import Opened, answer, dialog, facts
from pages.widgets.dates import count
from pages.widgets.forms.fields import busy, is_busy
from pages.widgets.people import first_name

KEPT = "Entries of the audit log, with the name, for 12 months. The calendars themselves stay as they are."


def ask_to_remove(effects: RemovalEffects, remove: Callable[[], Awaitable[None]], *, sends_email: bool) -> None:
    """Opens it; `remove` is awaited if the administrator says so."""
    name = first_name(effects.name)
    with dialog(f"Remove {effects.name}?", role="alertdialog", wide=True) as shown:
        shown.describe_by(facts((("Deleted", deleted(effects)), ("Logged out", logged_out(effects)), ("Kept", KEPT))))
        html.p(f"You can’t undo this. {name} gets an email." if sends_email else "You can’t undo this.")
        with html.div().classes("oc-acts wide"):
            answer("Cancel").props("autofocus").on_click(shown.close)
            lose = answer(f"Remove {name}", "no")

    async def confirmed(shown: Opened) -> None:
        if is_busy(lose):
            return
        with busy(lose):
            await remove()
        if not lose.is_deleted:
            shown.close()

    lose.on_click(lambda: confirmed(shown))


def deleted(effects: RemovalEffects) -> str:
    """`Availability, 2 calendar connections, calendar link and 1 API token. Access at Google is revoked.`"""
    things = ["Account", "availability"]
    if effects.connections:
        things.append(count(effects.connections, "calendar connection"))
    if effects.manual_entries:
        things.append(count(effects.manual_entries, "entry", "entries") + " of days they added")
    if effects.has_feed:
        things.append("calendar link")
    if effects.tokens:
        things.append(count(effects.tokens, "API token"))
    sentence = f"{', '.join(things[:-1])} and {things[-1]}."
    if effects.revoked_at:
        sentence += f" Access at {' and '.join(effects.revoked_at)} is revoked."
    return sentence


def logged_out(effects: RemovalEffects) -> str:
    """`2 browsers, immediately.`"""
    return f"{count(effects.sessions, 'browser')}, immediately." if effects.sessions else ""
