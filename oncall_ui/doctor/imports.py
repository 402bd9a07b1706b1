"""Whether imports work: asks the running app, which alone knows, and starts a worker process of its own."""

import asyncio

import httpx

from oncall_ui.app import App
from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.readiness import Reason
from oncall_ui.settings import Settings

PATIENCE_SECONDS = 5
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to ask an app that listens everywhere


def running(settings: Settings) -> Finding:
    """What /readyz of the app on this machine says, in its own words."""
    name, host = "Imports", ANY_ADDRESS.get(settings.host, settings.host)
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/readyz"
    try:
        response = httpx.get(url, timeout=PATIENCE_SECONDS, trust_env=False)
        is_ready, details = response.json()["status"] == "ready", response.json().get("details", [])
    except httpx.ConnectError:
        return Finding(name, Verdict.NOTE, f"The app isn’t running at {url.removesuffix('/readyz')}.")
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        return Finding(name, Verdict.FAULT, f"{url} gives no answer. Check the log, then restart the app.")
    if is_ready:
        return Finding(name, Verdict.GOOD, "the running app can import calendars")
    return Finding(name, Verdict.FAULT, " ".join(details))


def workers(app: App) -> Finding:
    name = "Workers"
    if asyncio.run(app.workers.answers(PATIENCE_SECONDS)):
        return Finding(name, Verdict.GOOD, "a process to read calendars starts and answers")
    return Finding(name, Verdict.FAULT, Reason.WORKERS_SILENT.sentence)
