"""What axe-core finds on an open page, in both themes and on a desk and a phone.

A page that looks like one on which it found nothing isn't examined again, by none of the processes of a run: the same
pages are opened on both databases, and a run of axe-core takes longer than a load of a page. So on PostgreSQL, where
files run last, it looks at those pages that differ from all before in more than their numbers.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # for a rule about styles that hold for one orientation of a phone; we have none
}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
"""What another theme can break."""
THEMES: tuple[tuple[Literal["light", "dark"], dict[str, Any]], ...] = (("light", OPTIONS), ("dark", COLOURS))
SIZES = ((1280, 800), (390, 844))
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
RUN = """(options) => {
    const contrast = axe._audit.checks['color-contrast'];
    contrast.whole ??= contrast.evaluate;
    const looks = new Map(), clean = new Set();
    const look = (each) => {
        if (!looks.has(each)) {
            const of = getComputedStyle(each);
            looks.set(each, [each.tagName, each.className, each.getAttribute('style'), of.color, of.backgroundColor,
                of.backgroundImage, of.opacity, of.fontSize, of.fontWeight, of.textShadow, of.mixBlendMode, of.filter,
                each.parentElement ? look(each.parentElement) : ''].join(';'));
        }
        return looks.get(each);
    };
    contrast.evaluate = function (node, ...more) {
        const behind = axe.commons.dom.getTextElementStack(node);
        const seen = [[node], ...behind].map((stack) => stack.map(look).join('|')).join('||');
        if (clean.has(seen)) {
            this.data({});
            return true;
        }
        const found = contrast.whole.call(this, node, ...more);
        if (found === true) clean.add(seen);
        return found;
    };
    return axe.run(document, options);
}"""
"""A text on a stack of elements that look like one with enough contrast, up to the root, has as much: hundreds of
shifts in a grid look like a dozen."""
SEEN = r"""() => {
    const html = document.documentElement.outerHTML
        .replace(/<script[\s\S]*?<\/script>/g, '')
        .replace(/\bf_[0-9a-f-]{36}/g, 'f_')
        .replace(/\b[0-9a-f]{16,}\b/g, '0')
        .replace(/(--at?: [0-9]+)\.[0-9]+/g, '$1')
        .replace(/( style="[^"]*")|[0-9]+/g, (_, style) => style ?? '0');
    const shown = [...document.querySelectorAll('*')].map((each) => [each.scrollTop, each.scrollLeft, !!each.value]);
    return JSON.stringify([html, document.activeElement?.className, shown.filter((each) => each.some(Boolean))]);
}"""
"""All that decides what is found but the numbers in it: ids, keys, times and dates differ from run to run. Styles keep
theirs, because they say where something is, but for how far in its hour or day a mark is: that of now moves on."""


class Clean:
    """Pages on which nothing was found, in a folder that all processes of a run share."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        """None, and all pages are examined."""

    def has(self, seen: str) -> bool:
        return self.folder is not None and (self.folder / seen).exists()

    def add(self, seen: str) -> None:
        if self.folder is not None:
            (self.folder / seen).touch()


clean = Clean()


def broken_rules(page: Page, sizes: Sequence[tuple[int, int]] = SIZES) -> list[str]:
    """What axe-core finds on the page that is open, in both themes and all sizes; the page isn't loaded again."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    found: list[str] = []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        for theme, options in THEMES:
            # With less motion every element has its new colour at once; none is caught halfway.
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.evaluate(SETTLED)
            seen = _seen(page, width, height, theme, options)
            if clean.has(seen):
                continue
            violations = _violations(page, options)
            found += [
                f"{page.url} {width} {theme}: {rule['id']}: {node['html'][:160]} {node['failureSummary']}"
                for rule in violations
                for node in rule["nodes"]
            ]
            if not violations:
                clean.add(seen)
    return found


def _seen(page: Page, *way: object) -> str:
    """A name for what is drawn, and the way in which it is looked at."""
    return hashlib.sha256(json.dumps([page.evaluate(SEEN), *way]).encode()).hexdigest()


def _violations(page: Page, options: dict[str, Any]) -> list[dict[str, Any]]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations: list[dict[str, Any]] = page.evaluate(RUN, options)["violations"]
    return violations
