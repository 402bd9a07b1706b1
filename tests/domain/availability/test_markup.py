"""HTML in a description, as a reader sees it."""

import pytest

from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Action, Rules, decide
from oncall_ui.domain.availability.text import plain
from oncall_ui.domain.imports.events import Event
from tests.growth import is_linear


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("not oncall", "not oncall"),
        ("no<b>t on</b>call", "not oncall"),
        ("not&nbsp;oncall", "not\xa0oncall"),
        ("<ul><li>not</li><li>oncall</li></ul>", "\n\nnot\n\noncall\n\n"),
        ('<a href="https://example.org/?a&amp;b" target=_blank>R&amp;D</a><BR/>off', "R&D\noff"),
        ("<html-blob>noc</html-blob>", "noc"),
        ("a <noc> b", "a <noc> b"),
        ("a < b and c > d", "a < b and c > d"),
        ("&lt;b&gt;noc&lt;/b&gt;", "<b>noc</b>"),
        ("", ""),
    ],
)
def test_formatting_goes_and_words_stay(written: str, seen: str) -> None:
    assert plain(written) == seen


@pytest.mark.parametrize("description", ["not&nbsp;<b>oncall</b>", "fire &not oncall", "<noc>", "<p>no<wbr>c</p>"])
def test_a_tag_counts_as_written_and_as_seen(description: str) -> None:
    decision = decide(Event("1", "Sea", description), Rules())
    assert decision.action is Action.BLOCK
    assert decision.reason is Reason.TAG_IN_DESCRIPTION


@pytest.mark.parametrize("unkind", ["<b", "<b ", "</", "&", "<p <", "&#", "&notin"])
def test_no_text_takes_long(unkind: str) -> None:
    assert is_linear(lambda size: plain(unkind * size), 100_000)
