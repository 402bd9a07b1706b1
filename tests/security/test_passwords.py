import time

import argon2
import pytest

from oncall_ui.security.passwords import Passwords, too_weak

pytestmark = pytest.mark.slow  # hashes at full cost

PASSWORD = "correct horse battery"
passwords = Passwords()


@pytest.fixture(scope="module")
def hashed() -> str:
    return passwords.hash(PASSWORD)


def test_the_right_password_is_taken_and_any_other_is_not(hashed: str) -> None:
    assert passwords.check(hashed, PASSWORD)
    assert not passwords.check(hashed, PASSWORD.upper())
    assert not passwords.check(hashed, "")


def test_a_hash_says_nothing_and_is_never_the_same(hashed: str) -> None:
    assert hashed.startswith("$argon2id$")
    assert PASSWORD not in hashed
    assert passwords.hash(PASSWORD) != hashed


def test_two_ways_to_type_the_same_letter_are_one_password() -> None:
    assert passwords.check(passwords.hash("caf\u00e9 caf\u00e9 caf\u00e9"), "cafe\u0301 cafe\u0301 cafe\u0301")


@pytest.mark.parametrize("password", ["\ud800 half a character", "nul \0 inside it", "x" * 1_001])
def test_an_odd_password_is_wrong_and_nothing_breaks(hashed: str, password: str) -> None:
    assert not passwords.check(hashed, password)


@pytest.mark.parametrize("hash", ["", "!", "plain text", "$argon2id$v=19$m=1,t=1,p=1$broken"])
def test_an_account_without_a_password_takes_none(hash: str) -> None:  # noqa: A002
    assert not passwords.check(hash, PASSWORD)
    assert not passwords.check(hash, hash)


def seconds(check: object, *arguments: str) -> float:
    assert callable(check)
    began = time.process_time()
    check(*arguments)
    return time.process_time() - began


def test_an_account_that_does_not_exist_costs_as_much_as_one_that_does(hashed: str) -> None:
    passwords.waste_time(PASSWORD)
    cost = min(seconds(passwords.check, hashed, "wrong password") for _ in range(3))
    for other in (seconds(passwords.waste_time, PASSWORD), seconds(passwords.check, "!", PASSWORD)):
        assert other > cost / 2
    assert seconds(passwords.waste_time, "x" * 1_001) < cost / 2
    assert seconds(passwords.check, hashed, "x" * 1_001) < cost / 2


def test_a_hash_of_cheaper_days_is_to_be_renewed(hashed: str) -> None:
    assert not passwords.needs_rehash(hashed)
    assert passwords.needs_rehash(argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD))


@pytest.mark.parametrize("password", ["twelve chars", "aaaaaaaaaaaa", "x" * 1_000, "ünïcödé wörd"])
def test_length_is_all_that_is_asked_for(password: str) -> None:
    assert too_weak(password) is None


@pytest.mark.parametrize(("password", "words"), [("", "12"), ("eleven char", "12"), ("x" * 1_001, "1,000")])
def test_a_password_of_the_wrong_length_is_refused_in_words(password: str, words: str) -> None:
    sentence = too_weak(password)
    assert sentence is not None
    assert words in sentence
