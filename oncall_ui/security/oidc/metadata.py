"""The discovery document of an OpenID provider (OpenID Connect Discovery 1.0): what we use of it, checked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from oncall_ui.security.http.public_addresses import AllowedHosts
from oncall_ui.security.oidc.errors import OperatorMustAct, quoted
from oncall_ui.settings import OidcClient

ALGORITHMS = frozenset(f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)) | {"EdDSA"}
"""Signatures that only the provider can make. `none` and HMAC, whose key could be the public key, are left out."""
_POST, _BASIC = "client_secret_post", "client_secret_basic"
DEFAULT_PORTS = {"https": 443, "http": 80}
_NO_NETWORK = "255.255.255.255"
"""For a name: it may be listed itself, not by its address, which could change."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where the provider's endpoints are, and what it supports."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    """Empty if there is none."""
    algorithms: frozenset[str]
    """Of ID tokens: those of ALGORITHMS that the provider says it uses."""
    posts_secret: bool
    """Whether the client secret goes into the body (client_secret_post) or a header (client_secret_basic)."""
    names_issuer: bool
    """Whether responses carry `iss` (RFC 9207)."""
    scopes: frozenset[str]


def parse_metadata(client: OidcClient, document: Mapping[str, Any]) -> Metadata:
    """Raises OperatorMustAct for a document that isn't the issuer's, or names endpoints that we don't use."""
    issuer = document.get("issuer")
    # Section 4.3: it must be the one the document was asked for; a slash at its end is dropped there (4.1).
    if not isinstance(issuer, str) or issuer.removesuffix("/") != client.issuer:
        raise OperatorMustAct(
            f"The discovery document names another issuer ({quoted(issuer)}). Set ONCALL_OIDC_DISCOVERY_URL to the "
            "URL below that issuer."
        )
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_endpoint(client, document, "authorization_endpoint"),
        token_endpoint=_endpoint(client, document, "token_endpoint"),
        jwks_uri=_endpoint(client, document, "jwks_uri"),
        userinfo_endpoint=_endpoint(client, document, "userinfo_endpoint") if "userinfo_endpoint" in document else "",
        algorithms=_algorithms(document),
        posts_secret=_posts_secret(document),
        names_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        scopes=frozenset(_words(document.get("scopes_supported"))),
    )


def may_speak_plainly(client: OidcClient, allowed: AllowedHosts) -> bool:
    """Whether the provider is asked over https, or where the operator decided that http will do."""
    url = urlsplit(client.issuer)
    host, port = place(url)
    address = _as_address(host)
    if url.scheme == "https" or host == "localhost" or (address is not None and address.is_loopback):
        return True
    return allowed.allows(host, port or 0, str(address or _NO_NETWORK))


def place(url: SplitResult) -> tuple[str, int | None]:
    """Host and port. Raises ValueError for a port that is no number."""
    return url.hostname or "", url.port or DEFAULT_PORTS.get(url.scheme)


def _as_address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _endpoint(client: OidcClient, document: Mapping[str, Any], name: str) -> str:
    """https; or, if the operator chose http for the provider, http at the same host and port (decision 0704)."""
    named = document.get(name)
    text = named if isinstance(named, str) else ""
    try:
        url = urlsplit(text)
        is_at_the_issuer = place(url) == place(urlsplit(client.issuer))
    except ValueError:
        raise _bad_endpoint(name) from None
    may_be_http = url.scheme == "http" and client.issuer.startswith("http:") and is_at_the_issuer
    is_plain = url.hostname and not url.username and not url.fragment and text.isprintable() and " " not in text
    if not is_plain or not (url.scheme == "https" or may_be_http):
        raise _bad_endpoint(name)
    return text


def _bad_endpoint(name: str) -> OperatorMustAct:
    return OperatorMustAct(f"The discovery document has no {name} that starts with https:// and can be used.")


def _algorithms(document: Mapping[str, Any]) -> frozenset[str]:
    # It is required (section 3), and RS256 must be in it; some providers leave it out.
    named = _words(document.get("id_token_signing_alg_values_supported")) or ["RS256"]
    usable = ALGORITHMS & frozenset(named)
    if not usable:
        raise OperatorMustAct(
            f"The provider signs its ID tokens with {quoted(', '.join(named))} only. Choose RS256 or ES256 there."
        )
    return usable


def _posts_secret(document: Mapping[str, Any]) -> bool:
    # Posted where both work: about the encoding of a secret in the header, implementations disagree.
    methods = _words(document.get("token_endpoint_auth_methods_supported")) or [_BASIC]
    if _POST not in methods and _BASIC not in methods:
        raise OperatorMustAct(f"The provider wants clients to log in with {quoted(', '.join(methods))}, not a secret.")
    return _POST in methods


def _words(value: object) -> Collection[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
