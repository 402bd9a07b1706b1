"""The words of each reason."""

import pytest

from oncall_ui.domain.availability.reasons import Reason, words_of


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("several", [False, True])
def test_every_reason_has_words(reason: Reason, several: bool) -> None:
    words = words_of(reason, "x {0}", several=several)
    assert words and words[0].islower()
    assert ("x {0}" in words) == ("TAG_IN" in reason.name or "LIKELY" in reason.name)
