"""The rows of the history: one per public event about a customer, and the names that sentences speak of."""

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import TEXT

from crm_eventlog.columns import Instant

_metadata = MetaData()

# Bytes decide the order on both databases, whatever language the server speaks.
Word = Text().with_variant(TEXT(collation="C"), "postgresql")

customer_history = Table(
    "customer_history",
    _metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("source", Word, nullable=False),
    Column("stream", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("type", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("channel", Word, nullable=False),
    Column("unit", Word, nullable=False),
    Column("actor", Word, nullable=False),
    Column("role", Word, nullable=False),
    Column("correlation_id", Word, nullable=False),
    Column("causation_id", Word),
    Column("data", Word, nullable=False),
)

# The order of a customer's history; what follows the order key lets a filter be decided without looking at the rows.
Index(
    "customer_history_order",
    *(
        customer_history.c[name]
        for name in (
            "customer_id",
            "occurred_at",
            "source",
            "stream",
            "version",
            "kind",
            "channel",
            "recorded_at",
        )
    ),
)

# What a unit or a campaign is called; the newest event about it decides.
history_names = Table(
    "history_names",
    _metadata,
    Column("noun", Word, primary_key=True),
    Column("code", Word, primary_key=True),
    Column("en", Word, nullable=False),
    Column("zh", Word, nullable=False),
    Column("order_key", Word, nullable=False),
)

ORDER_KEY = tuple(customer_history.c[name] for name in ("occurred_at", "source", "stream", "version"))
