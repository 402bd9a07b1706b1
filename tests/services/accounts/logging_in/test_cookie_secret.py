"""The session cookie's secret survives rotated keys, and is never readable without one."""

from concurrent.futures import ThreadPoolExecutor

from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.models import ServerSecret
from oncall_ui.security.vault import Vault, generate_key
from oncall_ui.services.accounts.logging_in.cookie_secret import cookie_secret
from tests.conftest import Person

OLD, NEW = generate_key(), generate_key()


def with_keys(app: App, *keys: str) -> App:
    object.__setattr__(app, "vault", Vault(keys))
    return app


def sealed(app: App) -> str:
    with app.db.read() as session:
        return session.exec(select(ServerSecret)).one().sealed


def test_the_secret_is_the_same_at_every_start(app: App) -> None:
    assert cookie_secret(app) == cookie_secret(app)
    assert len(cookie_secret(app)) == 43


def test_rotated_keys_keep_the_secret_and_the_old_one_can_go(app: App) -> None:
    secret = cookie_secret(with_keys(app, OLD))
    assert cookie_secret(with_keys(app, NEW, OLD)) == secret
    assert cookie_secret(with_keys(app, NEW)) == secret, "it was sealed again with the new key"


def test_a_lost_key_makes_a_new_secret(app: App) -> None:
    secret = cookie_secret(with_keys(app, OLD))
    replaced = cookie_secret(with_keys(app, NEW))
    assert replaced != secret
    assert cookie_secret(app) == replaced


def test_an_installation_with_members_keeps_the_cookies_it_has_given(app: App, alice: Person) -> None:
    before = with_keys(app, OLD).vault.derive("session cookie")
    assert cookie_secret(app) == before
    assert cookie_secret(with_keys(app, NEW, OLD)) == before


def test_two_processes_that_start_at_once_agree(app: App) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: cookie_secret(app), range(8)))) == 1


def test_the_secret_is_stored_encrypted(app: App) -> None:
    secret = cookie_secret(app)
    assert secret not in sealed(app) and app.vault.open(sealed(app)) == secret
