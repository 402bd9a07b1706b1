"""The guides of docs/guides, as Help shows them and Admin names them."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
_ANY_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_LINK = re.compile(r"\]\(([a-z-]+)\.md\)")
FOR_ADMINISTRATORS = "For administrators"
"""How their guides begin."""
PICTURES = "](../../pages/static/"
"""Guides refer to pictures so that they also show in a repository browser."""


@dataclass(frozen=True, slots=True)
class Guide:
    """A file of docs/guides: its heading, its first paragraph, and all of it, with links that work here."""

    key: str
    title: str
    lead: str
    text: str


@cache
def read_guides() -> dict[str, Guide]:
    """By key; those for administrators come last."""
    guides = [_guide(path) for path in sorted(GUIDES.glob("*.md"))]
    return {guide.key: guide for guide in sorted(guides, key=lambda guide: guide.lead.startswith(FOR_ADMINISTRATORS))}


def _guide(path: Path) -> Guide:
    text = path.read_text(encoding="utf-8")
    title, lead, *_ = text.split("\n\n")
    plain = _ANY_LINK.sub(r"\1", lead).replace("*", "").replace("`", "")
    shown = _LINK.sub(r"](/help/\1)", text).replace(PICTURES, "](/static/")
    return Guide(path.stem, title.removeprefix("# "), plain, shown)
