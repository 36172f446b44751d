"""From the bytes of a file or a pipe to UTF-8: unpacked, and in another encoding if so told."""

from __future__ import annotations

import codecs
import gzip
import zlib
from typing import IO, Protocol, cast

from cars.reading.kinds import GZIP, HEAD_BYTES, ZIP, other_kind

CHUNK_BYTES = 64 * 1024
SIGNATURE_BYTES = 16


class UnreadableError(Exception):
    """The rest of the file makes no sense; `line` (from 1) is where, None for all of it."""

    def __init__(self, line: int | None, reason: str) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line = line


class Readable(Protocol):
    """A binary stream, such as an open file, a BytesIO or a pipe's buffer."""

    def read1(self, size: int, /) -> bytes: ...


class Counted:
    """A stream whose beginning may be looked at before it is read; `position` counts its bytes."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._head = b""
        self.position = 0

    def peek(self, size: int) -> bytes:
        """The first bytes: `size` of them or more, fewer only at the end."""
        while len(self._head) < size and (chunk := self._stream.read1(CHUNK_BYTES)):
            self._head += chunk
        return self._head

    def read1(self, size: int = CHUNK_BYTES, /) -> bytes:
        # Not read(): a pipe's rows come as they are written.
        chunk = self._head[:size] if self._head else self._stream.read1(size)
        self._head = self._head[len(chunk) :]
        self.position += len(chunk)
        return chunk

    def read(self, size: int, /) -> bytes:
        """All of `size`, as gzip expects; less only at the end."""
        found = bytearray()
        while len(found) < size and (chunk := self.read1(size - len(found))):
            found += chunk
        return bytes(found)


class Text(Protocol):
    def read1(self) -> bytes:
        """Some bytes of UTF-8, none at the end."""


def utf8(stream: Counted, encoding: str | None) -> Text:
    """What is in `stream` as UTF-8, or as what may be that: without `encoding` it is not checked.

    Raises UnreadableError for a file of another kind; its remedy is in the message.
    """
    head = stream.peek(SIGNATURE_BYTES)
    if head.startswith(GZIP):
        unpacked = Counted(_Unpacked(stream))
        return utf8(unpacked, encoding)
    if head.startswith(ZIP):
        head = stream.peek(HEAD_BYTES)
    if not encoding and (kind := other_kind(head)):
        raise UnreadableError(None, kind)
    return _Recoded(stream, encoding) if encoding else stream


class _Unpacked:
    def __init__(self, stream: Counted) -> None:
        self._stream = gzip.GzipFile(fileobj=cast(IO[bytes], stream), mode="rb")
        self._lines = 0

    def read1(self, size: int, /) -> bytes:
        try:
            chunk = self._stream.read1(size)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise UnreadableError(
                self._lines + 1, f"the gzip file is damaged or incomplete: {error}"
            ) from error
        self._lines += chunk.count(b"\n")
        return chunk


class _Recoded:
    """The same text in UTF-8."""

    def __init__(self, stream: Counted, encoding: str) -> None:
        self._stream = stream
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._lines = 0

    def read1(self) -> bytes:
        while chunk := self._stream.read1():
            # A few bytes may be no whole character yet, and nothing would mean the end.
            if text := self._decode(chunk, final=False):
                return text
        return self._decode(b"", final=True)

    def _decode(self, chunk: bytes, *, final: bool) -> bytes:
        text: bytes
        try:
            text = self._decoder.decode(chunk, final).encode()
        except UnicodeError as error:
            raise UnreadableError(
                self._lines + 1, f"from here on it is not {self._encoding}: {error}"
            ) from error
        self._lines += text.count(b"\n")
        return text
