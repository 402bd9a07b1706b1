"""What the docs point to exists: links, headings, decisions, products and settings."""

import re
from collections.abc import Iterator
from pathlib import Path

from oncall_ui.readiness import Reason
from oncall_ui.settings import Settings
from providers import PRODUCTS
from tests.test_repository import ROOT, tracked

DECISIONS = ROOT / "docs" / "decisions"
TITLE = re.compile(r"# (\d{4}) · (\S.*)")
STATUS = re.compile(r"Status: (accepted|superseded by \d{4}) · \d{4}-\d{2}")
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`(?![^`]*NAME)([a-z_]+/[\w./-]+\.(?:py|json|md))`")
SETTING = re.compile(r"ONCALL_[A-Z0-9_]+[A-Z0-9]")


def pages() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


def dangling(page: Path) -> Iterator[str]:
    """Relative links of `page` to a file or heading that doesn't exist."""
    for target in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        path, _, anchor = target.partition("#")
        if "://" in path or path.startswith("mailto:"):
            continue
        there = page.parent / path if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            yield target


def anchors(page: Path) -> set[str]:
    """GitHub's ids of the headings: lower case, hyphens for spaces, no punctuation; `-1` for the second of a name."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", CODE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        taken = (plain if not n else f"{plain}-{n}" for n in range(len(found) + 1))
        found.add(next(name for name in taken if name not in found))
    return found


def test_every_link_leads_somewhere() -> None:
    found = {f"{page.relative_to(ROOT).as_posix()}: {target}" for page in pages() for target in dangling(page)}
    assert found == set()


def test_a_link_to_no_file_or_no_heading_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# There it is\n\n## Twice\n\n## Twice\n")
    page = tmp_path / "page.md"
    good = "[a](there.md) [b](there.md#there-it-is) [c](there.md#twice-1) [d](#here) [e](https://example.org/x)"
    page.write_text(f"# Here\n\n{good} `[f](code.md)`\n\n```\n[g](code.md)\n```\n")
    assert list(dangling(page)) == []
    page.write_text("# Here\n\n[a](gone.md) [b](there.md#gone) [c](#gone) ![d](gone.png)\n")
    assert list(dangling(page)) == ["gone.md", "there.md#gone", "#gone", "gone.png"]


def test_files_named_in_prose_exist_under_their_whole_path() -> None:
    for page in pages():
        named = FILE.findall(page.read_text(encoding="utf-8"))
        assert [name for name in named if not (ROOT / name).exists()] == [], page


def test_a_decision_begins_with_its_number_title_and_status() -> None:
    for path in decisions():
        title, empty, status, *_ = path.read_text(encoding="utf-8").splitlines()
        match = TITLE.fullmatch(title)
        assert match and path.name.startswith(f"{match[1]}-"), title
        assert empty == "" and STATUS.fullmatch(status), (path.name, status)


def test_the_index_lists_every_decision_by_its_title() -> None:
    rows = re.findall(
        r"^\| (\d{4}) \| \[(.+)\]\((.+)\) \| \S", (DECISIONS / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    titles = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in decisions()}
    assert {name: f"# {number} · {title}" for number, title, name in rows} == titles
    assert [number for number, _, _ in rows] == sorted(number for number, _, _ in rows)


def test_decisions_named_by_number_exist() -> None:
    known = {path.name[:4] for path in decisions()}
    for path in tracked():
        if path.suffix in {".md", ".py", ".js"}:
            named = re.findall(r"decisions?[ /](\d{4})\b", path.read_text(encoding="utf-8"))
            assert set(named) <= known, path


def test_the_readme_names_every_product_and_what_it_needs() -> None:
    rows = what_it_connects()
    for product in PRODUCTS:
        (cells,) = [cells for cells in rows if product.name in cells[0]]
        wanted = {f"ONCALL_{product.sign_in.authority}_CLIENT_ID".upper()} if product.sign_in else set()
        assert wanted <= set(SETTING.findall(cells[2])), product.name
    assert len(rows) == len(PRODUCTS)


def test_the_docs_name_only_settings_that_exist() -> None:
    known = {f"{Settings.model_config['env_prefix']}{name}".upper() for name in Settings.model_fields}
    for page in pages():
        assert set(SETTING.findall(page.read_text(encoding="utf-8"))) <= known, page


def decisions() -> list[Path]:
    return sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")


def what_it_connects() -> list[list[str]]:
    """The cells of the rows below the head of README's table."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## What it connects\n")[1].split("\n## ")[0]
    table = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def test_monitoring_lists_every_reason_why_imports_do_not_work() -> None:
    text = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    section = text.split("## Reasons", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(Reason)
