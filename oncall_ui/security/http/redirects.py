"""Where an answer sends us, and with what: every hop starts from nothing but what may travel on."""

import httpx

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct
from oncall_ui.security.http.urls import checked

_CREDENTIALS = ("authorization", "cookie", "proxy-authorization")
_OF_A_BODY = ("content-length", "content-type", "transfer-encoding")


def next_request(request: httpx.Request, status: int, location: str) -> httpx.Request:
    """The request that follows `location`; credentials stay behind when scheme, host or port change.

    The body must have been read before. Raises a Failure for a hop that is not taken.
    """
    url = _target(request.url, location)
    method = _method(request.method, status)
    headers = request.headers.copy()
    left_behind = ["host"]
    if not same_origin(request.url, url):
        left_behind += _CREDENTIALS
    if method != request.method:
        left_behind += _OF_A_BODY
    for name in left_behind:
        headers.pop(name, None)
    content = request.content if method == request.method else None
    return httpx.Request(method, url, headers=headers, content=content, extensions=request.extensions)


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    # httpx leaves the port out when it is the scheme's own.
    return (one.scheme, one.raw_host, one.port) == (other.scheme, other.raw_host, other.port)


def too_many(host: str) -> Failure:
    return _refused(f"{host} sends us on again and again.", f"{host}: too many redirects")


def _target(here: httpx.URL, location: str) -> httpx.URL:
    try:
        # Names and passwords a foreign server puts into an address are not the member's.
        url = checked(here.join(location).copy_with(userinfo=b"", fragment=None))
    except (httpx.InvalidURL, ValueError, MemberMustAct):
        sentence = f"{here.host} sends us on to an address we can’t read."
        raise _refused(sentence, f"{here.host}: redirect to no web address") from None
    if here.scheme == "https" and url.scheme == "http":
        sentence = f"{here.host} sends us on to an address without encryption, so we stopped there."
        raise _refused(sentence, f"{here.host}: redirect from https to http")
    return url


def _method(method: str, status: int) -> str:
    """As browsers do, and CalDAV's own methods survive: only 303 and a moved POST become a GET."""
    if (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST"):
        return "GET"
    return method


def _refused(sentence: str, detail: str) -> Failure:
    return MemberMustAct(Cause.REDIRECTS, sentence, detail=detail)
