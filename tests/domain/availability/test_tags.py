"""Tags are words of their own: one row per text, in the scripts that teams write."""

from unicodedata import normalize

import pytest

from oncall_ui.domain.availability.tags import tag_in
from tests.growth import is_linear

CEDILLA, DIAERESIS, MACRON_BELOW = "\u0327", "\u0308", "\u0331"


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("noc", "NOC"),
        ("noc", "Dentist, noc."),
        ("noc", "今日はnocです"),
        ("noc", "noc은 안돼요"),
        ("not oncall", "not\u00a0oncall"),
        ("not oncall", "Not-Oncall"),
        ("straße", "STRASSE gesperrt"),
        ("STRASSE", "Straße gesperrt"),
        ("izin", "İZİN"),
        ("İzin", "izin"),
        ("izin", normalize("NFD", "İZİN")),
        ("IŞIK", "ışık"),
        ("congé", normalize("NFD", "CONGÉ")),
        (normalize("NFD", "congé"), "Congé d'été"),
        ("дежурю", "ДЕЖУРЮ"),
        ("ΆΔΕΙΑ", "άδεια"),
        ("σος", "ΣΟΣ"),
        ("当番不可", "【当番不可】休み"),
        ("当番不可", "本日当番不可です"),
        ("휴가", "휴가입니다"),
        ("ลา", "วันนี้ลาป่วย"),
        ("छुट्टी", "आज छुट्टी है"),
        ("🏖", "Beach 🏖"),
        ("🏖", "Beach🏖️!"),
        ("🏖️", "🏖"),
        ("🇩🇪", "x🇩🇪"),
        ("c++", "C++, all day"),
        ("[off]", "[OFF] Team"),
    ],
)
def test_a_tag_is_found_however_it_is_typed(tag: str, text: str) -> None:
    assert tag_in(text, (tag,)) == tag


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("noc", "nocturne"),
        ("noc", "knoc"),
        ("noc", "noç"),
        ("noc", f"noc{CEDILLA}"),
        ("noc", f"noc{DIAERESIS}"),
        ("noc", f"x{MACRON_BELOW}noc"),
        ("noc", "ćnoc"),
        ("noc", "noc2"),
        ("noc", "noc_1"),
        ("conge", "congé"),
        ("conge", normalize("NFD", "congé")),
        ("छुट", "छुट्टी"),
        ("👩", "👩\u200d💻"),
        ("💻", "👩\u200d💻"),
        ("c++", "c++11"),
        ("not oncall", "not, oncall"),
        ("noc", ""),
        ("", "anything"),
        (" \ufe0f", "anything"),
    ],
)
def test_what_only_looks_like_a_tag_is_none(tag: str, text: str) -> None:
    assert tag_in(text, (tag,)) is None


def test_no_words_find_nothing() -> None:
    assert tag_in("noc", ()) is None


def test_the_longer_of_two_tags_is_named_and_the_shorter_where_the_longer_ends_elsewhere() -> None:
    words = ("not", "not oncall")
    assert tag_in("not oncall", words) == "not oncall"
    assert tag_in("not oncalls", words) == "not"


@pytest.mark.slow
def test_a_long_text_full_of_near_misses_takes_no_time() -> None:
    words = tuple(f"tag {number}" for number in range(50))
    assert is_linear(lambda size: tag_in("tag 1x " * size, words), 20_000)
    assert tag_in("tag 1x " * 20_000, words) is None


@pytest.mark.parametrize(
    "text",
    [
        "ask noc@example.org",
        "https://example.org/noc",
        "www.example.org/wiki/noc?x=1",
        "see example.org/noc",
        "/srv/noc",
    ],
)
def test_a_word_inside_an_address_is_no_tag(text: str) -> None:
    assert tag_in(text, ("noc",)) is None
    assert tag_in(f"{text} noc", ("noc",)) == "noc", "beside the address it is one"
