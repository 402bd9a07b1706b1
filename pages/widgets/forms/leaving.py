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


LINKS = """
window.oncallLinks ??= (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const stays = link.pathname === location.pathname && link.search === location.search;
  const isElsewhere = link.origin !== location.origin || !["", "_self"].includes(link.target);
  if (stays || isElsewhere || link.dataset.discards !== undefined) return;
  if (!window.socket?.connected) return;
  event.preventDefault();
  event.stopPropagation();
  emitEvent("oncall-leave", link.pathname + link.search + link.hash);
};
"""
"""Not for links to another site or a new tab. Without a connection to ask through, the browser's question remains."""


def report_links(reports: bool) -> None:
    """Has the browser send the event `oncall-leave` with the route instead of following a link of this app."""
    verb = "add" if reports else "remove"
    ui.run_javascript(f'{LINKS}document.{verb}EventListener("click", window.oncallLinks, true)')
