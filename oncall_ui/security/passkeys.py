"""Passkeys (W3C Web Authentication Level 3): what browsers are asked, and whether their answers are genuine.

Every passkey is discoverable, so that nobody has to type an address, and verifies its user by fingerprint, face or PIN,
so that it is two factors at once. Attestation isn't asked for: which product made a passkey decides nothing.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

NAME = "On-Call Optimizer"
TIMEOUT_SECONDS = 300
Known = tuple[str, Sequence[str]]
"""Id and transports of a passkey."""
LONGEST_ID = 1023
"""Bytes of a credential's id, section 4 of the standard."""
_REQUIRED = UserVerificationRequirement.REQUIRED
_MALFORMED = (
    *(WebAuthnException, InvalidSignature, UnsupportedAlgorithm),
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, struct.error),
)
"""What the library raises for answers that aren't genuine, and its parsers for bytes that aren't any answer."""


class InvalidPasskey(Exception):
    """The answer isn't genuine, or not to this question. The message says why."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """This installation, as passkeys know it: they work on no other origin."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Credential:
    """A passkey that has just been created."""

    id: str
    """Base64url."""
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]


def relying_party(public_url: str) -> RelyingParty | None:
    """None where no browser offers passkeys: without https (but for localhost), and at an address without a name."""
    url = urlsplit(public_url)
    host = (url.hostname or "").lower()
    is_local = host == "localhost" or host.endswith(".localhost")
    if not host or _is_ip(host) or not (url.scheme == "https" or is_local):
        return None
    default = {"http": 80, "https": 443}.get(url.scheme)
    port = "" if url.port in {None, default} else f":{url.port}"
    return RelyingParty(host, f"{url.scheme}://{host}{port}")


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def creation_options(
    party: RelyingParty,
    challenge: str,
    *,
    user: bytes,
    email: str,
    name: str,
    existing: Sequence[Known],
) -> dict[str, Any]:
    """For `navigator.credentials.create`, as JSON. `existing` are the passkeys that the member has."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=user,
        user_name=email,
        user_display_name=name,
        challenge=base64url_to_bytes(challenge),
        timeout=TIMEOUT_SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
        ),
        exclude_credentials=_descriptors(existing),
    )
    return options_to_json_dict(options)


def request_options(party: RelyingParty, challenge: str, allowed: Sequence[Known] = ()) -> dict[str, Any]:
    """For `navigator.credentials.get`, as JSON. Without `allowed` the browser offers whatever passkeys it has."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=base64url_to_bytes(challenge),
        timeout=TIMEOUT_SECONDS * 1000,
        allow_credentials=_descriptors(allowed),
        user_verification=_REQUIRED,
    )
    return options_to_json_dict(options)


def created(party: RelyingParty, challenge: str, answer: Mapping[str, Any]) -> Credential:
    """The new passkey. Raises InvalidPasskey."""
    try:
        verified = verify_registration_response(
            credential=dict(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise _refused(error) from error
    if len(verified.credential_id) > LONGEST_ID:
        raise InvalidPasskey("the credential's id is too long")
    return Credential(
        bytes_to_base64url(verified.credential_id),
        verified.credential_public_key,
        verified.sign_count,
        _transports(answer),
    )


def credential_id(answer: Mapping[str, Any]) -> str:
    """Which passkey the answer says it is from. Raises InvalidPasskey if it doesn't say."""
    told = answer.get("id")
    if not isinstance(told, str) or not 0 < len(told) <= LONGEST_ID * 4 // 3 + 1 or not told.isascii():
        raise InvalidPasskey("no credential id")
    return told


def user_handle(answer: Mapping[str, Any]) -> bytes | None:
    """Whose passkey the answer says it is; None if it doesn't say. Raises InvalidPasskey."""
    response = answer.get("response")
    told = response.get("userHandle") if isinstance(response, Mapping) else None
    if told is None:
        return None
    try:
        return base64url_to_bytes(told)
    except _MALFORMED as error:
        raise _refused(error) from error


def verified_count(
    party: RelyingParty, challenge: str, answer: Mapping[str, Any], *, public_key: bytes, sign_count: int
) -> int:
    """The passkey's new sign count. Raises InvalidPasskey, also if the count hasn't grown: a copy of it is in use."""
    try:
        verified = verify_authentication_response(
            credential=dict(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise _refused(error) from error
    return verified.new_sign_count


def _refused(error: Exception) -> InvalidPasskey:
    return InvalidPasskey(f"{type(error).__name__}: {error}"[:300])


def _descriptors(known: Sequence[Known]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(each), transports=[AuthenticatorTransport(word) for word in transports]
        )
        for each, transports in known
    ]


def _transports(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """How the browser reaches the passkey; words that the standard doesn't have are left out."""
    response = answer.get("response")
    told = response.get("transports") if isinstance(response, Mapping) else None
    words = {each.value for each in AuthenticatorTransport}
    return tuple(word for word in told if isinstance(word, str) and word in words) if isinstance(told, list) else ()
