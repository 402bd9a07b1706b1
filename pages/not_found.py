"""What isn't there, and what isn't yours: one page for both, so that nobody learns which of the two it is."""

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from nicegui import __version__
from nicegui import app as web

from oncall_ui.services.installation import Installation
from oncall_ui.services.members import NotAllowed

# Plain HTML: whoever scans the server for addresses would otherwise fill its memory with pages.
_PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Nothing here · On-Call Optimizer</title>
<link rel="stylesheet" href="/_nicegui/{__version__}/static/fonts.css">
<link rel="stylesheet" href="/static/tokens.css">
<link rel="stylesheet" href="/static/parts.css">
<link rel="stylesheet" href="/static/gates.css">
</head>
<body>
<main class="oc-gate"><div class="oc-door">
<span class="oc-brand"><span class="oc-mark"></span><span>On-Call Optimizer</span></span>
<h1>There is nothing here for you</h1>
<p class="oc-lead">The address may be mistyped, or what was here is gone.</p>
<p><a class="oc-btn" href="/">Back to the start</a></p>
</div></main>
</body>
</html>
"""


def register(_app: Installation) -> None:
    @web.exception_handler(404)
    @web.exception_handler(NotAllowed)
    async def not_found(_request: Request, _error: Exception) -> Response:
        return HTMLResponse(_PAGE, 404)
