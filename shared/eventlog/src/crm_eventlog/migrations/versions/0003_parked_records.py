"""Tables for parked records, with their key, and for dropped ones."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from crm_eventlog.columns import Instant

revision = "0003"
down_revision = "0002"


_PLACE = ("reader", "generation", "topic", "partition", "offset")


def upgrade() -> None:
    op.create_table(
        "parked",
        *_record(),
        sa.Column("pos", sa.BigInteger, nullable=False),
        sa.Column("appended_at", Instant, nullable=False),
        sa.Column("parked_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint(*_PLACE, name="parked_pkey"),
    )
    op.create_index("parked_keys", "parked", ["reader", "generation", "key"])
    op.create_table(
        "dropped",
        *_record(),
        sa.Column("dropped_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("dropped_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint(*_PLACE, name="dropped_pkey"),
    )


def _record() -> list[sa.Column[Any]]:
    """Return the columns of a record: its reader, its place in the log and its content."""
    return [
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("partition", sa.SmallInteger, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("raw_key", sa.LargeBinary),
        sa.Column("value", sa.LargeBinary),
        sa.Column("headers", sa.LargeBinary, nullable=False),
        sa.Column("error", sa.Text),
    ]
