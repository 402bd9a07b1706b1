"""Sizes in words."""

import pytest

from oncall_ui.domain.sizes import bytes_words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (870, "870 bytes"),
        (999.6, "1 kB"),
        (38_200_000, "38 MB"),
        (2_340_000_000, "2.3 GB"),
        (9_960_000_000, "10 GB"),
        (5e15, "5000 TB"),
    ],
)
def test_two_digits_tell_enough(size: float, words: str) -> None:
    assert bytes_words(size) == words
