"""Two-factor with codes: each works once, for its member alone, and guessing doesn't get far."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import InvalidInput, LogInAgain, NotAllowed, NotLoggedIn
from oncall_ui.models import AuditEntry, PendingLogin, RecoveryCode, Totp, now
from oncall_ui.security.vault import Vault, generate_key
from oncall_ui.services.accounts.logging_in.log_in import Outcome, finish_login, log_in
from oncall_ui.services.accounts.logging_in.sessions import session_for
from oncall_ui.services.accounts.second_factors import totp
from oncall_ui.services.accounts.second_factors.factors import second_factors
from oncall_ui.services.accounts.second_factors.second_factor import (
    finish_with_code,
    finish_with_recovery_code,
    new_codes,
    second_step,
    turn_off,
)
from oncall_ui.services.accounts.second_factors.totp import begin_setup, confirm_setup, reseal_secrets
from tests.conftest import PASSWORD, Person
from tests.services.helpers.factors import CodeApp, with_app, with_passkey


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new step can't begin in the middle of a test."""
    moment = now()
    monkeypatch.setattr(totp, "now", lambda: moment)


def pending(app: App, person: Person) -> str:
    """A log-in that waits for the second factor."""
    outcome = log_in(app, person.email, PASSWORD)
    assert outcome is not None and not outcome.session
    return outcome.pending


def wrong(codes_app: CodeApp) -> str:
    """A code that isn't right now, nor a step before or after."""
    right = {codes_app.code(steps) for steps in range(-3, 4)}
    return next(code for code in map("{:06}".format, range(100)) if code not in right)


def actions(app: App) -> list[str]:
    with app.db.read() as session:
        return [entry.action for entry in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))]


def test_without_a_second_factor_the_password_logs_in(app: App, bob: Person) -> None:
    outcome = log_in(app, bob.email, PASSWORD)
    assert outcome is not None and session_for(app, outcome.session).member.id == bob.id


def test_a_set_up_that_was_not_confirmed_protects_nothing(app: App, bob: Person) -> None:
    codes_app = CodeApp(begin_setup(app, bob.id).secret)
    with pytest.raises(InvalidInput):
        confirm_setup(app, bob.id, wrong(codes_app))
    assert not second_factors(app, bob.id)
    outcome = log_in(app, bob.email, PASSWORD)
    assert outcome is not None and outcome.session


def test_the_code_logs_in(app: App, bob: Person) -> None:
    codes_app, _ = with_app(app, bob)
    waiting = pending(app, bob)
    step = second_step(app, waiting)
    assert step is not None and (step.email, step.factors.has_app) == (bob.email, True)
    code = codes_app.code()
    outcome = finish_with_code(app, waiting, f"{code[:3]} {code[3:]}")
    assert session_for(app, outcome.session).member.id == bob.id
    assert second_step(app, waiting) is None
    assert actions(app)[-1] == AuditAction.LOGGED_IN


def test_a_waiting_login_is_no_session(app: App, bob: Person) -> None:
    with_app(app, bob)
    with pytest.raises(NotLoggedIn):
        session_for(app, pending(app, bob))


def test_a_code_works_once(app: App, bob: Person) -> None:
    codes_app, _ = with_app(app, bob)
    code = codes_app.code()
    finish_with_code(app, pending(app, bob), code)
    with pytest.raises(InvalidInput):
        finish_with_code(app, pending(app, bob), code)
    finish_with_code(app, pending(app, bob), codes_app.code(1))
    with pytest.raises(InvalidInput):
        finish_with_code(app, pending(app, bob), codes_app.code())


def test_a_code_works_once_for_two_requests_at_the_same_time(app: App, bob: Person) -> None:
    codes_app, _ = with_app(app, bob)
    waiting = [pending(app, bob) for _ in range(4)]
    code = codes_app.code()

    def attempt(token: str) -> bool:
        try:
            return bool(finish_with_code(app, token, code).session)
        except InvalidInput:
            return False

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(attempt, waiting)) == 1


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_code_works_a_step_before_and_after_its_time(app: App, bob: Person, steps: int) -> None:
    codes_app, _ = with_app(app, bob)
    with pytest.raises(InvalidInput):
        finish_with_code(app, pending(app, bob), codes_app.code(steps))
    assert finish_with_code(app, pending(app, bob), codes_app.code(1)).session


def test_another_members_code_does_not_work(app: App, bob: Person, mallory: Person) -> None:
    with_app(app, bob)
    hers, codes = with_app(app, mallory)
    for code in (hers.code(), hers.code(1)):
        with pytest.raises(InvalidInput):
            finish_with_code(app, pending(app, bob), code)
    with pytest.raises(InvalidInput):
        finish_with_recovery_code(app, pending(app, bob), codes[0])


def test_after_five_wrong_codes_the_login_starts_again(app: App, bob: Person) -> None:
    codes_app, codes = with_app(app, bob)
    waiting = pending(app, bob)
    for attempt in range(4):
        with pytest.raises(InvalidInput):
            (finish_with_code if attempt % 2 else finish_with_recovery_code)(app, waiting, wrong(codes_app))
    with pytest.raises(LogInAgain):
        finish_with_code(app, waiting, wrong(codes_app))
    with pytest.raises(LogInAgain):
        finish_with_recovery_code(app, waiting, codes[0])
    assert finish_with_code(app, pending(app, bob), codes_app.code()).session
    assert actions(app).count(AuditAction.LOGIN_FAILED) >= 1


def test_guesses_at_the_same_time_are_all_counted(app: App, bob: Person) -> None:
    codes_app, _ = with_app(app, bob)
    waiting, guess = pending(app, bob), wrong(codes_app)

    def attempt(_: int) -> str:
        try:
            finish_with_code(app, waiting, guess)
        except (InvalidInput, LogInAgain) as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(8) as threads:
        ends = list(threads.map(attempt, range(8)))
    assert (ends.count("InvalidInput"), ends.count("LogInAgain")) == (4, 4)


def test_who_knows_the_password_guesses_ten_codes_an_hour(app: App, bob: Person) -> None:
    codes_app, codes = with_app(app, bob)
    guess = wrong(codes_app)
    for _ in range(10):
        with pytest.raises((InvalidInput, LogInAgain)):
            finish_with_code(app, pending(app, bob), guess)
    with pytest.raises(InvalidInput) as caught:
        finish_with_code(app, pending(app, bob), codes_app.code())
    assert "recovery code" in caught.value.sentence
    assert finish_with_recovery_code(app, pending(app, bob), codes[0]).session


def test_strangers_guesses_do_not_stop_a_browser_that_is_known(app: App, bob: Person) -> None:
    codes_app, codes = with_app(app, bob)
    known = finish_with_recovery_code(app, pending(app, bob), codes[0]).browser
    guess = wrong(codes_app)
    for _ in range(11):
        with pytest.raises((InvalidInput, LogInAgain)):
            finish_with_code(app, pending(app, bob), guess)
    assert finish_with_code(app, pending(app, bob), codes_app.code(), browser=known).session


def test_a_waiting_login_expires(app: App, bob: Person) -> None:
    codes_app, codes = with_app(app, bob)
    waiting = pending(app, bob)
    with app.db.write() as session:
        session.exec(update(PendingLogin).values(expires_at=now() - timedelta(seconds=1)))
    assert second_step(app, waiting) is None
    with pytest.raises(LogInAgain):
        finish_with_code(app, waiting, codes_app.code())
    with pytest.raises(LogInAgain):
        finish_with_recovery_code(app, waiting, codes[0])
    for guessed in ("", "guessed"):
        assert second_step(app, guessed) is None


def test_a_recovery_code_works_once(app: App, bob: Person) -> None:
    _, codes = with_app(app, bob)
    assert len(set(codes)) == 10
    outcome = finish_with_recovery_code(app, pending(app, bob), f" {codes[3].upper().replace('-', ' ')} ")
    assert session_for(app, outcome.session).member.id == bob.id
    with pytest.raises(InvalidInput):
        finish_with_recovery_code(app, pending(app, bob), codes[3])
    factors = second_factors(app, bob.id)
    assert (factors.codes_left, factors.codes) == (9, 10)


def test_new_codes_replace_all(app: App, bob: Person) -> None:
    _, old = with_app(app, bob)
    new = new_codes(app, bob.id, PASSWORD)
    assert len(new) == 10 and not set(new) & set(old)
    with pytest.raises(InvalidInput):
        finish_with_recovery_code(app, pending(app, bob), old[0])
    assert finish_with_recovery_code(app, pending(app, bob), new[0]).session


@pytest.mark.parametrize("answer", ["password", "code"])
def test_turning_off_takes_the_password_or_a_code(app: App, bob: Person, answer: str) -> None:
    codes_app, codes = with_app(app, bob)
    for guess in (wrong(codes_app), codes[0], "", "wrong password"):
        with pytest.raises(InvalidInput):
            turn_off(app, bob.id, guess)
    turn_off(app, bob.id, PASSWORD if answer == "password" else codes_app.code())
    factors = second_factors(app, bob.id)
    assert not factors and factors.codes == 0
    outcome = log_in(app, bob.email, PASSWORD)
    assert outcome is not None and outcome.session
    with pytest.raises(NotAllowed):
        turn_off(app, bob.id, PASSWORD)
    assert AuditAction.TWO_FACTOR_OFF in actions(app)


def test_recovery_codes_stay_while_there_is_a_passkey(app: App, bob: Person) -> None:
    with_app(app, bob)
    with_passkey(app, bob)
    turn_off(app, bob.id, PASSWORD)
    assert second_factors(app, bob.id).codes_left == 10


def test_it_can_be_set_up_once_only(app: App, bob: Person) -> None:
    codes_app, _ = with_app(app, bob)
    with pytest.raises(NotAllowed):
        begin_setup(app, bob.id)
    with pytest.raises(NotAllowed):
        confirm_setup(app, bob.id, codes_app.code())


def test_a_trusted_browser_is_not_asked_until_the_factor_changes(app: App, bob: Person) -> None:
    codes_app, _ = with_app(app, bob)
    outcome = finish_with_code(app, pending(app, bob), codes_app.code(), trust=True)
    again = log_in(app, bob.email, PASSWORD, browser=outcome.browser)
    assert again is not None and again.session
    elsewhere = log_in(app, bob.email, PASSWORD)
    assert elsewhere is not None and elsewhere.pending
    with_passkey(app, bob)
    changed = log_in(app, bob.email, PASSWORD, browser=again.browser)
    assert changed is not None and changed.pending


def test_anothers_trusted_browser_does_not_help(app: App, bob: Person, mallory: Person) -> None:
    with_app(app, bob)
    hers, _ = with_app(app, mallory)
    trusted = finish_with_code(app, pending(app, mallory), hers.code(), trust=True).browser
    outcome = log_in(app, bob.email, PASSWORD, browser=trusted)
    assert outcome is not None and outcome.pending


@pytest.mark.parametrize("method", list(LoginMethod))
@pytest.mark.once_on_postgresql
def test_what_counts_as_two_factors(app: App, bob: Person, method: LoginMethod) -> None:
    """A reset link proves no more than a password does; single sign-on and passkeys are complete."""
    with_app(app, bob)
    outcome = finish_login(app, bob.id, method)
    is_complete = method in {LoginMethod.SINGLE_SIGN_ON, LoginMethod.PASSKEY}
    assert outcome == Outcome(outcome.session, outcome.pending, outcome.browser)
    assert bool(outcome.session) is is_complete and bool(outcome.pending) is not is_complete


def test_nothing_secret_is_stored_or_logged(app: App, bob: Person, capsys: pytest.CaptureFixture[str]) -> None:
    secret = begin_setup(app, bob.id).secret
    codes_app = CodeApp(secret)
    codes = confirm_setup(app, bob.id, codes_app.code())
    with app.db.read() as session:
        tables = (Totp, RecoveryCode, AuditEntry)
        rows = [row.model_dump_json() for table in tables for row in session.exec(select(table))]
    text = "".join(rows) + capsys.readouterr().out
    assert secret not in text
    assert not [code for code in codes if code in text or code.replace("-", "") in text]


def test_a_new_key_opens_the_old_secrets(app: App, bob: Person) -> None:
    old, new = generate_key(), generate_key()
    object.__setattr__(app, "vault", Vault([old]))
    codes_app, codes = with_app(app, bob)
    object.__setattr__(app, "vault", Vault([new, old]))
    assert (reseal_secrets(app), reseal_secrets(app)) == (1, 0)
    object.__setattr__(app, "vault", Vault([new]))
    assert finish_with_code(app, pending(app, bob), codes_app.code()).session
    object.__setattr__(app, "vault", Vault([old]))
    assert reseal_secrets(app) == 0
    with pytest.raises(InvalidInput):
        finish_with_code(app, pending(app, bob), codes_app.code(1))
    assert finish_with_recovery_code(app, pending(app, bob), codes[0]).session
