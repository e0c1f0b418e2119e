"""Headers of a record, and their serialised form for storage outside of Kafka."""

import orjson

Headers = tuple[tuple[str, bytes | None], ...]


def pack(headers: Headers) -> bytes:
    """Return JSON of names and values, with one character for every byte of a value."""
    return orjson.dumps([(name, None if value is None else value.decode("latin-1")) for name, value in headers])


def unpack(packed: bytes | str) -> Headers:
    """Return the headers that were packed."""
    return tuple((name, None if value is None else value.encode("latin-1")) for name, value in orjson.loads(packed))
