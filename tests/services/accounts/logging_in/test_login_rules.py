"""What administrators decide: who needs a second factor, and whose is reset."""

import pytest
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.login import LoginMethod, SecondFactorRule
from oncall_ui.errors import LogInAgain, NotAllowed
from oncall_ui.models import AuditEntry, KnownBrowser, Passkey, PendingLogin, RecoveryCode, Totp
from oncall_ui.origin import NOWHERE
from oncall_ui.security.tokens import hash_token
from oncall_ui.services.accounts.logging_in.log_in import log_in
from oncall_ui.services.accounts.logging_in.login_rules import (
    create_accounts,
    login_rules,
    must_set_up,
    pages_logged_in,
    require_login,
    require_second_factor,
    reset_second_factor,
)
from oncall_ui.services.accounts.logging_in.sessions import open_session
from oncall_ui.services.accounts.second_factors.passkeys import list_passkeys, remove_passkey
from oncall_ui.services.accounts.second_factors.second_factor import finish_with_code, finish_with_recovery_code
from tests.conftest import PASSWORD, Person
from tests.services.helpers.factors import with_app, with_passkey

ADMINISTRATORS, EVERYONE, NOBODY = (
    SecondFactorRule.ADMINISTRATORS,
    SecondFactorRule.EVERYONE,
    SecondFactorRule.NOBODY,
)


def test_nobody_has_to_at_first(app: App, alice: Person, bob: Person) -> None:
    rules = login_rules(app, alice.id)
    assert (rules.second_factor, rules.creates_accounts, rules.concerned) == (NOBODY, False, 0)
    assert not must_set_up(app, bob.me.session_id)


@pytest.mark.parametrize(("rule", "concerned"), [(NOBODY, (0, 0)), (ADMINISTRATORS, (1, 0)), (EVERYONE, (1, 1))])
def test_whom_a_rule_concerns(
    app: App, alice: Person, bob: Person, rule: SecondFactorRule, concerned: tuple[bool, bool]
) -> None:
    require_second_factor(app, alice.id, rule)
    assert (must_set_up(app, alice.me.session_id), must_set_up(app, bob.me.session_id)) == concerned
    for person, is_concerned in zip((alice, bob), concerned, strict=True):
        assert require_login(app, person.me.session_id) == (person.me, is_concerned)
    used = dict.fromkeys([alice.me.session_id, bob.me.session_id, "no such session"], NOWHERE)
    assert pages_logged_in(app, used) == dict(zip(used, map(bool, concerned), strict=False))
    rules = login_rules(app, alice.id)
    assert (rules.concerned, rules.without) == (sum(concerned), sum(concerned))


@pytest.mark.parametrize("factor", [with_app, with_passkey])
def test_who_has_a_factor_is_free(app: App, alice: Person, bob: Person, factor: object) -> None:
    require_second_factor(app, alice.id, EVERYONE)
    (with_app if factor is with_app else with_passkey)(app, bob)
    assert not must_set_up(app, bob.me.session_id)
    assert login_rules(app, alice.id).without == 1


def test_who_removes_the_last_factor_has_to_set_one_up(app: App, alice: Person, bob: Person) -> None:
    require_second_factor(app, alice.id, EVERYONE)
    with_passkey(app, bob)
    remove_passkey(app, bob.id, list_passkeys(app, bob.id)[0].id)
    assert must_set_up(app, bob.me.session_id)


def test_single_sign_on_counts_as_it_is(app: App, alice: Person, bob: Person) -> None:
    require_second_factor(app, alice.id, EVERYONE)
    for method, has_to in ((LoginMethod.SINGLE_SIGN_ON, False), (LoginMethod.LINK, True), (LoginMethod.PASSWORD, True)):
        assert must_set_up(app, hash_token(open_session(app, bob.id, method))) is has_to
    assert not must_set_up(app, "no such session")


def test_only_administrators_decide(app: App, alice: Person, mallory: Person, bob: Person) -> None:
    with_app(app, bob)
    for decide in (
        lambda: login_rules(app, mallory.id),
        lambda: require_second_factor(app, mallory.id, NOBODY),
        lambda: create_accounts(app, mallory.id, True),
        lambda: reset_second_factor(app, mallory.id, bob.id),
        lambda: reset_second_factor(app, alice.id, alice.id),
        lambda: reset_second_factor(app, alice.id, 999),
    ):
        with pytest.raises(NotAllowed):
            decide()
    with app.db.read() as session:
        assert session.get(Totp, bob.id) is not None


@pytest.mark.parametrize("by_command", [False, True])
def test_a_reset_forgets_everything(app: App, alice: Person, bob: Person, by_command: bool) -> None:
    codes_app, codes = with_app(app, bob)
    with_passkey(app, bob)
    with_app(app, alice)
    first = log_in(app, bob.email, PASSWORD)
    assert first is not None
    trusted = finish_with_code(app, first.pending, codes_app.code(), trust=True).browser
    waiting = log_in(app, bob.email, PASSWORD)
    assert waiting is not None and waiting.pending
    reset_second_factor(app, None if by_command else alice.id, bob.id)
    with app.db.read() as session:
        for table in (Totp, RecoveryCode, Passkey, PendingLogin):
            assert not [row for row in session.exec(select(table)) if row.model_dump()["member_id"] == bob.id]
        assert session.get(Totp, alice.id) is not None
        assert [row.trusted_until for row in session.exec(select(KnownBrowser))] == [None]
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == AuditAction.SECOND_FACTOR_RESET)).one()
    assert (entry.actor_name, entry.subject_name) == ("" if by_command else "Alice", "Bob")
    assert entry.facts == {"authenticator_apps": 1, "passkeys": 1}
    with pytest.raises(LogInAgain):
        finish_with_recovery_code(app, waiting.pending, codes[0])
    outcome = log_in(app, bob.email, PASSWORD, browser=trusted)
    assert outcome is not None and outcome.session


def test_decisions_are_recorded_once(app: App, alice: Person) -> None:
    for _ in range(2):
        require_second_factor(app, alice.id, ADMINISTRATORS)
        create_accounts(app, alice.id, True)
    rules = login_rules(app, alice.id)
    assert (rules.second_factor, rules.creates_accounts) == (ADMINISTRATORS, True)
    with app.db.read() as session:
        chosen = select(AuditEntry).where(AuditEntry.action == AuditAction.LOGIN_RULES_CHANGED)
        entries = session.exec(chosen.order_by(col(AuditEntry.id))).all()
    assert [entry.facts for entry in entries] == [{"required_of": "administrators"}, {"created": True}]
