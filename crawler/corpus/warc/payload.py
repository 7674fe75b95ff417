"""What an answer's body is under the ways in which it travelled, and whether it is what the archive says it is."""

from __future__ import annotations

import base64
import hashlib
import io
import sys
import zlib
from collections.abc import Callable

import brotli
from warcio.bufferedreaders import ChunkedDataReader

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["TooLarge", "decoded", "digest_right", "joined"]


class TooLarge(ValueError):
    """More bytes than were to be kept; a small body can decompress to any size."""


def joined(payload: bytes) -> bytes:
    """A chunked body in one piece (RFC 9112 §7.1); what only claims to be chunked is left as it is."""
    return bytes(ChunkedDataReader(io.BytesIO(payload)).read())


def decoded(payload: bytes, encoding: str | None, most: int) -> bytes:
    """The body without its Content-Encoding (gzip, deflate, br, zstd; several in a row).

    A body that is not encoded as it says is left as it is, as browsers do; one that breaks off gives what there was.
    Raises TooLarge beyond `most` bytes.
    """
    for name in reversed([part.strip().lower() for part in (encoding or "").split(",")]):
        decode = _DECODERS.get(name)
        if decode is not None and payload:
            payload = decode(payload, most)
    return payload


def _inflated(wbits: int) -> Callable[[bytes, int], bytes]:
    def inflate(data: bytes, most: int) -> bytes:
        found = b""
        while data and len(found) <= most:
            stream = zlib.decompressobj(wbits)
            found += stream.decompress(data, most + 1 - len(found))
            data = stream.unused_data
        return found

    return inflate


def _limited(decode: Callable[[bytes, int], bytes], *others: Callable[[bytes, int], bytes]) -> Callable[..., bytes]:
    """The first decoder that the data suits, else the data."""

    def run(data: bytes, most: int) -> bytes:
        for attempt in (decode, *others):
            try:
                found = attempt(data, most)
            except (zlib.error, brotli.error, zstd.ZstdError):
                continue
            if len(found) > most:
                raise TooLarge(f"decodes to more than {most} bytes")
            return found
        return data

    return run


def _unbrotli(data: bytes, most: int) -> bytes:
    return bytes(brotli.Decompressor().process(data, output_buffer_limit=most + 1))


def _unzstd(data: bytes, most: int) -> bytes:
    return bytes(zstd.ZstdDecompressor().decompress(data, most + 1))


# deflate is zlib's format by the standard (RFC 9110 §8.4.1.2), and bare by many servers.
_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _limited(_inflated(16 + zlib.MAX_WBITS)),
    "x-gzip": _limited(_inflated(16 + zlib.MAX_WBITS)),
    "deflate": _limited(_inflated(zlib.MAX_WBITS), _inflated(-zlib.MAX_WBITS)),
    "br": _limited(_unbrotli),
    "zstd": _limited(_unzstd),
}


def digest_right(recorded: str | None, *candidates: bytes) -> bool | None:
    """True if one of the byte strings has that digest (sha1:BASE32, sha256:hex …); None if it cannot be told.

    Several, because writers disagree on whether a payload is what was sent or what was meant (chunks, compression).

    >>> digest_right("sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N", b"other", b"a"), digest_right("md4:x", b"a")
    (False, None)
    """
    name, _, value = (recorded or "").partition(":")
    try:
        hashes = [hashlib.new(name.lower().replace("-", ""), data).digest() for data in candidates]
    except ValueError:
        return None
    return any(value.rstrip("=").casefold() in _spellings(found) for found in hashes)


def _spellings(digest: bytes) -> set[str]:
    """The ways in which archives write a digest; folded, which even for base64 hides nothing in 160 bits."""
    spelled = (base64.b32encode(digest), base64.b64encode(digest), base64.urlsafe_b64encode(digest))
    return {digest.hex(), *(text.decode().rstrip("=").casefold() for text in spelled)}
