"""What servers say beside a body, the same for every provider."""

from datetime import timedelta

import httpx

from oncall_ui.domain.imports.retry_after import asked_wait


def retry_after(response: httpx.Response) -> timedelta | None:
    """How long the server asks us to stay away; None when it doesn't say."""
    return asked_wait(response.headers.get("retry-after", ""))
