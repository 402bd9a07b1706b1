"""Encryption of stored passwords and tokens: sealed with the newest key, opened with any."""

import base64
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_FILE = "secret.key"

_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")
_FEWEST_DISTINCT_BYTES = 12  # a random key has fewer once in 10²⁰; AAAA… has one
_HOW_TO_MAKE_ONE = (
    'Generate one with: python -c "from oncall_ui.security.vault import generate_key; print(generate_key())"'
)


class VaultError(Exception):
    """No configured key opens this. The message is for the operator."""


class Vault:
    """Keys are newest first: the first seals, all open."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = MultiFernet([Fernet(key) for key in keys])
        self._first = Fernet(keys[0])
        self._newest = _bytes_of(keys[0])

    def seal(self, plain: str) -> str:
        return self._keys.encrypt(plain.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """Raises VaultError when no key fits or the sealed text was altered."""
        try:
            return self._keys.decrypt(sealed).decode()
        except (InvalidToken, ValueError):
            raise _no_key_fits() from None

    def opens(self, sealed: str) -> bool:
        """Whether a key fits."""
        try:
            self.open(sealed)
        except VaultError:
            return False
        return True

    def is_current(self, sealed: str) -> bool:
        """Whether it is sealed with the newest key."""
        try:
            self._first.decrypt(sealed)
        except (InvalidToken, ValueError):
            return False
        return True

    def derive(self, purpose: str) -> str:
        """A separate secret for each purpose; it changes with the newest key."""
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(self._newest)
        return base64.urlsafe_b64encode(derived).decode("ascii")


def generate_key() -> str:
    return Fernet.generate_key().decode("ascii")


def load_keys(data_dir: Path, configured: str | None, *, create: bool = True) -> tuple[str, ...]:
    """The configured keys (a comma list), or else those in the key file, which is created if it is missing.

    Without `create` there may be none, and nothing is written. Raises ValueError with a sentence for the operator that
    contains no key.
    """
    if configured and configured.strip():
        return _valid([key.strip() for key in configured.split(",") if key.strip()])
    path = data_dir / KEY_FILE
    if not path.exists():
        if not create:
            return ()
        _create_once(path)
    return _read(path)


def _valid(keys: Sequence[str]) -> tuple[str, ...]:
    if not keys:
        raise ValueError(f"ONCALL_SECRET_KEYS contains no key. {_HOW_TO_MAKE_ONE}")
    for place, key in enumerate(keys, start=1):
        if not _KEY.fullmatch(key):
            raise ValueError(
                f"Secret key {place} of {len(keys)} is a placeholder or damaged: a key is 32 random bytes in URL-safe "
                f"base64, 44 characters. {_HOW_TO_MAKE_ONE}"
            )
        if len(set(_bytes_of(key))) < _FEWEST_DISTINCT_BYTES:
            raise ValueError(f"Secret key {place} of {len(keys)} is not random. {_HOW_TO_MAKE_ONE}")
    return tuple(keys)


def _bytes_of(key: str) -> bytes:
    return base64.urlsafe_b64decode(key)


def _create_once(path: Path) -> None:
    """The file appears with its key in it or not at all; the first of two processes wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, prefix=".key-") as file:  # mode 0600
        file.write(f"{generate_key()}\n")
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)


def _read(path: Path) -> tuple[str, ...]:
    with path.open() as file:
        # Checked on the open file, so that it can't be swapped between check and read.
        mode = os.fstat(file.fileno()).st_mode
        if mode & 0o077:
            raise ValueError(f"Other users of this machine can read {path}. Fix it with: chmod 600 {path}")
        keys = re.split(r"[\s,]+", file.read().strip())
    try:
        return _valid([key for key in keys if key])
    except ValueError:
        raise ValueError(
            f"{path} contains no valid key. Restore it from a backup: without it, stored passwords can’t be decrypted."
        ) from None


def _no_key_fits() -> VaultError:
    return VaultError(
        "A stored secret was encrypted with a key that is missing here. Add the previous key to ONCALL_SECRET_KEYS, "
        f"after the new one, or restore the previous {KEY_FILE}."
    )
