"""ID tokens (OpenID Connect Core 1.0, sections 2 and 3.1.3.7): signature and claims."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core.claims import CodeIDToken
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, RSAKey
from joserfc.jws import CompactSignature, JWSRegistry

from oncall_ui.security.oidc.errors import OperatorMustAct, Untrusted, quoted

LEEWAY_SECONDS = 60
"""By how much the provider's clock may differ from ours."""
LONGEST_SUBJECT = 255
SMALLEST_RSA_KEY = 2048
MOST_KEYS = 100
_KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
"""By the first two characters of the algorithm."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token has to match."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    algorithms: frozenset[str]


class UnknownKey(Exception):
    """None of the keys made the signature: the provider may have new ones."""


def parse_keys(document: Mapping[str, Any]) -> tuple[Key, ...]:
    """The keys of a JWK set (RFC 7517 section 5) that can check signatures. Raises OperatorMustAct for none."""
    listed = document.get("keys")
    found = [_key(each) for each in (listed[:MOST_KEYS] if isinstance(listed, list) else ())]
    keys = tuple(key for key in found if key is not None)
    if not keys:
        raise OperatorMustAct("The provider publishes no key that could check a signature (jwks_uri).")
    return keys


def verified_claims(token: str, keys: Sequence[Key], expected: Expected) -> dict[str, Any]:
    """The claims of an ID token. Raises Untrusted, or UnknownKey where other keys may help."""
    try:
        signed = jws.extract_compact(token.encode())
        header = _object(signed.headers())
        _check_signature(signed, header, keys, expected.algorithms)
        claims = _object(json.loads(signed.payload))
        _check_claims(claims, header, expected)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise Untrusted(f"ID token: {quoted(error)}") from None
    return claims


def _key(entry: object) -> Key | None:
    # An entry that we can't use doesn't stop us from using the others.
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or entry.get("kty") not in _KEY_TYPES.values():
        return None
    try:
        key = JWKRegistry.import_key(entry)
    except (JoseError, ValueError, TypeError):
        return None
    is_weak = isinstance(key, RSAKey) and key.public_key.key_size < SMALLEST_RSA_KEY
    return None if key.is_private or is_weak else key


def _check_signature(
    signed: CompactSignature, header: Mapping[str, Any], keys: Sequence[Key], algorithms: frozenset[str]
) -> None:
    algorithm, key_id = str(header.get("alg")), header.get("kid")
    if algorithm not in algorithms:
        raise Untrusted(f"ID token: signed with {quoted(algorithm)}")
    registry = JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    fitting = [key for key in keys if _fits(key, algorithm) and key_id in (None, key.kid)]
    if any(_is_valid(signed, key, registry) for key in fitting):
        return
    if key_id is not None and fitting:
        raise Untrusted("ID token: bad signature")
    raise UnknownKey


def _fits(key: Key, algorithm: str) -> bool:
    return key.key_type == _KEY_TYPES[algorithm[:2]] and key.get("alg") in (None, algorithm)


def _is_valid(signed: CompactSignature, key: Key, registry: JWSRegistry) -> bool:
    try:
        return jws.validate_compact(signed, key, registry=registry)
    except JoseError:
        return False  # a key of another curve, for one


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Untrusted("ID token: not made of objects")
    return value


def _check_claims(claims: dict[str, Any], header: Mapping[str, Any], expected: Expected) -> None:
    for name in ("nonce", "azp", "at_hash"):
        if name in claims and not (isinstance(claims[name], str) and claims[name]):
            raise Untrusted(f"ID token: {name}")
    CodeIDToken(
        claims,
        dict(header),
        options={
            "iss": {"essential": True, "value": expected.issuer},
            "aud": {"essential": True, "value": expected.client_id},
        },
        params={
            "nonce": expected.nonce,
            "client_id": expected.client_id,
            "access_token": expected.access_token,
        },
    ).validate(now=int(time.time()), leeway=LEEWAY_SECONDS)
    if not 0 < len(claims["sub"]) <= LONGEST_SUBJECT or not claims["sub"].isprintable():
        raise Untrusted("ID token: sub")
