"""Whether the browser asks before it leaves a page with unsaved changes."""

import asyncio

from nicegui import ui


def ask_before_leaving(asks: bool) -> None:
    """Has the browser ask before it leaves this page, or no longer ask."""
    verb = "add" if asks else "remove"
    ui.run_javascript(
        "window.oncallAsks ??= (event) => event.preventDefault();"
        f"window.{verb}EventListener('beforeunload', window.oncallAsks)"
    )


def leave_unasked(route: str) -> None:
    """Goes to `route` without asking, even with unsaved changes."""
    client = ui.context.client
    ask_before_leaving(False)

    def go() -> None:
        with client:
            ui.navigate.to(route)

    # The script is sent by its own task, on the loop's next turn; navigation must come after it.
    asyncio.get_running_loop().call_soon(go)
