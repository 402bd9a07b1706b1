"""The check of what this process does beside others."""

from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.settings import Settings
from oncall_ui.starting import CannotStart, require_shared_database

ROLES = {
    "all": "this process does everything",
    "web": "pages and the API; a worker has to run, too",
    "worker": "imports, plans and emails; pages are served by others",
}


def role(settings: Settings) -> Finding:
    """Whether the process may do what ONCALL_ROLE says, and what the others have to do."""
    try:
        require_shared_database(settings)
    except CannotStart as error:
        return Finding("Role", Verdict.FAULT, str(error))
    return Finding("Role", Verdict.GOOD, f"{settings.role}, {ROLES[settings.role]}")
