"""Whether the browser asks before it leaves a page with unsaved changes."""

import asyncio

from nicegui import ui


def ask_before_leaving(asks: bool) -> None:
    """Whether the browser asks before it leaves this page, since something typed or switched isn't saved."""
    verb = "add" if asks else "remove"
    ui.run_javascript(
        "window.oncallAsks ??= (event) => event.preventDefault();"
        f"window.{verb}EventListener('beforeunload', window.oncallAsks)"
    )


def leave_unasked(route: str) -> None:
    """Goes to `route` although something may be unsaved."""
    client = ui.context.client
    ask_before_leaving(False)

    def go() -> None:
        with client:
            ui.navigate.to(route)

    # Script is sent by a task of its own, at the loop's next turn; the way must not open before it.
    asyncio.get_running_loop().call_soon(go)
