import pytest

from oncall_ui.security.outbound import AllowedHosts, Outbound
from tests.security.servers import here


@pytest.fixture(scope="session")
def outbound() -> Outbound:
    """Every name is this machine, and two of them are allowed."""
    return Outbound(AllowedHosts.parse("cloud.test, other.test"), resolve=here)
