"""Your profile: name, time zone, public holidays and email addresses."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends
from nicegui import html

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.services.accounts.addresses import Addresses, list_addresses
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.profile import Profile, get_profile
from pages.accounts.notifications.own_addresses import OwnAddresses
from pages.accounts.profile_form import Choices, ProfileForm, choices_of
from pages.layout import frame
from pages.opening import page
from pages.session import login_required
from pages.widgets.heading import page_header
from pages.widgets.subnav import profile_subnav

SAVED = "saved"
"""In the URL after the page was loaded again to show a new name in its frame."""


def register(app: App) -> None:
    logged_in = login_required(app)

    def profile_of(me: Annotated[LoggedIn, Depends(logged_in)]) -> Profile:
        return get_profile(app, me.member.id)

    def addresses_of(me: Annotated[LoggedIn, Depends(logged_in)]) -> Addresses:
        return list_addresses(app, me.member.id)

    def choices(profile: Annotated[Profile, Depends(profile_of)]) -> Choices:
        return choices_of(profile.country, profile.region, datetime.now(zone_of(profile.zone)).date())

    @page("/you")
    def you_page(
        me: Annotated[LoggedIn, Depends(logged_in)],
        profile: Annotated[Profile, Depends(profile_of)],
        addresses: Annotated[Addresses, Depends(addresses_of)],
        choices: Annotated[Choices, Depends(choices)],
        done: str = "",
    ) -> None:
        with frame(app, me, "Your profile", "/you"):
            page_header("Your profile", "Your name, time zone, public holidays and email addresses.")
            profile_subnav("/you")
            with html.div().classes("you-two"):
                form = ProfileForm(app, me, profile, choices, reload=f"/you?done={SAVED}")
                OwnAddresses(app, me, addresses)
            if done == SAVED:
                form.say_saved()
