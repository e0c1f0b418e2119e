"""The durable tables of one service, which migrations keep and no rebuild makes anew."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from crm_eventlog.columns import Instant

durable = MetaData()

events = Table(
    "events",
    durable,
    Column("originator_id", Uuid, nullable=False),
    Column("originator_version", BigInteger, nullable=False),
    Column("topic", Text, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("part", SmallInteger, nullable=False),
    Column("pos", BigInteger, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("partition_key", Uuid, nullable=False),
    Column("command_id", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("originator_id", "originator_version", name="events_stream_key"),
    UniqueConstraint("part", "pos", name="events_position_key"),
    UniqueConstraint("event_id", name="events_event_id_key"),
)

# One gapless counter per partition, with the head of its hash chain.
counters = Table(
    "counters",
    durable,
    Column("part", SmallInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
    Column("head", LargeBinary, nullable=False),
)

commands = Table(
    "commands",
    durable,
    Column("command_id", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("position", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    PrimaryKeyConstraint("command_id", name="commands_pkey"),
)

# `pos`: the last relayed position; `next_offset`: the log's offset after it; `epoch`: the fence of its owner.
relay_checkpoints = Table(
    "relay_checkpoints",
    durable,
    Column("part", SmallInteger, primary_key=True, autoincrement=False),
    Column("pos", BigInteger, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("epoch", BigInteger, nullable=False),
)

# The offsets of each reader (a read model's generation, or the reactions), moved in the transaction of its rows.
# `pos`: the publisher's last processed position, by which redelivered records are recognised.
checkpoints = Table(
    "checkpoints",
    durable,
    Column("reader", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", SmallInteger, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("pos", BigInteger, nullable=False, server_default="0"),
    Column("updated_at", Instant, nullable=False),
    PrimaryKeyConstraint("reader", "generation", "topic", "partition", name="checkpoints_pkey"),
)

# The served generation of each read model, the version of its code, the names of its tables separated by blanks,
# and the previous generation that is kept for a roll-back.
generations = Table(
    "generations",
    durable,
    Column("reader", Text, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("tables", Text, nullable=False, server_default=""),
    Column("source", Text, nullable=False, server_default="log"),
    Column("kept", Integer),
)

# "Nothing happened for nine months": scheduled, moved and cancelled by events, fired once by the ticker.
deadlines = Table(
    "deadlines",
    durable,
    Column("kind", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("due_at", Instant),
    Column("command", Text),
    Column("arguments", Text),
    Column("caused_by", Uuid, nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("order_key", Text, nullable=False),
    Column("fired_at", Instant),
    PrimaryKeyConstraint("kind", "subject", name="deadlines_pkey"),
    Index("deadlines_due", "fired_at", "due_at"),
)

# The outcome of every command that a policy, a deadline or an effect gave: done, or refused with the reason.
reactions = Table(
    "reactions",
    durable,
    Column("command_id", Text, primary_key=True),
    Column("reaction", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("caused_by", Uuid, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
    Column("at", Instant, nullable=False),
)

# Records that a reader could not process, and all later records of the same key, in their order.
parked = Table(
    "parked",
    durable,
    Column("reader", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", SmallInteger, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("raw_key", LargeBinary),
    Column("pos", BigInteger, nullable=False),
    Column("value", LargeBinary),
    Column("headers", LargeBinary, nullable=False),
    Column("appended_at", Instant, nullable=False),
    Column("error", Text),
    Column("parked_at", Instant, nullable=False),
    PrimaryKeyConstraint("reader", "generation", "topic", "partition", "offset", name="parked_pkey"),
    Index("parked_keys", "reader", "generation", "key"),
)

# Parked records that an operator dropped, with the reason.
dropped = Table(
    "dropped",
    durable,
    Column("reader", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", SmallInteger, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("raw_key", LargeBinary),
    Column("value", LargeBinary),
    Column("headers", LargeBinary, nullable=False),
    Column("error", Text),
    Column("dropped_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("dropped_at", Instant, nullable=False),
    PrimaryKeyConstraint("reader", "generation", "topic", "partition", "offset", name="dropped_pkey"),
)
