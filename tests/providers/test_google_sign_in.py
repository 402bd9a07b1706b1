"""How one signs in at Google: what is asked for, what is needed, and what Google's refusals mean."""

from datetime import timedelta

import pytest

from providers.base import SignIn
from providers.google import PRODUCT
from providers.google.signing_in import show_events

PREFIX = "https://www.googleapis.com/auth"


@pytest.fixture
def sign_in() -> SignIn:
    assert PRODUCT.sign_in is not None
    return PRODUCT.sign_in


def test_the_narrow_choice_asks_for_less_and_never_for_events(sign_in: SignIn) -> None:
    assert set(sign_in.narrow_scopes) < set(sign_in.scopes)
    assert not show_events(" ".join(sign_in.narrow_scopes))
    assert show_events(" ".join(sign_in.scopes))


def test_what_is_needed_was_asked_for(sign_in: SignIn) -> None:
    assert set(sign_in.needed) < set(sign_in.scopes)
    assert set(sign_in.narrow_scopes) - set(sign_in.narrow_needed) == {"openid", "email"}


@pytest.mark.parametrize(
    ("granted", "sees_events"),
    [
        (f"{PREFIX}/calendar", True),
        (f"{PREFIX}/calendar.readonly", True),
        (f"{PREFIX}/calendar.events", True),
        (f"openid {PREFIX}/calendar.events.readonly", True),
        (f"openid email {PREFIX}/calendar.freebusy", False),
        ("openid", False),
        ("", True),
    ],
)
def test_what_was_granted_decides_what_is_read(granted: str, sees_events: bool) -> None:
    """An answer without a scope grants what was asked for (RFC 6749 section 5.1)."""
    assert show_events(granted) is sees_events


def test_a_second_round_asks_for_consent_so_that_a_refresh_token_comes(sign_in: SignIn) -> None:
    assert sign_in.parameters["access_type"] == sign_in.renewing["access_type"] == "offline"
    assert "consent" not in sign_in.parameters["prompt"].split()
    assert "consent" in sign_in.renewing["prompt"].split()


def test_the_operator_is_told_in_three_steps_which_address_to_register(sign_in: SignIn) -> None:
    assert len(sign_in.steps) == 3
    told = " ".join(sign_in.steps).format(redirect="https://oncall.example.org/oauth/google/callback")
    assert "https://oncall.example.org/oauth/google/callback" in told
    assert "ONCALL_GOOGLE_CLIENT_ID" in told and "ONCALL_GOOGLE_CLIENT_SECRET" in told


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("org_internal", "accounts of one organisation"),
        ("admin_policy_enforced", "client ID: our-id.apps"),
    ],
)
def test_a_refusal_only_google_knows_names_who_can_act(sign_in: SignIn, error: str, words: str) -> None:
    refusal = sign_in.refused({"error": error}, "https://accounts.google.com/o/oauth2/v2/auth", "our-id.apps")
    assert refusal is not None
    assert words in refusal.sentence
    assert bool(refusal.link) is bool(refusal.link_words)


@pytest.mark.parametrize("answer", [{"error": "access_denied"}, {"error": "server_error"}, {}])
def test_for_other_refusals_the_usual_words_do(sign_in: SignIn, answer: dict[str, str]) -> None:
    assert sign_in.refused(answer, "https://accounts.google.com/o/oauth2/v2/auth", "our-id.apps") is None


@pytest.mark.parametrize(
    ("age", "is_testing"),
    [(0.1, False), (6.4, False), (6.5, True), (7, True), (8, True), (8.1, False), (180, False)],
)
def test_a_grant_that_lasted_a_week_ended_because_the_registration_is_in_testing(
    sign_in: SignIn, age: float, is_testing: bool
) -> None:
    sentence = sign_in.lost(timedelta(days=age), "")
    assert ("“Testing”" in sentence) is is_testing
    assert sentence.startswith("Google ")
