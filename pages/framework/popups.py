"""What floats opens and closes at once; how it fades in is CSS (quasar.css).

While Quasar lets something come or go it holds the focus back. It then gives it to the field that asked last, even if
the member has gone to another one and types there: a select took it back for 0.3 s. Nor does it keep the focus in a
dialog that is still coming.
"""

from nicegui import ui


def open_popups_at_once() -> None:
    """Call it before pages are drawn; again, and it does nothing."""
    for kind in (ui.dialog, ui.menu, ui.select):
        kind.default_props("transition-duration=0")
