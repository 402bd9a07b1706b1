"""WebDAV multistatus responses (RFC 4918 section 13): XML from an untrusted server → what it says of each resource.

A document type is refused: no server needs one, and without it XML has no entities and can't read files.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

DAV = "{DAV:}"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
CALENDARSERVER = "{http://calendarserver.org/ns/}"

_CONTROLS = rb"\x00-\x08\x0b\x0c\x0e-\x1f"
_AT_LINE_START = re.compile(rb"(?<![^\r\n])[" + _CONTROLS + rb"]+")
_CONTROL = re.compile(rb"[" + _CONTROLS + rb"]")
_REFERENCE = re.compile(rb"&#(?:x0*([0-9a-f]{1,6})|0*([0-9]{1,7}));", re.IGNORECASE)
_ENCODING = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"'][^>]*?>", re.IGNORECASE)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_BOM = b"\xef\xbb\xbf"
ELEMENTS = 600_000
"""The most of one answer: the list of the largest calendar that is read."""
_DEPTH = 64
_PIECE = 65_536
_LONG = re.compile(rb"<(?=[A-Za-z_:\x80-\xff][^<]{65535})")
"""Begins a tag, and 64 KB follow without another: a long text, or a long tag. `<` may be in neither."""
_TAG = re.compile(rb"<[^\s/>]+(?:\s+[^\s=<>/]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")
_ATTRIBUTES = 64


class NotXml(Exception):
    """The answer isn't XML, or nested or strewn with attributes as no server has reason to."""


class TooMuch(Exception):
    """The answer has more elements than it may."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One `response`: its resource, its status, and the properties found."""

    url: str
    """Absolute, in the server's spelling."""
    href: str
    """As sent by the server, to be sent back to it."""
    status: int
    """Of the resource itself; 200 if only its properties have one."""
    properties: dict[str, Element] = field(default_factory=dict)

    @property
    def is_there(self) -> bool:
        return self.status < 300

    def text(self, name: str) -> str:
        """The text of a property; empty when it isn't there."""
        found = self.properties.get(name)
        return (found.text or "").strip() if found is not None else ""

    def hrefs(self, name: str) -> tuple[str, ...]:
        """The absolute addresses in a property."""
        found = self.properties.get(name)
        if found is None:
            return ()
        urls = (absolute(self.url, each.text or "") for each in found.iter(f"{DAV}href"))
        return tuple(url for url in urls if url)

    def kinds(self) -> set[str]:
        """Its resource types: collection, calendar, principal …"""
        found = self.properties.get(f"{DAV}resourcetype")
        return {each.tag for each in found} if found is not None else set()


@dataclass(frozen=True, slots=True)
class Multistatus:
    """`url` is where the answer came from, after redirects."""

    url: str
    resources: tuple[Resource, ...]
    sync_token: str = ""
    answered_at: float = 0.0
    """Seconds since 1970, by the server's clock."""

    def first(self) -> Resource:
        """The resource asked for; an empty one with status 404 if the answer has none."""
        wanted = same(self.url)
        own = (each for each in self.resources if same(each.url) == wanted)
        return next(own, self.resources[0] if self.resources else Resource(self.url, "", 404))


def read(body: bytes, url: str, most: int = ELEMENTS) -> Multistatus:
    """`most`: of its elements. Raises NotXml, TooMuch."""
    try:
        root = parsed(body, most)
    except NotXml:
        # Only where it fails, because rewriting a large answer takes as long as parsing it.
        root = parsed(_repaired(body), most)
    if root.tag != f"{DAV}multistatus":
        raise NotXml
    token = root.findtext(f"{DAV}sync-token") or ""
    return Multistatus(url, tuple(_resources(root, url)), token.strip())


def parsed(body: bytes, most: int = ELEMENTS) -> Element:
    """The root of a document without a document type, of bounded depth. Raises NotXml, TooMuch."""
    # Safe: what makes XML dangerous needs a document type, and `_Tree` takes none.
    parser = ElementTree.XMLParser(target=_Tree(most))  # noqa: S314
    if any(not _TAG.match(body, found.start(), found.start() + _PIECE) for found in _LONG.finditer(body)):
        raise NotXml  # the parser's time grows with the square of a tag's attributes
    try:
        for piece in _pieces(body):
            parser.feed(piece)
        root: Element = parser.close()
    except (ElementTree.ParseError, LookupError, ValueError, AssertionError) as error:
        raise NotXml from error
    return root


def _pieces(body: bytes) -> Iterator[bytes]:
    """Each twice as long as the last: an error ends the parsing only after its piece, and a tag that is longer than a
    piece is read again with the next."""
    begin, size = 0, _PIECE
    while begin < len(body):
        yield body[begin : begin + size]
        begin, size = begin + size, 2 * size


def _repaired(body: bytes) -> bytes:
    """Without what XML 1.0 forbids and servers send as part of events: control characters and bytes that aren't UTF-8.

    White space before the XML declaration goes as well. A character becomes a space, so that words stay apart, unless
    it begins a line: that would be a fold (RFC 5545 section 3.1).
    """
    body = body.removeprefix(_BOM).lstrip()
    if body.startswith(_UTF_16):
        return body
    encoding = _ENCODING.match(body)
    if encoding is None or encoding[1].lower() in (b"utf-8", b"utf8"):
        body = body.decode(errors="replace").encode()
    body = _REFERENCE.sub(lambda found: found[0] if _is_xml(found) else b"\x0b", body)
    return _CONTROL.sub(b" ", _AT_LINE_START.sub(b"", body))


def _is_xml(reference: re.Match[bytes]) -> bool:
    """Whether a character reference is a character of XML 1.0 (section 2.2)."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF


def absolute(base: str, href: str) -> str:
    """`href` as an absolute URL; empty if it is empty or can't be parsed."""
    try:
        return urljoin(base, href.strip()) if href.strip() else ""
    except ValueError:
        return ""


def same(url: str) -> str:
    """Equal for addresses that differ only in escapes or the slash at the end."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}{unquote(parts.path).rstrip('/')}"


class _Tree(ElementTree.TreeBuilder):
    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._elements = self._depth = 0

    def doctype(self, *_: object) -> None:
        raise NotXml

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        self._elements += 1
        self._depth += 1
        if self._elements > self._most:
            raise TooMuch
        if self._depth > _DEPTH or len(attributes) > _ATTRIBUTES:
            raise NotXml
        return super().start(tag, attributes)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _resources(root: Element, url: str) -> Iterator[Resource]:
    for response in root.iterfind(f"{DAV}response"):
        status = _status(response.findtext(f"{DAV}status"))
        properties = {
            each.tag: each
            for group in response.iterfind(f"{DAV}propstat")
            if _status(group.findtext(f"{DAV}status")) < 300
            for each in group.iterfind(f"{DAV}prop/*")
        }
        for href in response.iterfind(f"{DAV}href"):
            text = (href.text or "").strip()
            if found := absolute(url, text):
                yield Resource(found, text, status, properties)


def _status(line: str | None) -> int:
    """`HTTP/1.1 404 Not Found` → 404; 200 without a status line, or with an empty one."""
    if line is None or not line.strip():
        return 200
    words = line.split()
    return int(words[1]) if len(words) > 1 and words[1].isdecimal() and len(words[1]) == 3 else 500
