"""What New schedule says of coming shifts that the first draft keeps."""

from datetime import date

import pytest

from oncall_ui.services.schedules.rota_import.preview import ImportPreview
from oncall_ui.services.schedules.rota_import.start import StartPreview
from pages.schedules.new.history_step import pins_words

HISTORY = ImportPreview((), 0, 0, 0, overlaps=False, is_guessed=False, is_new=False)


@pytest.mark.parametrize(
    ("kept", "cut", "says"),
    [
        (0, 0, "No shift of the first draft begins before that day and has somebody there."),
        (0, 2, "None can stay: 2 shifts would change hands midway. To keep them, let shifts begin in step 2 when"),
        (1, 0, "1 shift of the first draft stays with the person who has it there."),
        (14, 1, "14 shifts of the first draft stay with the people who have them there. 1 other changes hands midway"),
    ],
)
def test_coming_shifts_are_said_in_words(kept: int, cut: int, says: str) -> None:
    found = pins_words(StartPreview(HISTORY, kept, cut), date(2026, 12, 21))
    assert found.replace("\xa0", " ").startswith(says)
    assert pins_words(StartPreview(HISTORY, kept, cut), None) == "The first draft plans all of its shifts."
