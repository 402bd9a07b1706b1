"""How hard what goes to browsers is compressed: little time of the event loop for nearly as few bytes."""

import zlib
from collections import OrderedDict

from uvicorn.protocols.websockets import wsproto_impl
from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import FrameDecoder, FrameProtocol, Opcode, RsvBits

GZIP_LEVEL = 3
"""A tenth more bytes for NiceGUI's scripts than at level 9, in 40 % of the time."""
DEFLATE_LEVEL = 3
"""A third more bytes than at level 6 for a plan that a hundred pages get at once, in 40 % of the time."""
LARGE = 4096
"""Bytes of a message that is worth looking up."""
END = 32
"""Bytes at its end that may be a page's own: NiceGUI puts a number there."""
MOST = 16
"""Messages that are kept: the last ones."""
TAIL = b"\x00\x00\xff\xff"
"""What a message leaves out of its end (RFC 7692, 7.2.1)."""

_packed: OrderedDict[bytes, bytes] = OrderedDict()


class QuickDeflate(PerMessageDeflate):
    """Compresses messages of websockets (RFC 7692) at DEFLATE_LEVEL, where wsproto takes zlib's 6.

    A large one refers to nothing before it, so that what it was compressed to, but for its end, can be sent to other
    browsers as well. The message after it doesn't either: it comes from a new compressor.
    """

    def frame_outbound(
        self, proto: FrameDecoder | FrameProtocol, opcode: Opcode, rsv: RsvBits, data: bytes, fin: bool
    ) -> tuple[RsvBits, bytes]:
        bits = -int(self.client_max_window_bits if proto.client else self.server_max_window_bits)
        if self._enabled and fin and opcode is Opcode.TEXT and len(data) >= LARGE and bits == -zlib.MAX_WBITS:
            self._compressor = None
            return RsvBits(True, rsv.rsv2, rsv.rsv3), _compressed(bytes(data))
        if self._compressor is None:
            self._compressor = zlib.compressobj(DEFLATE_LEVEL, zlib.DEFLATED, bits)
        return super().frame_outbound(proto, opcode, rsv, data, fin)


def deflate_quickly() -> None:
    """Call it before the server runs."""
    vars(wsproto_impl)["PerMessageDeflate"] = QuickDeflate


def _compressed(message: bytes) -> bytes:
    start, end = message[:-END], message[-END:]
    if (found := _packed.get(start)) is None:
        found = _packed[start] = _blocks(start)
        if len(_packed) > MOST:
            _packed.popitem(last=False)
    return found + _blocks(end).removesuffix(TAIL)


def _blocks(part: bytes) -> bytes:
    """Whole bytes that refer to nothing before them (RFC 1951, 3.2.3), after which more may follow."""
    compressor = zlib.compressobj(DEFLATE_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(part) + compressor.flush(zlib.Z_SYNC_FLUSH)
