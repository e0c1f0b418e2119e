"""The facts of a command in one parameter, because a dozen arrays took the driver longer than the append itself."""

from alembic import op

revision = "0005"
down_revision = "0004"

# Facts arrive in the order of their partitions, bytes as hexadecimal digits. Each partition's counter is locked when
# its first fact is reached, so two commands lock in the same order; each fact gets the next position and is chained to
# the one before it. The positions are returned in the order of the facts; the result is stored with one of them.
_APPEND_FACTS = """
CREATE FUNCTION append_facts(
    facts json, answered int, command text, fingerprint text, aggregate uuid, version bigint, recorded timestamptz
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    fact record;
    owner smallint;
    place text;
    at bigint;
    link bytea;
    before bytea;
    positions bigint[] := '{}';
BEGIN
    FOR fact IN SELECT * FROM json_to_recordset(facts) AS given(
        id uuid, v bigint, topic text, state text, part smallint, event uuid, key uuid, said text, digest text
    ) LOOP
        IF owner IS DISTINCT FROM fact.part THEN
            IF owner IS NOT NULL THEN
                UPDATE counters SET n = at, head = link WHERE part = owner;
            END IF;
            owner := fact.part;
            SELECT n, head INTO STRICT at, link FROM counters WHERE part = owner FOR UPDATE;
        END IF;
        at := at + 1;
        before := link;
        link := sha256(before || int8send(at) || decode(fact.digest, 'hex'));
        INSERT INTO events (originator_id, originator_version, topic, state, part, event_id, partition_key,
                            command_id, recorded_at, metadata, pos, prev_hash, hash)
        VALUES (fact.id, fact.v, fact.topic, decode(fact.state, 'hex'), owner, fact.event, fact.key,
                command, recorded, fact.said, at, before, link);
        positions := positions || at;
        IF cardinality(positions) = answered THEN
            place := owner || ':' || at;
        END IF;
    END LOOP;
    UPDATE counters SET n = at, head = link WHERE part = owner;
    INSERT INTO commands (command_id, fingerprint, aggregate_id, version, position, recorded_at)
    VALUES (command, fingerprint, aggregate, version, place, recorded);
    RETURN positions;
END $$
"""


def upgrade() -> None:
    # The old function stays for processes of the old code, until the deploy ends them.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_APPEND_FACTS)
