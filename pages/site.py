"""All pages of one installation, and what they share: style sheets.

A new page is its module with `register`, a line in `SCREENS`, and a style sheet in static/ if it needs one.
"""

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from types import ModuleType

from nicegui import Client, __version__, ui
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.between.processes import Other
from oncall_ui.readiness import Readiness
from oncall_ui.services.accounts.second_factors.passkeys import passkey_origin
from pages import auth, health, link_forms, metrics, not_found, oidc, opening
from pages.accounts import activity, asks, confirm, invite, setup, you
from pages.accounts.login import forgot, passkey_routes, reset
from pages.accounts.login import page as login
from pages.accounts.members import page as members
from pages.accounts.notifications import page as notifications
from pages.accounts.notifications import stop_emails
from pages.accounts.security import page as security
from pages.admin import audit
from pages.admin import downloads as audit_downloads
from pages.admin.status import page as status
from pages.connections.calendars import page as calendars
from pages.connections.choose import page as choose
from pages.connections.new import form, oauth
from pages.connections.new import page as new_connection
from pages.framework.replaced import replace_all
from pages.help import page as help_pages
from pages.home import page as home
from pages.needs.count import Needs
from pages.privacy import downloads
from pages.privacy import page as privacy
from pages.schedules.board import page as schedule
from pages.schedules.destinations import page as destination
from pages.schedules.draft import page as draft
from pages.schedules.fairness import downloads as fairness_downloads
from pages.schedules.fairness import page as fairness
from pages.schedules.history import page as schedule_history
from pages.schedules.list import page as schedules
from pages.schedules.new import page as new_schedule
from pages.schedules.publish import page as schedule_publish
from pages.schedules.repair import page as schedule_repair
from pages.schedules.rota_import import page as rota_import
from pages.schedules.rules import page as rules
from pages.schedules.swaps import ask as swaps_ask
from pages.schedules.swaps import page as swaps
from pages.schedules.what_if import page as what_if
from pages.sharing import feed
from pages.sharing.api import routes
from pages.team import health as team_health
from pages.team import page as team
from pages.team import tags

STATIC = Path(__file__).parent / "static"
BASE_STYLES = (
    *("tokens", "parts", "icons", "people", "schedule-icons", "sections", "admin"),
    *("quasar", "app", "gates", "forms", "modes"),
)
"""In this order; those of single pages follow by name."""
SCREENS: tuple[ModuleType, ...] = (
    not_found,
    login,
    forgot,
    reset,
    confirm,
    passkey_routes,
    setup,
    invite,
    members,
    new_connection,
    form,
    oauth,
    calendars,
    choose,
    schedules,
    new_schedule,
    schedule,
    schedule_history,
    rota_import,
    what_if,
    schedule_publish,
    destination,
    schedule_repair,
    team,
    tags,
    team_health,
    fairness,
    fairness_downloads,
    swaps,
    swaps_ask,
    rules,
    help_pages,
    privacy,
    downloads,
    draft,
    feed,
    routes,
    you,
    notifications,
    stop_emails,
    asks,
    activity,
    audit,
    audit_downloads,
    security,
)
"""Home and Admin come by themselves, because they also need to know whether imports work."""
STATIC_PATHS = ("/static/", f"/_nicegui/{__version__}/", "/favicon.ico")
"""Files, which are the same for everybody."""
DYNAMIC = (f"/_nicegui/{__version__}/dynamic_resources/",)
COOKIELESS = ("/api/", "/feeds/", "/healthz", "/readyz", "/metrics", "/static/", "/_nicegui/", "/favicon.ico")
"""For programs, and for everybody alike: answered without a session."""


def register(app: App, readiness: Readiness, others: Callable[[], Sequence[Other]] = tuple) -> None:
    """Puts every page onto the server. `readiness` answers /readyz, and Home shows it; Admin shows `others`."""
    opening.LOADS.most = app.settings.max_page_loads
    replace_all()
    web.add_static_files("/static", STATIC, max_cache_age=3600)
    ui.add_head_html("".join(f'<link rel="stylesheet" href="/static/{name}.css">' for name in styles()), shared=True)
    for script in ("connection", "kept_focus"):
        ui.add_head_html(f'<script src="/static/{script}.js" defer></script>', shared=True)
    if origin := passkey_origin(app):
        ui.add_head_html(
            f'<script src="/static/passkeys.js" data-origin="{escape(origin)}" defer></script>', shared=True
        )
    for screen in SCREENS:
        screen.register(app)
    home.register(app, readiness)
    status.register(app, readiness, Needs(app, readiness), others)
    auth.register(app)  # after the pages: a page removes other routes of its path
    link_forms.register(app)
    oidc.register(app)
    metrics.register(web, app, lambda: len(Client.instances))
    health.register(web, readiness)


def styles() -> list[str]:
    """The names of all style sheets, in the order pages load them."""
    found = {path.stem for path in STATIC.glob("*.css")}
    return [*BASE_STYLES, *sorted(found - set(BASE_STYLES))]
