"""The links between a member's own pages."""

from pages.widgets.subnav import subnav

PROFILE = (("Profile", "/you"), ("Security", "/you/security"), ("Your data", "/privacy"))


def profile_subnav(here: str) -> None:
    """Below the heading of each of these pages; `here` is its route."""
    subnav("Your profile", PROFILE, here)
