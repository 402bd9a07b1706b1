"""One case for each product, a file each. What members can connect is held to every shared suite by its line here."""

import pytest

from tests.providers.cases.caldav import CalDavCase
from tests.providers.cases.google import GoogleCase
from tests.providers.cases.ics import IcsCase
from tests.providers.cases.outlook import OutlookCase
from tests.providers.helpers.case import ProductCase

CASES: dict[str, type[ProductCase]] = {
    "google": GoogleCase,
    "outlook": OutlookCase,
    "caldav": CalDavCase,
    "ics": IcsCase,
}


def case_for(key: str) -> type[ProductCase]:
    """Fails the test for a product without a case, and says what to add."""
    if key not in CASES:
        pytest.fail(
            f"The product “{key}” has no test case. Add tests/providers/cases/{key}.py with a subclass of ProductCase, "
            f"and its line in CASES, tests/providers/cases/__init__.py. CONTRIBUTING.md, “Adding a provider”, shows it."
        )
    return CASES[key]
