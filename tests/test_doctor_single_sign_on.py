"""What the doctor finds about single sign-on."""

import pytest
from pydantic import SecretStr

from oncall_ui.app import App, open_app
from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.doctor.single_sign_on import registration
from oncall_ui.models import LoginRules
from oncall_ui.settings import Settings
from tests.databases import settings as on_both
from tests.fakes.openid import OpenIdServer, with_single_sign_on

__all__ = ["on_both"]

pytestmark = pytest.mark.once_on_postgresql
REDIRECT = "Redirect address: http://localhost:8080/login/oidc/callback"


@pytest.fixture
def settings(on_both: Settings, openid: OpenIdServer) -> Settings:
    return with_single_sign_on(on_both, openid)


def found(app: App, **changes: object) -> Finding:
    return registration(open_app(app.settings.model_copy(update=changes), db=app.db, workers=app.workers))


def test_a_provider_that_knows_this_server(app: App) -> None:
    assert found(app) == Finding("Single sign-on", Verdict.GOOD, f"Acme SSO accepts this server. {REDIRECT}")


def test_single_sign_on_that_nobody_wants_is_a_note(app: App) -> None:
    nothing = {"oidc_discovery_url": "", "oidc_client_id": "", "oidc_client_secret": SecretStr("")}
    assert found(app, **nothing) == Finding(
        "Single sign-on", Verdict.NOTE, f"not set up. {REDIRECT}. How: docs/guides/single-sign-on.md"
    )


def fault(app: App, **changes: object) -> str:
    finding = found(app, **changes)
    assert finding.verdict is Verdict.FAULT
    assert finding.text.endswith(REDIRECT)
    return finding.text.removesuffix(REDIRECT).strip()


def test_half_of_the_settings_are_named(app: App) -> None:
    assert fault(app, oidc_client_id="", oidc_client_secret=SecretStr("")) == (
        "It needs ONCALL_OIDC_CLIENT_ID and ONCALL_OIDC_CLIENT_SECRET, too."
    )


def test_a_wrong_secret(app: App) -> None:
    text = fault(app, oidc_client_secret=SecretStr("expired"))
    assert "ONCALL_OIDC_CLIENT_SECRET; the secret may have expired" in text and "expired." in text


def test_a_discovery_url_that_leads_nowhere(app: App, openid: OpenIdServer) -> None:
    assert "localhost has no such document (404). Check ONCALL_OIDC_DISCOVERY_URL." in fault(
        app, oidc_discovery_url=f"{openid.issuer}/realms/typo"
    )
    assert "Check ONCALL_OIDC_DISCOVERY_URL." in fault(app, oidc_discovery_url="http://localhost:1")


def test_a_document_of_another_issuer(app: App, openid: OpenIdServer) -> None:
    openid.document["issuer"] = "https://login.microsoftonline.com/{tenantid}/v2.0"
    assert "names another issuer (https://login.microsoftonline.com/{tenantid}/v2.0)" in fault(app)


def test_a_provider_without_keys(app: App, openid: OpenIdServer) -> None:
    openid.failing["/jwks"] = (200, '{"keys": []}')
    assert "no key" in fault(app)


def test_google_creates_accounts_for_everyone_unless_domains_are_set(app: App) -> None:
    from oncall_ui.doctor.single_sign_on import _open_to_all

    google = open_app(
        app.settings.model_copy(update={"oidc_discovery_url": "https://accounts.google.com"}),
        db=app.db,
        workers=app.workers,
    )
    assert _open_to_all(google) == ""
    with app.db.write() as session:
        session.add(LoginRules(creates_accounts=True))
    assert "ONCALL_OIDC_ALLOWED_DOMAINS" in _open_to_all(google)
    assert _open_to_all(app) == ""


@pytest.mark.parametrize(
    ("url", "allowed", "is_fine"),
    [
        ("http://localhost:9", "", True),
        ("http://127.0.0.1:9", "", True),
        ("http://[::1]:9", "", True),
        ("http://sso.lan", "", False),
        ("http://10.0.0.7:8080/realms/x", "10.0.0.0/8", True),
        ("http://sso.lan:8080", "sso.lan:8080", True),
        ("http://sso.lan:8081", "sso.lan:8080", False),
        ("https://sso.lan", "", True),
    ],
)
def test_http_is_for_this_machine_and_hosts_that_the_operator_lists(
    app: App, url: str, allowed: str, is_fine: bool
) -> None:
    settings = app.settings.model_copy(update={"oidc_discovery_url": url, "allowed_private_hosts": allowed})
    if is_fine:
        assert open_app(settings, db=app.db, workers=app.workers).openid is not None
    else:
        with pytest.raises(ValueError, match="must start with https://"):
            open_app(settings, db=app.db, workers=app.workers)


@pytest.mark.parametrize(
    ("typed", "issuer"),
    [
        ("https://sso.example.org/.well-known/openid-configuration", "https://sso.example.org"),
        (" https://sso.example.org/realms/x/ ", "https://sso.example.org/realms/x"),
        ("https://sso.example.org", "https://sso.example.org"),
    ],
)
def test_the_discovery_url_may_be_the_issuer(typed: str, issuer: str) -> None:
    settings = Settings(_env_file=None, oidc_discovery_url=typed)
    assert settings.oidc.issuer == issuer
    assert settings.oidc.discovery_url == f"{issuer}/.well-known/openid-configuration"


@pytest.mark.parametrize("typed", ["sso.example.org", "https://sso.example.org/?x", "https://", "https://a@b/", "x y"])
def test_a_discovery_url_that_cannot_be_one(typed: str) -> None:
    with pytest.raises(ValueError, match="ONCALL_OIDC_DISCOVERY_URL must be a URL"):
        Settings(_env_file=None, oidc_discovery_url=typed)


def test_domains_and_groups_are_lists() -> None:
    settings = Settings(
        _env_file=None, oidc_allowed_domains="Example.org, @acme.example,", oidc_allowed_groups=" On Call,leads"
    )
    assert settings.oidc.allowed_domains == {"example.org", "acme.example"}
    assert settings.oidc.allowed_groups == {"On Call", "leads"}
