import pytest

from oncall_ui.security.http.client import AllowedHosts, Outbound
from tests.security.http.servers import here


@pytest.fixture(scope="session")
def outbound() -> Outbound:
    """Every name is this machine, and two of them are allowed."""
    return Outbound(AllowedHosts.parse("cloud.test, other.test"), resolve=here)
