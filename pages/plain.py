"""Pages without state on the server: not found, busy, and errors of ours. They need no session and no database."""

from collections.abc import Mapping
from html import escape
from string import Template
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from nicegui import __version__

from oncall_ui.reporting.incidents import Incident
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn

LINKS = (
    ("Home", "/", "home"),
    ("Calendars", "/calendars", "calendars"),
    ("Team", "/team", "team"),
    ("Schedules", "/schedules", "schedule"),
    ("Help", "/help", "help"),
)
"""Of the sidebar, and of the bar at the bottom of phones."""
ADMIN = ("Admin", "/admin", "server")
"""For administrators, at the foot of the sidebar; on phones in the profile menu."""
NOT_LOADED = (
    "This page couldn’t be loaded",
    '<p class="oc-status is-bad"><b>Server error</b><span> · your data is safe, nothing was changed</span></p>',
)
NOT_DONE = (
    "That didn’t work",
    '<p class="oc-status is-bad"><b>Server error</b><span> · your data is safe</span></p>',
)
_STYLES = ("tokens", "parts", "icons", "schedule-icons", "sections", "admin", "gates")
_BRAND = '<span class="oc-mark"></span><span>On-Call Optimizer</span>'
_DOCUMENT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">$refresh
<title>$title · On-Call Optimizer</title>
<link rel="stylesheet" href="/_nicegui/$version/static/fonts.css">
$styles
</head>
<body$theme>
$body
</body>
</html>
"""
_GATE = """<main class="oc-gate"><div class="oc-door">
<span class="oc-brand">$brand</span>
$page
</div></main>"""
_FRAME = """<a class="oc-skip" href="#main">Skip to content</a>
<header class="oc-top"><a class="oc-brand" href="/">$brand</a></header>
<div class="oc-frame">
<aside class="oc-side" aria-label="Main menu"><a class="oc-brand" href="/">$brand</a>
<nav class="oc-nav" aria-label="Main">$links$admin</nav></aside>
<main class="oc-main" id="main"><div class="oc-page">$page</div></main>
</div>
<nav class="oc-tabs" aria-label="Main">$links</nav>"""
_CARD = """<section class="oc-card oc-pad oc-oops" aria-labelledby="error-id"><h2 id="error-id">Error id</h2>
<div class="oc-addr"><span id="id">$id</span><button type="button" id="copy" class="oc-btn quiet oc-icon oc-i-copy"
 aria-label="Copy error id">Copy</button></div>
<p class="oc-sub">$when, $where. If it happens again, send this id to your administrator: it leads to the entry in the
 log.</p>
<div class="oc-acts wide"><a class="oc-btn main oc-icon oc-i-sync" id="again" href="$to">Try again</a>
<a class="oc-btn" href="/">Go to Home</a></div></section>
<script>
document.getElementById("copy").addEventListener("click", ({currentTarget: button}) => {
  getSelection().selectAllChildren(document.getElementById("id"));
  document.execCommand("copy");  // works without https, too
  getSelection().removeAllRanges();
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
});
$back
</script>"""
_BACK = """document.getElementById("again").addEventListener("click", (event) => {
  if (history.length > 1) { event.preventDefault(); history.back(); }
});"""
"""To the form as it was filled in, as far as the browser keeps that."""


def plain_page(
    words: tuple[str, str],
    status: int,
    *,
    to: str = "/",
    button: str = "Go to Home",
    again_seconds: int | None = None,
) -> Response:
    """Title and sentence, and a link, to Home unless `to` is another path."""
    title, lead = words
    page = f'<h1>{title}</h1>\n<p class="oc-lead">{lead}</p>\n<p><a class="oc-btn" href="{escape(to)}">{button}</a></p>'
    return _response(title, _gate(page), status, again_seconds=again_seconds)


def error_page(
    incident: Incident,
    request: Request,
    status: int = 500,
    *,
    words: tuple[str, str] | None = None,
    again_seconds: int | None = None,
) -> Response:
    """What went wrong in general, the incident's id, its time and page; never a path, a traceback or a code.

    `words` are title and sentence, if there is more to say than that. Who is logged in sees it in the usual frame.
    """
    me = who(request)
    is_get = request.method in {"GET", "HEAD"}
    title, lead = words or (NOT_LOADED if is_get else NOT_DONE)
    if words:
        lead = f'<p class="oc-lead">{lead}</p>'
    card = Template(_CARD).substitute(
        id=incident.id,
        when=_when(incident, me),
        where=escape(incident.page),
        to=escape(_path(request) if is_get else "/"),
        back="" if is_get else _BACK,
    )
    page = f'<header class="oc-head"><div><h1>{title}</h1>{lead}</div></header>\n{card}'
    body = _frame(page, is_admin=me.member.is_admin) if me else _gate(page)
    return _response(title, body, status, again_seconds=again_seconds, theme=me.member.theme if me else "")


def remember(request: Request, me: LoggedIn) -> None:
    """For an error page of this request."""
    request.state.oncall_me = me


def who(request: Request) -> LoggedIn | None:
    me = getattr(request.state, "oncall_me", None)
    return me if isinstance(me, LoggedIn) else None


def page_name(request: Request) -> str:
    """From the route: `/team/tags` is “Team, tags”, `/calendar_connections/7` “Calendar connections”."""
    route = str(request.scope.get("nicegui_page_path") or getattr(request.scope.get("route"), "path", ""))
    parts = [part.replace("_", " ").replace("-", " ") for part in route.split("/") if part and "{" not in part]
    return ", ".join(parts).capitalize() or ("Home" if request.url.path == "/" else "a page")


def _path(request: Request) -> str:
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def _when(incident: Incident, me: LoggedIn | None) -> str:
    if me is None:
        return f"{incident.at:%a} {incident.at.day} {incident.at:%b, %H:%M} UTC"
    at = incident.at.astimezone(ZoneInfo(str(me.member.tz)))
    return f"{at:%a} {at.day} {at:%b, %H:%M}"


def _gate(page: str) -> str:
    return Template(_GATE).substitute(brand=_BRAND, page=page)


def _frame(page: str, *, is_admin: bool) -> str:
    links = "".join(_link(*link) for link in LINKS)
    admin = _link(*ADMIN, css=" admin") if is_admin else ""
    return Template(_FRAME).substitute(brand=_BRAND, links=links, admin=admin, page=page)


def _link(word: str, route: str, icon: str, css: str = "") -> str:
    return f'<a class="oc-icon oc-i-{icon}{css}" href="{route}">{word}</a>'


def _response(title: str, body: str, status: int, *, again_seconds: int | None, theme: str = "") -> Response:
    refresh = "" if again_seconds is None else f'\n<meta http-equiv="refresh" content="{again_seconds}">'
    filled = Template(_DOCUMENT).substitute(
        title=title,
        refresh=refresh,
        version=__version__,
        styles="\n".join(f'<link rel="stylesheet" href="/static/{name}.css">' for name in _STYLES),
        theme=f' class="body--{theme}"' if theme else "",
        body=body,
    )
    headers: Mapping[str, str] = {} if again_seconds is None else {"Retry-After": str(again_seconds)}
    return HTMLResponse(filled, status, dict(headers))
