"""A passkey in software: answers `navigator.credentials.create` and `get` as a browser would, or wrongly on purpose."""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """Holds one passkey, made for `origin`."""

    def __init__(self, origin: str, *, counts: bool = True) -> None:
        """Without `counts` its sign count stays zero, as with passkeys that are synchronised."""
        self.origin = origin
        self.id = secrets.token_bytes(32)
        self.user = b""
        self.sign_count = 0
        self._counts = counts
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED) -> dict[str, Any]:
        self.user = base64url_to_bytes(options["user"]["id"])
        numbers = self._key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        key = encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + key
        data = self._data(options["rp"]["id"], flags | ATTESTED) + attested
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer(
            clientDataJSON=client, attestationObject=attestation, transports=["internal", "no-such-transport"]
        )

    def get(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED) -> dict[str, Any]:
        self.sign_count += self._counts
        data = self._data(options["rpId"], flags)
        client = self._client("webauthn.get", options["challenge"])
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=self.user)

    def _data(self, party: str, flags: int) -> bytes:
        return hashlib.sha256(party.encode()).digest() + bytes([flags]) + self.sign_count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, **response: bytes | list[str]) -> dict[str, Any]:
        name = bytes_to_base64url(self.id)
        told = {key: bytes_to_base64url(it) if isinstance(it, bytes) else it for key, it in response.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": told, "clientExtensionResults": {}}
