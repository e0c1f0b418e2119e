"""Headers of a record, and how they are kept outside of a log that has headers of its own."""

import orjson

Headers = tuple[tuple[str, bytes | None], ...]


def pack(headers: Headers) -> bytes:
    """JSON of names and values; every byte of a value is one character."""
    return orjson.dumps([(name, None if value is None else value.decode("latin-1")) for name, value in headers])


def unpack(packed: bytes | str) -> Headers:
    """What was packed."""
    return tuple((name, None if value is None else value.encode("latin-1")) for name, value in orjson.loads(packed))
