"""The card `Two-factor`: the authenticator app and the recovery codes of a member."""

from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from nicegui import background_tasks, ui

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.login_rules import must_set_up
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.second_factors.factors import Factors, second_factors
from oncall_ui.services.accounts.second_factors.passkeys import are_offered
from oncall_ui.services.accounts.second_factors.second_factor import new_codes, turn_off
from oncall_ui.services.accounts.second_factors.totp import begin_setup, confirm_setup
from pages.accounts.security.card import SecurityRow, row_button, security_card, security_list
from pages.accounts.security.new_passkey import new_passkey_button
from pages.accounts.security.popup import Popup
from pages.accounts.security.two_factor_dialogs import open_codes, open_confirmation, open_setup
from pages.refresh import LiveView, Wanted
from pages.session import run_as
from pages.widgets.dates import short_day

P = ParamSpec("P")
T = TypeVar("T")

OFF = "A 6-digit code after your password"
LOST = ("Your password alone logs you in then.", "Your recovery codes stop working.")
KEPT = ("Your passkey stays your second factor, and your recovery codes keep working.",)
ON = "Asked after your password on new browsers"


def card(app: App, me: LoggedIn) -> LiveView[tuple[Factors, bool]]:
    """Opens the set-up by itself for a member who has to have a second factor and has none."""
    return _TwoFactor(app, me).view


class _TwoFactor:
    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._client = ui.context.client
        self._was_required = False
        self._factors = Factors()
        self._popup = Popup()
        with security_card("two-factor", "Two-factor"), security_list("Two-factor"):
            self._row = SecurityRow("phone", "Authenticator app")
            with self._row.buttons:
                self._set_up = row_button("Set up", self._ask_set_up, "Set up two-factor").classes(remove="quiet")
                self._off = row_button("Turn off", self._ask_turn_off, "Turn off two-factor")
            self._codes = SecurityRow("lock", "Recovery codes")
            with self._codes.buttons:
                row_button("New codes", self._ask_new_codes, "New recovery codes")
        self._codes.element.set_visibility(False)
        self.view = LiveView(app, me, self._read, self._show)

    def _read(self, _wanted: Wanted) -> tuple[Factors, bool]:
        return second_factors(self._app, self._me.member.id), must_set_up(self._app, self._me.session_id)

    def _show(self, seen: tuple[Factors, bool]) -> None:
        factors, is_required = seen
        self._factors = factors
        self._row.show(ON if factors.has_app else OFF, tag="On" if factors.has_app else "Off")
        self._row.mark_tag(is_good=factors.has_app)
        self._set_up.set_visibility(not factors.has_app)
        self._off.set_visibility(factors.has_app)
        self._codes.element.set_visibility(factors.codes > 0)
        self._codes.show(_codes_words(factors, self._me.member.tz))
        if is_required and not self._was_required:
            background_tasks.create(self._ask_set_up(), name="required set-up")
        self._was_required = is_required

    async def _ask_set_up(self) -> None:
        with self._client:
            setup = await self._try(begin_setup)
            if setup is not None:
                open_setup(self._popup, setup, self._confirm, self._passkey_instead if self._was_required else None)

    async def _confirm(self, code: str) -> None:
        codes = await self._try(confirm_setup, code)
        if codes is not None:
            self._show_codes(codes)

    def _ask_turn_off(self) -> None:
        sentences = KEPT if self._factors.passkeys else LOST
        open_confirmation(self._popup, "Turn off two-factor?", sentences, "Turn off", self._confirm_off, is_loss=True)

    async def _confirm_off(self, answer: str) -> None:
        await self._try(turn_off, answer)
        self._popup.close()

    def _ask_new_codes(self) -> None:
        sentences = ("Your current codes stop working.",)
        open_confirmation(self._popup, "New recovery codes?", sentences, "New codes", self._confirm_new_codes)

    async def _confirm_new_codes(self, answer: str) -> None:
        codes = await self._try(new_codes, answer)
        if codes is not None:
            self._show_codes(codes)

    def _show_codes(self, codes: Sequence[str]) -> None:
        if not self._client.is_deleted:
            open_codes(self._popup, codes)

    def _passkey_instead(self) -> None:
        if are_offered(self._app):
            new_passkey_button("Add a passkey instead", self._popup)

    async def _try(self, verb: Callable[Concatenate[App, int, P], T], *args: P.args, **kw: P.kwargs) -> T | None:
        """None if another browser was quicker: the page shows what is so now."""
        try:
            return await run_as(self._app, self._me, verb, *args, **kw)
        except NotAllowed:
            self._popup.close()
            self.view.refresh()
            return None


def _codes_words(factors: Factors, zone: ZoneInfo) -> str:
    since = factors.codes_since
    created = f" · created {short_day(since.astimezone(zone).date())}" if since else ""
    return f"{factors.codes_left} of {factors.codes} left{created}"
