"""A link that confirms the new email address of an account. The form: pages/link_forms.py."""

from typing import Annotated, Any

from fastapi import Depends
from nicegui import html

from oncall_ui.app import App
from oncall_ui.services.accounts.links.email_change import PendingEmail, email_to_confirm
from pages.accounts.login.gate import gate, main_button, refusal
from pages.opening import page
from pages.session import pop_flash, rate_limited

TITLE = "Confirm your email address"


def register(app: App) -> None:
    def asked(token: str) -> PendingEmail | None:
        return email_to_confirm(app, token)

    @page("/confirm/{token}", title=f"{TITLE} · On-Call Optimizer", dependencies=[Depends(rate_limited(app))])
    def confirm_page(
        token: str,
        asked: Annotated[PendingEmail | None, Depends(asked)],
        flash: Annotated[dict[str, Any], Depends(pop_flash)],
    ) -> None:
        if changed := flash.get("values", {}).get("confirmed", ""):
            with gate(app, "Your email address is confirmed", back=True):
                html.p(f"Log in with {changed} from now on.").classes("oc-lead").props("role=status")
                html.p("Your old address stays among your other addresses, so invitations to it still count.").classes(
                    "oc-hint"
                )
        elif asked is None:
            with gate(app, "This link doesn’t work", back=True):
                html.p("It was already used, is older than 24 hours, or a newer one exists.").classes("oc-lead")
                html.p("You can ask for a new one under Security.").classes("oc-hint")
        else:
            with gate(app, TITLE, f"for the account of {asked.old}"):
                html.p(f"You’ll log in with {asked.new} from now on.").classes("oc-lead")
                # Asked again, because programs that scan email open the links in it.
                with html.form().classes("oc-form").props("method=post"):
                    refusal(flash.get("sentence", ""))
                    main_button("Confirm")
