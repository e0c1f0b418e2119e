"""Read-your-writes: the check that every read model shows a position of the service's own store."""

from sqlalchemy import Engine, select

from crm_eventlog.store.engine import reading
from crm_eventlog.tables import checkpoints, relay_checkpoints

# The largest integer of a database.
_LAST = 2**63 - 1


class PositionMalformed(ValueError):
    """A position that is not `part:pos`, two whole numbers."""


def parse_position(position: str) -> tuple[int, int]:
    """Return the two numbers of `part:pos`."""
    part, colon, pos = position.partition(":")
    if not (colon and part.isdecimal() and pos.isdecimal() and len(position) <= 30 and position.isascii()):
        raise PositionMalformed(position)
    if int(pos) > _LAST:
        raise PositionMalformed(position)
    return int(part), int(pos)


def is_visible(engine: Engine, topic: str, position: str) -> bool:
    """Return True if the position is relayed and every reader of `topic` has read past it.

    The relay stores the log's offset beside its own position, so this also works for the position of a private fact.
    """
    part, pos = parse_position(position)
    with reading(engine) as db:
        relayed = db.execute(
            select(relay_checkpoints.c.pos, relay_checkpoints.c.next_offset).where(relay_checkpoints.c.part == part)
        ).one_or_none()
        if relayed is None or relayed.pos < pos:
            return False
        read = db.scalars(
            select(checkpoints.c.next_offset).where(checkpoints.c.topic == topic, checkpoints.c.partition == part)
        ).all()
    return all(offset >= relayed.next_offset for offset in read)
