"""The first schema: store, relay, checkpoints, deadlines, reactions."""

import sqlalchemy as sa
from alembic import op

from crm_eventlog.columns import Instant

revision = "0001"
down_revision = None


# Facts arrive in the order of their partitions. Each partition's counter is locked when its first fact is reached, so
# two commands lock in the same order; each fact gets the next position and is chained to the one before it. The
# positions are returned in the order of the facts; the command's result is stored with one of them.
_APPEND_FACTS = """
CREATE FUNCTION append_facts(
    ids uuid[], versions bigint[], topics text[], states bytea[], parts smallint[], event_ids uuid[], keys uuid[],
    command_ids text[], times timestamptz[], metadatas text[], digests bytea[],
    answered int, the_command text, fingerprint text, aggregate uuid, version bigint, answered_at timestamptz
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    at bigint;
    link bytea;
    before bytea;
    positions bigint[] := '{}';
BEGIN
    FOR i IN 1 .. cardinality(ids) LOOP
        IF i = 1 OR parts[i] <> parts[i - 1] THEN
            SELECT n, head INTO STRICT at, link FROM counters WHERE part = parts[i] FOR UPDATE;
        END IF;
        at := at + 1;
        before := link;
        link := sha256(before || int8send(at) || digests[i]);
        INSERT INTO events (originator_id, originator_version, topic, state, part, event_id, partition_key,
                            command_id, recorded_at, metadata, pos, prev_hash, hash)
        VALUES (ids[i], versions[i], topics[i], states[i], parts[i], event_ids[i], keys[i],
                command_ids[i], times[i], metadatas[i], at, before, link);
        positions := positions || at;
        IF i = cardinality(ids) OR parts[i] <> parts[i + 1] THEN
            UPDATE counters SET n = at, head = link WHERE part = parts[i];
        END IF;
    END LOOP;
    INSERT INTO commands (command_id, fingerprint, aggregate_id, version, position, recorded_at)
    VALUES (the_command, fingerprint, aggregate, version, parts[answered] || ':' || positions[answered], answered_at);
    RETURN positions;
END $$
"""


def upgrade() -> None:
    _store()
    _readers()
    _reactions()
    if op.get_bind().dialect.name == "postgresql":
        # Half-empty pages allow these few hot rows to be updated in place.
        for table in ("counters", "relay_checkpoints", "checkpoints"):
            op.execute(f"ALTER TABLE {table} SET (fillfactor = 50)")
        op.execute(_APPEND_FACTS)


def _store() -> None:
    op.create_table(
        "events",
        sa.Column("originator_id", sa.Uuid, nullable=False),
        sa.Column("originator_version", sa.BigInteger, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("part", sa.SmallInteger, nullable=False),
        sa.Column("pos", sa.BigInteger, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("partition_key", sa.Uuid, nullable=False),
        sa.Column("command_id", sa.Text, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("metadata", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("originator_id", "originator_version", name="events_stream_key"),
        sa.UniqueConstraint("part", "pos", name="events_position_key"),
        sa.UniqueConstraint("event_id", name="events_event_id_key"),
    )
    op.create_table(
        "counters",
        sa.Column("part", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("n", sa.BigInteger, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "commands",
        sa.Column("command_id", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("aggregate_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Text, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("command_id", name="commands_pkey"),
    )
    op.create_table(
        "relay_checkpoints",
        sa.Column("part", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("pos", sa.BigInteger, nullable=False),
        sa.Column("next_offset", sa.BigInteger, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
    )


def _readers() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("partition", sa.SmallInteger, nullable=False),
        sa.Column("next_offset", sa.BigInteger, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("reader", "generation", "topic", "partition", name="checkpoints_pkey"),
    )
    op.create_table(
        "generations",
        sa.Column("reader", sa.Text, primary_key=True),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _reactions() -> None:
    op.create_table(
        "deadlines",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Uuid, nullable=False),
        sa.Column("due_at", Instant),
        sa.Column("command", sa.Text),
        sa.Column("arguments", sa.Text),
        sa.Column("caused_by", sa.Uuid, nullable=False),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("order_key", sa.Text, nullable=False),
        sa.Column("fired_at", Instant),
        sa.PrimaryKeyConstraint("kind", "subject", name="deadlines_pkey"),
    )
    op.create_index("deadlines_due", "deadlines", ["fired_at", "due_at"])
    op.create_table(
        "reactions",
        sa.Column("command_id", sa.Text, primary_key=True),
        sa.Column("reaction", sa.Text, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("caused_by", sa.Uuid, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("at", Instant, nullable=False),
    )
