"""JSON from other servers: the documented type, fit to be stored, or NotExpected."""

from collections.abc import Callable
from typing import Any

import pytest

from providers.json import (
    NotExpected,
    digest,
    email,
    first_text,
    flag,
    line,
    read_object,
    record,
    records,
    several,
    text,
    verbatim,
)

Read = Callable[[dict[str, Any], str], Any]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b"null", b"\xff\xfe", b"[" * 100_000, b"9" * 5_000])
def test_anything_but_an_object_is_not_expected(body: bytes) -> None:
    with pytest.raises(NotExpected):
        read_object(body)


@pytest.mark.parametrize(
    ("read", "empty"), [(text, ""), (line, ""), (email, ""), (flag, False), (record, {}), (several, []), (records, [])]
)
def test_what_is_missing_is_empty(read: Read, empty: object) -> None:
    assert read({}, "key") == read({"key": None}, "key") == empty


@pytest.mark.parametrize(
    ("read", "odd"),
    [
        (text, 5),
        (line, []),
        (email, {}),
        (verbatim, 0),
        (flag, 1),
        (flag, "secret"),
        (record, []),
        (several, {}),
        (records, "secret"),
        (records, [None]),
    ],
)
def test_another_type_is_not_expected_and_not_quoted(read: Read, odd: Any) -> None:
    with pytest.raises(NotExpected) as caught:
        read({"key": odd}, "key")
    assert str(caught.value).startswith("It") and "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "clean"),
    [("a\0b", "ab"), ("\ud800 noc", "? noc"), ("Grüße", "Grüße"), ("\U0001f3d6", "\U0001f3d6"), ("a\nb", "a\nb")],
)
def test_text_is_fit_for_a_database(value: str, clean: str) -> None:
    assert text({"key": value}, "key") == clean


def test_a_line_has_no_breaks_and_no_control_characters() -> None:
    assert line({"key": " a\r\n\tb\x07 \0c "}, "key") == "a b c"


def test_an_address_is_compared_in_lower_case() -> None:
    assert email({"key": " Alice@Example.ORG "}, "key") == "alice@example.org"


@pytest.mark.parametrize("odd", ["a\0", "a\ud800"])
def test_what_is_sent_back_is_never_changed(odd: str) -> None:
    assert verbatim({"key": "a/b?c=d"}, "key") == "a/b?c=d"
    with pytest.raises(NotExpected):
        verbatim({"key": odd}, "key")


@pytest.mark.parametrize(
    ("item", "found"), [({"a": "", "b": 5, "c": "x\0"}, "x"), ({"a": "y", "c": "x"}, "y"), ({}, ""), ([], ""), (5, "")]
)
def test_the_first_text_is_found_whatever_the_rest_is(item: object, found: str) -> None:
    assert first_text(item, "a", "b", "c") == found


def test_a_digest_is_of_the_values_not_of_their_order() -> None:
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1}) != digest({"a": 1, "b": [3]})


def test_what_is_nested_too_deeply_has_no_digest() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(NotExpected):
        digest(deep)
