"""Digest authentication (RFC 7616), also where a server offers Basic in the same header."""

import re
from collections.abc import Generator

import httpx

_CHALLENGE = re.compile(r"(?:^|,)\s*(Digest\s.+?)(?=,\s*[A-Za-z]+\s+[A-Za-z]+\s*=|$)", re.IGNORECASE)
_HEADER = "www-authenticate"


class Digest(httpx.DigestAuth):
    """The library looks at the beginning of each header only."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        flow = super().auth_flow(request)
        sent = next(flow)
        while True:
            response = yield sent
            if challenge := challenge_of(response):
                response.headers[_HEADER] = challenge
            try:
                sent = flow.send(response)
            except StopIteration:
                return


def challenge_of(response: httpx.Response) -> str:
    """The Digest challenge of an answer; empty if it has none."""
    found = (_CHALLENGE.search(header) for header in response.headers.get_list(_HEADER))
    return next((each[1] for each in found if each), "")
