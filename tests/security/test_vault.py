import base64
import re
from pathlib import Path

import pytest

from oncall_ui.security.vault import KEY_FILE, Vault, VaultError, generate_key, load_keys

OLD, NEW = generate_key(), generate_key()


def test_what_is_sealed_can_be_opened_and_not_read() -> None:
    vault = Vault([NEW])
    sealed = vault.seal("hünter2")
    assert "nter2" not in sealed
    assert vault.open(sealed) == "hünter2"


def test_the_same_secret_never_looks_the_same() -> None:
    vault = Vault([NEW])
    assert vault.seal("hunter2") != vault.seal("hunter2")


def test_the_newest_key_seals_and_every_key_opens() -> None:
    sealed_before = Vault([OLD]).seal("hunter2")
    vault = Vault([NEW, OLD])
    assert vault.open(sealed_before) == "hunter2"
    assert Vault([NEW]).open(vault.seal("hunter2")) == "hunter2"


def test_without_the_right_key_the_operator_is_told_which_setting() -> None:
    sealed = Vault([OLD]).seal("hunter2")
    with pytest.raises(VaultError, match="ONCALL_SECRET_KEYS"):
        Vault([NEW]).open(sealed)


def test_a_changed_secret_is_not_opened() -> None:
    sealed = Vault([NEW]).seal("hunter2")
    for damaged in (sealed[:-6] + "AAAAA=", sealed[:40], "", "no token at all", "ü"):
        with pytest.raises(VaultError):
            Vault([NEW]).open(damaged)


def test_no_key_shows() -> None:
    vault = Vault([NEW, OLD])
    assert NEW not in f"{vault!r} {vault}"


def test_derived_secrets_differ_by_purpose_and_key_and_stay_the_same() -> None:
    vault = Vault([NEW, OLD])
    assert vault.derive("sessions") == Vault([NEW]).derive("sessions")
    assert len({vault.derive("sessions"), vault.derive("links"), Vault([OLD]).derive("sessions"), NEW}) == 4
    assert len(base64.urlsafe_b64decode(vault.derive("sessions"))) == 32


def test_configured_keys_win_and_no_file_is_made(tmp_path: Path) -> None:
    assert load_keys(tmp_path, f" {NEW} ,{OLD}, ") == (NEW, OLD)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "configured",
    [
        "changeme",
        "secret",
        "x" * 44,
        base64.b64encode(b"\xff" * 32).decode(),
        NEW[:-2],
        NEW + "A",
        f"{NEW},changeme",
        f'"{NEW}"',
        ",",
    ],
    ids=range(9),
)
def test_a_placeholder_refuses_to_start_and_says_how_to_make_a_key(tmp_path: Path, configured: str) -> None:
    with pytest.raises(ValueError, match=re.escape("Generate one with: python -c")) as refused:
        load_keys(tmp_path, configured)
    assert NEW not in str(refused.value)


@pytest.mark.parametrize("key", [base64.urlsafe_b64encode(raw).decode() for raw in (bytes(32), b"ab" * 16)])
def test_a_key_that_is_not_random_refuses_to_start(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="is not random") as refused:
        load_keys(tmp_path, f"{NEW},{key}")
    assert key not in str(refused.value)


def test_the_first_start_makes_a_key_only_the_owner_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    keys = load_keys(folder, None)
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert Vault(keys).open(Vault(load_keys(folder, "")).seal("hunter2")) == "hunter2"
    assert load_keys(folder, None) == keys


def test_two_installations_do_not_share_a_key(tmp_path: Path) -> None:
    assert load_keys(tmp_path / "a", None) != load_keys(tmp_path / "b", None)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    load_keys(tmp_path, None)
    (tmp_path / KEY_FILE).chmod(mode)
    with pytest.raises(ValueError, match="chmod 600"):
        load_keys(tmp_path, None)


@pytest.mark.parametrize("content", ["", "changeme", f"{NEW},changeme"], ids=["empty", "placeholder", "one of two"])
def test_a_damaged_key_file_is_refused_and_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / KEY_FILE
    path.touch(mode=0o600)
    path.write_text(content)
    with pytest.raises(ValueError, match="contains no valid key") as refused:
        load_keys(tmp_path, None)
    assert NEW not in str(refused.value)
    assert path.read_text() == content


def test_a_key_file_may_hold_several_keys_newest_first(tmp_path: Path) -> None:
    path = tmp_path / KEY_FILE
    path.touch(mode=0o600)
    path.write_text(f"{NEW}\n{OLD}\n")
    assert load_keys(tmp_path, None) == (NEW, OLD)
