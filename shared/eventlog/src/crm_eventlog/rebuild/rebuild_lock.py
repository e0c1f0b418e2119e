"""One rebuild of a read model at a time, whoever starts it; given back by ending, however it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text

# The first key of the advisory locks of rebuilds, chosen once.
_REBUILD_LOCKS = 0x43524E


class RebuildUnderWay(Exception):
    """Somebody else rebuilds this read model at this moment."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is being rebuilt already: wait for it to end")


@contextmanager
def alone(engine: Engine, name: str) -> Iterator[None]:
    """Nobody else rebuilds this read model until the block ends; `RebuildUnderWay` when somebody does."""
    if engine.dialect.name != "postgresql":
        try:
            with FileLock(f"{engine.url.database}.{name}.rebuild.lock", timeout=0, thread_local=False):
                yield
        except Timeout:
            raise RebuildUnderWay(name) from None
        return
    # A signed 32-bit key, as the server wants it.
    lock = {"rebuild": _REBUILD_LOCKS, "key": crc32(name.encode()) - 2**31}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        if not session.scalar(text("SELECT pg_try_advisory_lock(:rebuild, :key)"), lock):
            raise RebuildUnderWay(name)
        try:
            yield
        finally:
            session.execute(text("SELECT pg_advisory_unlock(:rebuild, :key)"), lock)
