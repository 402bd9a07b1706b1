"""The next request after a redirect: checked like the first, and without credentials on another origin."""

import httpx

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from oncall_ui.security.http.urls import checked_url

_CREDENTIALS = ("authorization", "cookie", "proxy-authorization")
_BODY_HEADERS = ("content-length", "content-type", "transfer-encoding")


def next_request(request: httpx.Request, status: int, location: str) -> httpx.Request:
    """The request to `location`, without credentials when scheme, host or port change.

    The body must have been read. Raises a Failure for a redirect that is not followed.
    """
    url = _target(request.url, location)
    method = _method(request.method, status)
    headers = request.headers.copy()
    dropped = ["host"]
    if not same_origin(request.url, url):
        dropped += _CREDENTIALS
    if method != request.method:
        dropped += _BODY_HEADERS
    for name in dropped:
        headers.pop(name, None)
    content = request.content if method == request.method else None
    return httpx.Request(method, url, headers=headers, content=content, extensions=request.extensions)


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    # httpx leaves out a scheme's default port.
    return (one.scheme, one.raw_host, one.port) == (other.scheme, other.raw_host, other.port)


def too_many(host: str) -> Failure:
    """Usually a server that is being set up or moved, so it is tried again before the member is asked."""
    return TryLater(Cause.REDIRECT_LOOP, f"{host} redirects too many times.", detail=f"{host}: too many redirects")


def _target(here: httpx.URL, location: str) -> httpx.URL:
    try:
        # User names and passwords in a redirect are the server's, not the member's.
        url = checked_url(here.join(location).copy_with(userinfo=b"", fragment=None))
    except (httpx.InvalidURL, ValueError, MemberMustAct):
        sentence = f"{here.host} redirects to an address we can’t read."
        raise _refused(sentence, f"{here.host}: redirect to an unusable URL") from None
    if here.scheme == "https" and url.scheme == "http":
        sentence = f"{here.host} redirects to an address without encryption, so we stopped."
        raise _refused(sentence, f"{here.host}: redirect from https to http")
    return url


def _method(method: str, status: int) -> str:
    """As in browsers: a 303, and a POST after 301 or 302, becomes GET. CalDAV's own methods are kept."""
    if (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST"):
        return "GET"
    return method


def _refused(sentence: str, detail: str) -> Failure:
    return MemberMustAct(Cause.REDIRECTS, sentence, detail=detail)
