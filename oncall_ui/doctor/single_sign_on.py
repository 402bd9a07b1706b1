"""The check of single sign-on: settings, the provider's document and keys, and this server's registration there."""

import asyncio

from oncall_ui.app import App
from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.doctor.providers import CODE_REFUSED, INVALID_CODE
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.models import LoginRules
from oncall_ui.security.oauth import new_secret
from oncall_ui.security.oidc.claims import GOOGLE
from oncall_ui.security.oidc.errors import OidcError, quoted
from oncall_ui.security.oidc.provider import OpenIdProvider

NAME = "Single sign-on"
PREFIX = "ONCALL_OIDC_"
NEEDED = ("DISCOVERY_URL", "CLIENT_ID", "CLIENT_SECRET")


def registration(app: App) -> Finding:
    """Whether the provider accepts this server's registration, and the redirect URL to register."""
    client = app.settings.oidc
    redirect = f"Redirect address: {client.redirect_url}"
    values = (client.issuer, client.client_id, client.client_secret.get_secret_value())
    if not any(values):
        return Finding(NAME, Verdict.NOTE, f"not set up. {redirect}. How: docs/guides/single-sign-on.md")
    if missing := [f"{PREFIX}{name}" for name, value in zip(NEEDED, values, strict=True) if not value]:
        return Finding(NAME, Verdict.FAULT, f"It needs {' and '.join(missing)}, too. {redirect}")
    assert app.openid is not None  # everything is set
    fault = asyncio.run(_rejected(app.openid)) or _open_to_all(app)
    if fault:
        return Finding(NAME, Verdict.FAULT, f"{fault} {redirect}")
    return Finding(NAME, Verdict.GOOD, f"{client.name} accepts this server. {redirect}")


async def _rejected(provider: OpenIdProvider) -> str:
    try:
        await provider.metadata()
        await provider.keys()
        # A provider that knows this server refuses the code, others the client.
        refusal = await provider.token_error(INVALID_CODE, new_secret())
    except Failure as failure:
        return f"{failure.sentence} Check ONCALL_OIDC_DISCOVERY_URL."
    except OidcError as error:
        return str(error)
    if refusal in {"", CODE_REFUSED}:
        return ""
    if refusal == "redirect_uri_mismatch":
        return "The provider has another redirect address for this server."
    return f"The provider doesn’t accept this server ({quoted(refusal)}). Check the client’s settings there."


def _open_to_all(app: App) -> str:
    client = app.settings.oidc
    if client.issuer != GOOGLE or client.allowed_domains or client.allowed_groups:
        return ""
    with app.db.read() as session:
        rules = session.get(LoginRules, 1)
    if rules is None or not rules.creates_accounts:
        return ""
    return (
        "Everyone with a Google account gets an account here: set ONCALL_OIDC_ALLOWED_DOMAINS, or turn that off under "
        "Members."
    )
