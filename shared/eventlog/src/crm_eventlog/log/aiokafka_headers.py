"""Escaping of header names that are not valid UTF-8.

Without it, one such record stops aiokafka from reading every partition.
"""

import struct
from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

# A batch begins with its first offset (8 bytes) and the length of what follows.
_BEFORE_LENGTH, _BEFORE_REST = 8, 12


def tolerate_invalid_header_names() -> None:
    """Patch aiokafka for this process, because it offers no public way."""
    fetcher.MemoryRecords = LenientRecords


class _Escaping(bytearray):
    """Bytes that always decode, with escapes for invalid UTF-8."""

    def __getitem__(self, where: Any) -> Any:
        part = super().__getitem__(where)
        return _Escaping(part) if isinstance(where, slice) else part

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return bytes(self).decode(encoding, errors)


class _LenientBatch(_DefaultRecordBatchPy):  # type: ignore[misc]
    """A batch whose header names are escaped. It is slow, so it is used only when needed."""

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _Escaping(self._buffer)  # type: ignore[has-type]


class _Batch:
    """A batch read the fast way up to the first invalid record, and the lenient way from there."""

    def __init__(self, strict: Any, raw: bytes) -> None:
        self._strict, self._raw = strict, raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._strict, name)

    def __iter__(self) -> Iterator[Any]:
        given = 0
        try:
            for record in self._strict:
                yield record
                given += 1
        except UnicodeDecodeError:
            yield from list(_LenientBatch(self._raw))[given:]


class LenientRecords:
    """A broker's response for one partition, as the fetcher reads it."""

    def __init__(self, raw: bytes) -> None:
        self._strict, self._raw, self._at = MemoryRecords(raw), raw, 0

    def size_in_bytes(self) -> int:
        """Return the length of the whole response."""
        return int(self._strict.size_in_bytes())

    def has_next(self) -> bool:
        """Return True if there is another complete batch."""
        return bool(self._strict.has_next())

    def next_batch(self) -> _Batch:
        """Return the next batch."""
        begin = self._at
        (length,) = struct.unpack_from(">i", self._raw, begin + _BEFORE_LENGTH)
        self._at = begin + _BEFORE_REST + length
        return _Batch(self._strict.next_batch(), self._raw[begin : self._at])
