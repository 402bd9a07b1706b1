"""Everything that NiceGUI and what it is built on do another way here: the same comes of it, for less."""

from pages.framework.closing import let_closed_pages_go
from pages.framework.drawing import draw_cheaply
from pages.framework.elements import make_elements_cheaply
from pages.framework.handlers import look_at_each_once
from pages.framework.passing import pass_quickly
from pages.framework.popups import open_popups_at_once
from pages.framework.sending import send_cheaply


def replace_all() -> None:
    """Call it before pages are registered; again, and it does nothing."""
    look_at_each_once()
    draw_cheaply()
    make_elements_cheaply()
    let_closed_pages_go()
    send_cheaply()
    pass_quickly()
    open_popups_at_once()
