"""What Microsoft's sign-in asks for, and what it says instead of letting us in."""

from datetime import timedelta

import pytest

from providers.outlook import PRODUCT
from tests.fakes.graph import SCOPES, TENANT

AUTHORIZE = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize"
LINK = "https://login.microsoftonline.com/organizations/adminconsent?client_id=our%20id"

USUAL = "https://login.microsoftonline.com"


def refused(error: str, description: str = "", authorize_url: str = AUTHORIZE) -> tuple[str, str, str] | None:
    assert PRODUCT.sign_in is not None
    found = PRODUCT.sign_in.refused({"error": error, "error_description": description}, authorize_url, "our id")
    return (found.sentence, found.link, found.link_words) if found else None


def test_no_more_is_asked_for_than_what_is_read() -> None:
    sign_in = PRODUCT.sign_in
    assert sign_in is not None
    assert set(sign_in.scopes) ^ set(sign_in.narrow_scopes) == {"Calendars.Read", "Calendars.ReadBasic"}
    assert set(sign_in.scopes) <= set(SCOPES) and "offline_access" in sign_in.scopes
    assert (sign_in.needed, sign_in.narrow_needed) == (("Calendars.Read",), ("Calendars.ReadBasic",))
    assert sign_in.max_concurrency == 4


def test_the_operators_steps_name_the_redirect_address_once() -> None:
    assert PRODUCT.sign_in is not None
    steps = [step.format(redirect="http://here") for step in PRODUCT.sign_in.steps]
    assert len(steps) == 3 and " ".join(steps).count("http://here") == 1


@pytest.mark.parametrize(
    ("error", "description"),
    [
        ("consent_required", ""),
        ("interaction_required", "AADSTS65001: The user or administrator has not consented to use the application."),
        ("access_denied", "AADSTS90094: The grant requires admin permission."),
        ("server_error", "AADSTS90095: Admin consent is required."),
        ("access_denied", "AADSTS900941: Administrator consent is required."),
        ("access_denied", "This app needs admin consent."),
        ("access_denied", "Approval from an administrator is missing."),
    ],
)
def test_an_administrator_who_has_to_allow_the_app_gets_a_link(error: str, description: str) -> None:
    found = refused(error, description)
    assert found is not None
    assert "administrator" in found[0]
    assert found[1:] == (LINK, "Link for your administrator")


@pytest.mark.parametrize(
    ("authorize_url", "link"),
    [
        (AUTHORIZE.replace("common", "consumers"), LINK),
        (AUTHORIZE.replace("common", "organizations"), LINK),
        (AUTHORIZE.replace("common", "contoso.example"), LINK.replace("organizations", "contoso.example")),
        (f"http://127.0.0.1:7{TENANT}/authorize", "http://127.0.0.1:7/organizations/adminconsent?client_id=our%20id"),
        ("https://login.example/authorize", f"{USUAL}/organizations/adminconsent?client_id=our%20id"),
    ],
)
def test_the_link_leads_to_the_same_authority(authorize_url: str, link: str) -> None:
    found = refused("consent_required", authorize_url=authorize_url)
    assert found is not None
    assert found[1:] == (link, "Link for your administrator")


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ("AADSTS50105: The signed in user is not assigned to a role.", "has not assigned you"),
        ("AADSTS50020: User account from identity provider does not exist in tenant.", "does not belong"),
        ("AADSTS50194: Application is not configured as a multi-tenant application.", "ONCALL_MICROSOFT_TENANT"),
        ("AADSTS7000215: Invalid client secret provided.", "rejected this server’s client secret"),
        ("AADSTS7000222: The provided client secret keys are expired.", "has expired"),
    ],
)
def test_what_somebody_can_fix_is_explained(description: str, words: str) -> None:
    found = refused("access_denied", description)
    assert found is not None
    assert words in found[0] and found[1:] == ("", "")


@pytest.mark.parametrize(
    ("error", "description"),
    [
        ("access_denied", ""),
        ("access_denied", "AADSTS65004: User declined to consent to access the app."),
        ("server_error", "AADSTS90033: A transient error has occurred."),
        ("temporarily_unavailable", ""),
    ],
)
def test_everything_else_is_left_to_the_usual_words(error: str, description: str) -> None:
    assert refused(error, description) is None


def test_a_grant_that_ended_is_explained_by_its_age() -> None:
    assert PRODUCT.sign_in is not None
    assert PRODUCT.sign_in.lost(timedelta(days=3), "").endswith("most likely after a password change. Reconnect.")
    assert "90 days" in PRODUCT.sign_in.lost(timedelta(days=89), "")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("65001", "took back the permission"),
        ("700082", "not used for a long time"),
        ("50076", "a second factor"),
        ("50079", "a second factor"),
        ("53003", "Your organisation’s rules"),
        ("50057", "account is disabled"),
        ("50173", "password was changed"),
        ("70043", "sign in to Microsoft again from time to time"),
    ],
)
def test_a_refused_refresh_token_says_what_it_means(number: str, words: str) -> None:
    assert PRODUCT.sign_in is not None
    answer = {"error": "invalid_grant", "error_description": f"AADSTS{number}: Something. Trace ID: 1"}
    reason = PRODUCT.sign_in.reason(answer)
    assert reason == number and not PRODUCT.sign_in.passes(reason)
    assert words in PRODUCT.sign_in.lost(timedelta(days=3), reason)


@pytest.mark.parametrize("number", ["50196", "90033", "90055"])
def test_trouble_of_its_own_ends_nothing(number: str) -> None:
    assert PRODUCT.sign_in is not None
    answer = {"error": "invalid_grant", "error_description": f"AADSTS{number}: Something."}
    assert PRODUCT.sign_in.passes(PRODUCT.sign_in.reason(answer))
