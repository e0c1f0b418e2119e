"""Migrations of one service's database, run on request only, never on import."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, func, insert, select

from crm_eventlog.store.chain import GENESIS
from crm_eventlog.tables import counters, relay_checkpoints


class PartitionCountChanged(Exception):
    """A number of partitions that differs from the store's. Positions and hash chains depend on it."""


def migrate(engine: Engine, *, partitions: int) -> None:
    """Run the missing migrations, then create the counters of `partitions` partitions, once."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as db:
        config.attributes["connection"] = db
        command.upgrade(config, "head")
        laid = db.scalar(select(func.count()).select_from(counters)) or 0
        if laid not in (0, partitions):
            raise PartitionCountChanged(f"the store has {laid} partitions, the settings say {partitions}")
        if not laid:
            parts = range(partitions)
            db.execute(insert(counters), [{"part": part, "n": 0, "head": GENESIS} for part in parts])
            db.execute(insert(relay_checkpoints), [{"part": p, "pos": 0, "next_offset": 0, "epoch": 0} for p in parts])
