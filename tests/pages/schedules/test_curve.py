"""The curve of a search says different things at different heights."""

import pytest

from pages.schedules.draft.review.curve import labels


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((120.0, 160.0, 200.0), ["120", "160", "200"]),
        ((190.0, 190.5, 191.0), ["190.0", "190.5", "191.0"]),
        ((190.0, 190.001, 190.002), ["190.00", "", ""]),
    ],
)
def test_no_two_labels_of_an_axis_are_the_same(values: tuple[float, ...], said: list[str]) -> None:
    assert labels(values) == said
