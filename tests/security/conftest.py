import pytest

from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from tests.security.http.servers import here


@pytest.fixture(scope="session")
def http() -> GuardedHttp:
    """Every name is this machine, and two of them are allowed."""
    return GuardedHttp(AllowedHosts.parse("cloud.test, other.test"), resolve=here)
