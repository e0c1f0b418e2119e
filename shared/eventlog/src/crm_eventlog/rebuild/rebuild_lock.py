"""The lock of a rebuild: one at a time per read model. It is released however the process ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text

# The first key of the advisory locks of rebuilds, chosen once.
_REBUILD_LOCKS = 0x43524E


class RebuildUnderWay(Exception):
    """A rebuild of a read model that another process is rebuilding."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is already being rebuilt: wait for that to end")


@contextmanager
def rebuild_lock(engine: Engine, name: str) -> Iterator[None]:
    """Lock rebuilds of this read model until the block ends. Raise `RebuildUnderWay` if another one runs."""
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
