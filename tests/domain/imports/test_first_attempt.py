"""What a member reads when connecting fails: named, complete, and without a promise, for every cause there is."""

import pytest

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater, Unreadable
from oncall_ui.domain.imports.first_attempt import on_entering, on_signing_in

PROMISES = (
    "next import",
    "by itself",
    "we try",
    "we read it again",
    "imports then",
    "reconnect",
    "no longer lets us in",
)
SENTENCES = (
    "oauth2.googleapis.com took too long to answer.",
    "This address is in the server’s own network. Ask your administrator to allow it.",
    "We can’t find www.googleapis.com. Is it spelled right?",
    "Google no longer lets us in, most likely because access was removed. Reconnect.",
)


@pytest.mark.parametrize("cause", [each for each in Cause if each not in {Cause.SUSPECTED_LOSS, Cause.LOSS_KEPT}])
@pytest.mark.parametrize("kind", [TryLater, Unreadable])
@pytest.mark.parametrize("company", ["Google", "Microsoft"])
def test_at_a_sign_in_every_cause_names_the_company(cause: Cause, kind: type[Failure], company: str) -> None:
    said = on_signing_in(kind(cause, "login.example took too long to answer."), company)
    assert company in said
    assert not [words for words in PROMISES if words in said.casefold()]
    if kind is TryLater and cause is not Cause.NOT_REGISTERED:
        assert "again" in said or "administrator" in said, "it says what to do"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_nothing_that_only_an_existing_connection_can_do_is_asked_for(sentence: str) -> None:
    causes = (Cause.TOO_SLOW, Cause.ADDRESS_NOT_ALLOWED, Cause.UNKNOWN_HOST, Cause.ACCESS_LOST)
    kinds = (TryLater, MemberMustAct, TryLater, MemberMustAct)
    at = SENTENCES.index(sentence)
    said = on_signing_in(kinds[at](causes[at], sentence), "Google")
    assert "Google" in said and "googleapis" not in said and "Reconnect" not in said


@pytest.mark.parametrize("cause", list(Cause))
def test_at_a_form_every_cause_names_the_server_once(cause: Cause) -> None:
    for sentence in ("This feed breaks off.", "This address is wrong.", "cloud.test is down.", "It went wrong."):
        for kind in (MemberMustAct, TryLater, Unreadable):
            said = on_entering(kind(cause, sentence), "cloud.test")
            assert said.count("cloud.test") == 1
            assert not said.startswith("This ")


def test_only_what_may_pass_is_to_be_waited_for() -> None:
    down = TryLater(Cause.SERVER_ERROR, "cloud.test answered with an error (503).")
    assert on_entering(down, "cloud.test") == (
        "cloud.test answered with an error (503). Wait a few minutes, then try again."
    )
    refused = MemberMustAct(Cause.REFUSED, "cloud.test refused the password. Check it.")
    assert on_entering(refused, "cloud.test") == "cloud.test refused the password. Check it."
    misspelt = TryLater(Cause.UNKNOWN_HOST, "We can’t find cloud.test. Is it spelled right?")
    assert on_entering(misspelt, "cloud.test") == misspelt.sentence
