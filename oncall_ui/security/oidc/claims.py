"""Who logged in, from the claims of a verified ID token and of userinfo (OpenID Connect Core 1.0, section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oncall_ui.security.oidc.errors import Untrusted
from oncall_ui.settings import OidcClient

GOOGLE = "https://accounts.google.com"
_GMAIL = ("@gmail.com", "@googlemail.com")
_TRUE = (True, "true")
"""`email_verified` is a boolean; Amazon Cognito sends it as a string."""
_CONFIRMATIONS = ("email_verified", "xms_edov")
_MOST_GROUPS = 5000


@dataclass(frozen=True, slots=True)
class Identified:
    """An account at the provider. `subject` is unique there and never given to another person; `email` may be."""

    issuer: str
    subject: str
    email: str
    """In lower case; empty if the provider names none."""
    email_is_confirmed: bool
    """Whether the provider confirms that the person receives this address’s email."""
    domain: str
    """The organisation's, in lower case; empty if it isn't known for sure."""
    name: str
    zone: str
    groups: frozenset[str]


def lacks(claims: Mapping[str, Any], client: OidcClient) -> bool:
    """Whether userinfo may add what the ID token doesn't have."""
    wanted = {"email", "email_verified", "name"} | ({client.groups_claim} if client.allowed_groups else set())
    return not wanted <= claims.keys()


def identified(claims: Mapping[str, Any], userinfo: Mapping[str, Any], client: OidcClient) -> Identified:
    """`claims` are a verified ID token's and win over `userinfo`. Raises Untrusted for somebody else's userinfo."""
    if userinfo and userinfo.get("sub") != claims["sub"]:
        raise Untrusted("userinfo: another sub")  # section 5.3.2
    merged = {**userinfo, **claims, **_about_email(claims, userinfo)}
    email = _text(merged, "email").lower()
    is_confirmed = _is_confirmed(merged, email)
    return Identified(
        issuer=claims["iss"],
        subject=claims["sub"],
        email=email,
        email_is_confirmed=is_confirmed,
        domain=_domain(merged, email, is_confirmed),
        name=_text(merged, "name"),
        zone=_text(merged, "zoneinfo"),
        groups=_groups(merged.get(client.groups_claim)),
    )


def _about_email(claims: Mapping[str, Any], userinfo: Mapping[str, Any]) -> dict[str, Any]:
    """The address, and what was said about it: never what one of the two says about the address in the other."""
    first, second = (claims, userinfo) if "email" in claims else (userinfo, {})
    speaking = [first, second] if first.get("email") == second.get("email") else [first]
    names = ("email", *_CONFIRMATIONS)
    return {name: next((each[name] for each in speaking if name in each), None) for name in names}


def _is_confirmed(claims: Mapping[str, Any], email: str) -> bool:
    if claims["iss"] == GOOGLE:
        # Of an address elsewhere, Google only knows that its owner had it once.
        return claims.get("email_verified") in _TRUE and bool(
            claims.get("hd") or email.endswith(("@gmail.com", "@googlemail.com"))
        )
    # Entra ID has no email_verified; its optional claim xms_edov says that the address's domain is the tenant's.
    return claims.get("email_verified") in _TRUE or claims.get("xms_edov") in (*_TRUE, "1")


def _domain(claims: Mapping[str, Any], email: str, is_confirmed: bool) -> str:
    if claims["iss"] == GOOGLE:
        return _text(claims, "hd").lower()
    return email.rpartition("@")[2] if is_confirmed else ""


def _groups(value: object) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset({value})
    listed = value[:_MOST_GROUPS] if isinstance(value, list) else []
    return frozenset(each for each in listed if isinstance(each, str))


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""
