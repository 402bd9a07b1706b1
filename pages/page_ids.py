"""What the log calls an open page and the member who has it open."""

from weakref import WeakKeyDictionary

from nicegui import Client

from oncall_ui.reporting.ids import SHORT
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn

_KNOWN: WeakKeyDictionary[Client, dict[str, int | str]] = WeakKeyDictionary()


def know(client: Client, me: LoggedIn | None) -> dict[str, int | str]:
    """From now on `ids_of` the page, which it returns."""
    ids: dict[str, int | str] = {"client": client.id[:SHORT]}  # the whole id opens its websocket
    if me is not None:
        ids["member"] = me.member.id
    _KNOWN[client] = ids
    return ids


def ids_of(client: Client) -> dict[str, int | str]:
    """Empty for a page that wasn't opened by `page`."""
    return _KNOWN.get(client, {})
