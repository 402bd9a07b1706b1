"""One POST to another program through the guarded client. Of the answer only its status is looked at."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.domain.imports.retry_after import parse_retry_after
from oncall_ui.domain.schedules.destinations.answers import redirects
from oncall_ui.security.http.client import Limits

LIMITS = Limits(
    total_seconds=20,
    connect_seconds=8,
    silence_seconds=15,
    compressed_bytes=1024 * 1024,
    decompressed_bytes=4 * 1024 * 1024,
    redirects=0,
)
AGENT = "On-Call-Optimizer/0.1 (+shifts)"


class Conversation:
    """Follows a request, to know after a failure whether it can have arrived."""

    def __init__(self) -> None:
        self.has_begun = False
        """Something of it was sent."""

    async def __call__(self, event: str, _: Mapping[str, object]) -> None:
        self.has_begun |= event.endswith("send_request_headers.started")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    retry_after: timedelta | None
    milliseconds: int


async def post(
    app: App, url: str, body: bytes, headers: Mapping[str, str], conversation: Conversation | None = None
) -> Answer:
    """Raises a Failure when there is no answer. A status is not an error here."""
    began = time.monotonic()
    try:
        async with app.http.client(limits=LIMITS, headers={"User-Agent": AGENT}) as client:
            request = client.build_request("POST", url, content=body, headers=dict(headers))
            if conversation:
                request.extensions["trace"] = conversation
            response = await client.send(request, stream=True)
            await response.aclose()
    except TryLater as failure:
        if failure.cause is Cause.REDIRECT_LOOP:
            raise redirects(httpx.URL(url).host) from None
        raise
    waited = round((time.monotonic() - began) * 1000)
    return Answer(response.status_code, parse_retry_after(response.headers.get("retry-after", "")), waited)
