"""Where programs read how the installation is doing, and a report to paste into an issue."""

from nicegui import html, ui

from pages.admin.status.checks import Setup

WITH_TOKEN = "Prometheus metrics, readable with the token in ONCALL_METRICS_TOKEN."  # noqa: S105 - a sentence
HERE_ONLY = "Prometheus metrics, readable on this machine. Set ONCALL_METRICS_TOKEN to read them from elsewhere."
# Also works without https, where browsers give scripts no clipboard.
_COPY = """(event) => {
    const button = event.currentTarget, area = document.createElement("textarea");
    area.value = (%s)(button);
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
    const label = button.querySelector(".block") ?? button, words = label.textContent;
    if (words !== "Copied") {
        label.textContent = "Copied";
        setTimeout(() => { label.textContent = words; }, 2000);
    }
}"""
COPY_ADDRESS = _COPY % "(button) => button.previousElementSibling.textContent"
COPY_REPORT = (
    _COPY
    % """() => [...document.querySelectorAll("h1, .oc-head .oc-status, .oc-alert, .oc-fact, .oc-health li")]
        .map((shown) => {
            const line = shown.cloneNode(true), words = [];
            line.querySelectorAll("button, a").forEach((act) => act.remove());
            const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) words.push(texts.currentNode.textContent.trim());
            return words.filter(Boolean).join(" ");
        }).join("\\n")"""
)


def monitoring_card(setup: Setup) -> None:
    with html.section().classes("oc-card").props("aria-labelledby=monitoring"):
        with html.div().classes("oc-card-head"), html.div().classes("grow"):
            html.h2("Monitoring").props("id=monitoring")
            html.p(WITH_TOKEN if setup.has_metrics_token else HERE_ONLY).classes("oc-sub")
        with html.div().classes("oc-pad oc-metrics"), html.div().classes("oc-addr"):
            html.span(setup.metrics_url)
            _copy("Copy", COPY_ADDRESS).classes("quiet").props["aria-label"] = "Copy metrics address"


def copy_report_button() -> None:
    with html.div().classes("oc-acts wide"):
        _copy("Copy report", COPY_REPORT)


def _copy(words: str, handler: str) -> ui.button:
    button = ui.button(words, color=None).props("unelevated no-caps").classes("oc-btn oc-icon oc-i-copy")
    button.on("click", js_handler=handler)
    return button
