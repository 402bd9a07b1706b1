"""Passkeys: one challenge, one browser, one origin, one member; everything else is refused."""

import copy
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import InvalidInput, NotAllowed, OnlyWayIn, PasskeyRefused
from oncall_ui.models import AuditEntry, LoginSession, Member, Passkey, PasskeyChallenge, now
from oncall_ui.security.passkeys import relying_party
from oncall_ui.services.accounts.logging_in.log_in import Outcome, log_in
from oncall_ui.services.accounts.logging_in.sessions import session_for
from oncall_ui.services.accounts.second_factors.factors import second_factors
from oncall_ui.services.accounts.second_factors.passkeys import (
    MOST,
    add_passkey,
    are_offered,
    ask_to_create,
    ask_to_log_in,
    list_passkeys,
    log_in_with_passkey,
    remove_passkey,
    rename_passkey,
)
from tests.conftest import PASSWORD, Person
from tests.fakes.authenticator import PRESENT, Authenticator
from tests.services.helpers.factors import ORIGIN, with_app, with_passkey

Answer = dict[str, Any]


def enter(app: App, passkey: Authenticator, *, pending: str = "") -> Outcome:
    question = ask_to_log_in(app, pending)
    return log_in_with_passkey(app, question.challenge, passkey.get(question.options), pending=pending)


def only_passkey(app: App, person: Person) -> int:
    (passkey,) = list_passkeys(app, person.id)
    return passkey.id


def test_a_passkey_alone_logs_in(app: App, bob: Person) -> None:
    passkey = with_passkey(app, bob)
    with_app(app, bob)
    outcome = enter(app, passkey)
    assert session_for(app, outcome.session).member.id == bob.id
    with app.db.read() as session:
        methods = session.exec(select(LoginSession.method).order_by(LoginSession.created_at)).all()  # type: ignore[arg-type]
    assert methods[-1] is LoginMethod.PASSKEY
    (listed,) = list_passkeys(app, bob.id)
    assert listed.last_used_at is not None and listed.name == "Laptop"


def test_the_browser_is_asked_for_a_discoverable_passkey_that_verifies_its_user(app: App, bob: Person) -> None:
    options = ask_to_create(app, bob.id).options
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert options["rp"]["id"] == "localhost"
    asked = ask_to_log_in(app).options
    assert (asked["userVerification"], asked["allowCredentials"], asked["rpId"]) == ("required", [], "localhost")


def test_the_first_passkey_brings_recovery_codes(app: App, bob: Person) -> None:
    passkey, question = Authenticator(ORIGIN), ask_to_create(app, bob.id)
    codes = add_passkey(app, bob.id, question.challenge, passkey.create(question.options), name="Phone")
    assert len(codes) == second_factors(app, bob.id).codes_left == 10
    other, question = Authenticator(ORIGIN), ask_to_create(app, bob.id)
    assert question.options["excludeCredentials"]
    assert add_passkey(app, bob.id, question.challenge, other.create(question.options), name="Phone") == ()
    assert [each.name for each in list_passkeys(app, bob.id)] == ["Phone", "Phone 2"]


def test_with_a_passkey_the_password_alone_is_not_enough(app: App, bob: Person) -> None:
    passkey = with_passkey(app, bob)
    outcome = log_in(app, bob.email, PASSWORD)
    assert outcome is not None and outcome.pending and not outcome.session
    finished = enter(app, passkey, pending=outcome.pending)
    assert session_for(app, finished.session).member.id == bob.id
    with app.db.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == AuditAction.LOGGED_IN)).all()
    assert entries[-1].facts == {"method": "password", "factor": "passkey"}


def test_the_second_step_asks_for_the_members_own_passkeys(app: App, bob: Person, mallory: Person) -> None:
    with_passkey(app, bob)
    hers = with_passkey(app, mallory)
    outcome = log_in(app, bob.email, PASSWORD)
    assert outcome is not None
    assert len(ask_to_log_in(app, outcome.pending).options["allowCredentials"]) == 1
    with pytest.raises(PasskeyRefused):
        enter(app, hers, pending=outcome.pending)


def test_a_challenge_works_once(app: App, bob: Person) -> None:
    """Also for a passkey that doesn't count, whose answer would look the same."""
    passkey = with_passkey(app, bob, counts=False)
    question = ask_to_log_in(app)
    answer = passkey.get(question.options)
    assert log_in_with_passkey(app, question.challenge, answer).session
    with pytest.raises(PasskeyRefused):
        log_in_with_passkey(app, question.challenge, answer)


def test_a_challenge_is_used_up_by_a_wrong_answer_too(app: App, bob: Person) -> None:
    passkey = with_passkey(app, bob)
    question = ask_to_log_in(app)
    with pytest.raises(PasskeyRefused):
        log_in_with_passkey(app, question.challenge, {})
    with pytest.raises(PasskeyRefused):
        log_in_with_passkey(app, question.challenge, passkey.get(question.options))


def test_another_browsers_challenge_is_refused(app: App, bob: Person) -> None:
    passkey = with_passkey(app, bob)
    here, elsewhere = ask_to_log_in(app), ask_to_log_in(app)
    with pytest.raises(PasskeyRefused):
        log_in_with_passkey(app, here.challenge, passkey.get(elsewhere.options))
    for challenge in ("", "guessed", "A" * 43):
        with pytest.raises(PasskeyRefused):
            log_in_with_passkey(app, challenge, passkey.get({"rpId": "localhost", "challenge": challenge}))


def test_a_challenge_expires(app: App, bob: Person) -> None:
    passkey = with_passkey(app, bob)
    question = ask_to_log_in(app)
    with app.db.write() as session:
        session.exec(update(PasskeyChallenge).values(expires_at=now() - timedelta(seconds=1)))
    with pytest.raises(PasskeyRefused):
        log_in_with_passkey(app, question.challenge, passkey.get(question.options))


def _other_origin(passkey: Authenticator, _options: Answer) -> None:
    passkey.origin = "https://oncall.example.net"


def _other_site(_passkey: Authenticator, options: Answer) -> None:
    options["rpId"] = "example.net"


def _behind(passkey: Authenticator, _options: Answer) -> None:
    passkey.sign_count -= 2


def _somebody_elses(passkey: Authenticator, _options: Answer) -> None:
    passkey.user = b"another member"


def _unknown(passkey: Authenticator, _options: Answer) -> None:
    passkey.id = b"unknown"


WRONG: tuple[Callable[[Authenticator, Answer], None], ...] = (
    _other_origin,
    _other_site,
    _behind,
    _somebody_elses,
    _unknown,
)


@pytest.mark.parametrize("spoil", WRONG)
@pytest.mark.once_on_postgresql
def test_a_wrong_answer_is_refused(app: App, bob: Person, spoil: Callable[[Authenticator, Answer], None]) -> None:
    passkey = with_passkey(app, bob)
    enter(app, passkey)
    question = ask_to_log_in(app)
    spoil(passkey, question.options)
    with pytest.raises(PasskeyRefused):
        log_in_with_passkey(app, question.challenge, passkey.get(question.options))


def test_presence_without_verification_is_refused(app: App, bob: Person) -> None:
    passkey = with_passkey(app, bob)
    question = ask_to_log_in(app)
    with pytest.raises(PasskeyRefused):
        log_in_with_passkey(app, question.challenge, passkey.get(question.options, flags=PRESENT))
    question = ask_to_create(app, bob.id)
    answer = Authenticator(ORIGIN).create(question.options, flags=PRESENT)
    with pytest.raises(PasskeyRefused):
        add_passkey(app, bob.id, question.challenge, answer, name="Laptop")


def test_a_sign_count_that_does_not_grow_is_refused(app: App, bob: Person) -> None:
    passkey = with_passkey(app, bob)
    for _ in range(3):
        enter(app, passkey)
    passkey.sign_count = 2
    with pytest.raises(PasskeyRefused):
        enter(app, passkey)
    assert enter(app, passkey).session, "the owner's own goes on working"


@pytest.mark.parametrize("ceremony", ["create", "get"])
def test_damaged_answers_are_refused(app: App, bob: Person, ceremony: str) -> None:
    """Bytes changed, cut and added at random in each part, and parts of the wrong type: never another error."""
    random, refused = Random(7), 0
    passkey = with_passkey(app, bob, counts=False)
    for attempt in range(60):
        question = ask_to_create(app, bob.id) if ceremony == "create" else ask_to_log_in(app)
        answer = (Authenticator(ORIGIN).create if ceremony == "create" else passkey.get)(question.options)
        _damage(answer, random, attempt)
        try:
            if ceremony == "create":
                add_passkey(app, bob.id, question.challenge, answer, name="Laptop")
            else:
                log_in_with_passkey(app, question.challenge, answer)
        except PasskeyRefused:
            refused += 1
    assert refused >= 50
    assert enter(app, passkey).session


def _damage(answer: Answer, random: Random, attempt: int) -> None:
    parts = [(answer, "id"), (answer, "rawId"), (answer, "response"), (answer, "type")]
    parts += [(answer["response"], key) for key in answer["response"] if key != "transports"]
    place, key = random.choice(parts)
    text = copy.copy(place[key])
    if attempt % 5 == 0 or not isinstance(text, str) or not text:
        place[key] = random.choice([None, 7, [], {}, "", True, [text], "\ud800", "é" * 9])
    elif attempt % 5 == 1:
        place[key] = text[: random.randrange(len(text))]
    elif attempt % 5 == 2:
        del place[key]
    else:
        at = random.randrange(max(1, len(text) - 3))
        place[key] = text[:at] + "".join(random.choices("AQgw_-9Z", k=3)) + text[at + 3 :]


def test_nobody_touches_anothers_passkey(app: App, bob: Person, mallory: Person) -> None:
    with_passkey(app, bob)
    number = only_passkey(app, bob)
    for member_id, passkey_id in ((mallory.id, number), (bob.id, number + 1)):
        with pytest.raises(NotAllowed):
            rename_passkey(app, member_id, passkey_id, "Mine")
        with pytest.raises(NotAllowed):
            remove_passkey(app, member_id, passkey_id)
    assert list_passkeys(app, mallory.id) == ()


def test_a_passkey_belongs_to_one_account(app: App, bob: Person, mallory: Person) -> None:
    passkey = with_passkey(app, bob)
    question = ask_to_create(app, mallory.id)
    with pytest.raises(PasskeyRefused):
        add_passkey(app, mallory.id, question.challenge, passkey.create(question.options), name="Stolen")
    assert list_passkeys(app, mallory.id) == ()


def test_renaming_and_removing(app: App, bob: Person) -> None:
    passkey = with_passkey(app, bob)
    number = only_passkey(app, bob)
    rename_passkey(app, bob.id, number, "  MacBook, Touch ID ")
    assert list_passkeys(app, bob.id)[0].name == "MacBook, Touch ID"
    for name in ("", " ", "x" * 101, "a\nb", "a\0b"):
        with pytest.raises(InvalidInput):
            rename_passkey(app, bob.id, number, name)
    remove_passkey(app, bob.id, number)
    assert not second_factors(app, bob.id) and second_factors(app, bob.id).codes == 0
    with pytest.raises(PasskeyRefused):
        enter(app, passkey)
    with app.db.read() as session:
        entries = session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))
        told = [(entry.action, entry.what) for entry in entries if "passkey" in entry.action]
    assert told == [
        (AuditAction.PASSKEY_ADDED, "Laptop"),
        (AuditAction.PASSKEY_RENAMED, "MacBook, Touch ID"),
        (AuditAction.PASSKEY_REMOVED, "MacBook, Touch ID"),
    ]


def test_the_only_way_to_log_in_stays(app: App, bob: Person) -> None:
    with_passkey(app, bob)
    number = only_passkey(app, bob)
    with app.db.write() as session:
        session.exec(update(Member).where(col(Member.id) == bob.id).values(password_hash=""))
    with pytest.raises(OnlyWayIn, match="Laptop is the only way you can log in"):
        remove_passkey(app, bob.id, number)
    assert only_passkey(app, bob) == number
    with_passkey(app, bob)
    remove_passkey(app, bob.id, number)
    assert only_passkey(app, bob) != number


def test_there_is_an_end_to_how_many(app: App, bob: Person) -> None:
    with app.db.write() as session:
        for number in range(MOST):
            session.add(Passkey(member_id=bob.id, credential_id=f"AA{number:02}", public_key=b"", name=str(number)))
    with pytest.raises(NotAllowed):
        ask_to_create(app, bob.id)


@pytest.mark.parametrize(
    ("url", "party"),
    [
        ("https://oncall.example.org", ("oncall.example.org", "https://oncall.example.org")),
        ("https://OnCall.example.org:443/", ("oncall.example.org", "https://oncall.example.org")),
        ("https://oncall.example.org:8443", ("oncall.example.org", "https://oncall.example.org:8443")),
        ("http://localhost:8080", ("localhost", "http://localhost:8080")),
        ("http://oncall.example.org", None),
        ("http://127.0.0.1:8080", None),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::7]", None),
    ],
)
def test_where_passkeys_are_offered(url: str, party: tuple[str, str] | None) -> None:
    found = relying_party(url)
    assert (found and (found.id, found.origin)) == party


def test_passkeys_are_absent_where_browsers_do_not_offer_them(app: App, bob: Person) -> None:
    assert are_offered(app)
    object.__setattr__(app, "settings", app.settings.model_copy(update={"base_url": "http://oncall.example.org"}))
    assert not are_offered(app)
    with pytest.raises(NotAllowed):
        ask_to_create(app, bob.id)
    with pytest.raises(NotAllowed):
        ask_to_log_in(app)
