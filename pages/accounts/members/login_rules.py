"""The card `Log-in rules`: who has to have a second factor, and who gets an account by logging in."""

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import SecondFactorRule
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.login_rules import (
    Rules,
    create_accounts,
    login_rules,
    require_second_factor,
)
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.logging_in.single_sign_on import is_offered, offered
from pages.refresh import LiveView, Wanted
from pages.session import run_as
from pages.widgets.dates import count

REQUIRE = "Require a second factor"
CHOICES = {
    SecondFactorRule.ADMINISTRATORS.value: "Administrators",
    SecondFactorRule.EVERYONE.value: "Everyone",
    SecondFactorRule.NOBODY.value: "Nobody",
}
OPTIONAL = "Members may set one up under Security."


def login_rules_card(app: App, me: LoggedIn) -> LiveView[Rules | None]:
    """Draws it. What is chosen applies at once."""
    return _LoginRules(app, me).view


class _LoginRules:
    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._seen: Rules | None = None
        with html.section().classes("oc-card").props("aria-labelledby=login-rules"):
            with html.div().classes("oc-card-head"):
                html.h2("Log-in rules").props("id=login-rules")
            with html.div().classes("oc-svcs"):
                self._second_factor()
                if is_offered(app):
                    self._accounts()
        self.view = LiveView(app, me, self._read, self._show, of_accounts=True)

    def _second_factor(self) -> None:
        with html.div().classes("oc-rule"):
            with html.div():
                html.h3(REQUIRE)
                self._words = TextElement(tag="p", text="").props("role=status")
            self._choice = ui.select(CHOICES, value=SecondFactorRule.NOBODY.value, on_change=self._chosen)
            self._choice.props("outlined dense options-dense no-error-icon").props["aria-label"] = REQUIRE

    def _accounts(self) -> None:
        what = f"Create accounts on first {offered(self._app)} log-in"
        with html.div().classes("oc-rule"):
            with html.div():
                html.h3(what)
                html.p(_who_gets_one(self._app))
            self._creates = ui.switch(value=False, on_change=self._switched)
            self._creates.props["aria-label"] = what

    def _read(self, _wanted: Wanted) -> Rules | None:
        try:
            return login_rules(self._app, self._me.member.id)
        except NotAllowed:
            return None  # no longer an administrator

    def _show(self, rules: Rules | None) -> None:
        if rules is None:
            return
        self._seen = rules
        self._choice.set_value(rules.second_factor.value)
        self._words.set_text(_words(rules, offered(self._app)))
        if is_offered(self._app):
            self._creates.set_value(rules.creates_accounts)

    async def _chosen(self) -> None:
        rule = SecondFactorRule(self._choice.value)
        if self._seen is not None and rule is not self._seen.second_factor:
            await run_as(self._app, self._me, require_second_factor, rule)
            self.view.refresh()

    async def _switched(self) -> None:
        is_on = bool(self._creates.value)
        if self._seen is not None and is_on is not self._seen.creates_accounts:
            await run_as(self._app, self._me, create_accounts, is_on)
            self.view.refresh()


def _words(rules: Rules, single_sign_on: str) -> str:
    if rules.second_factor is SecondFactorRule.NOBODY:
        return OPTIONAL
    who = "administrator" if rules.second_factor is SecondFactorRule.ADMINISTRATORS else "member"
    counting = f"A passkey, a code app and {single_sign_on} all count." if single_sign_on else "A passkey counts, too."
    return f"{_how_many(rules, who)} {counting}"


def _how_many(rules: Rules, who: str) -> str:
    if rules.without == 0:
        only = "The only" if rules.concerned == 1 else "Both" if rules.concerned == 2 else "All"
        has = "has" if rules.concerned == 1 else "have"
        number = "" if rules.concerned <= 2 else f"{rules.concerned} "
        return f"{only} {number}{who}{'' if rules.concerned == 1 else 's'} {has} one."
    if rules.without == 1:
        return f"1 of {count(rules.concerned, who)} has none yet, and has to set one up first."
    return f"{rules.without} of {count(rules.concerned, who)} have none yet, and have to set one up first."


def _who_gets_one(app: App) -> str:
    domains = sorted(app.settings.oidc.allowed_domains)
    return f"For addresses at {', '.join(domains)}" if domains else "For everyone who can log in there"
