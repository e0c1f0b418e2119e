"""Fixtures for a service's own tests: its web application on a SQLite store, a fixed clock, ids in sequence.

`testing.fuzzing` and `testing.interleaving` need extra libraries. A test imports them where it uses them.
"""

from crm_chassis.testing.builders import (
    NOON,
    PARTITIONS,
    UNTIL_LEARNED,
    at_noon,
    command_context,
    database,
    ids_in_sequence,
    received,
    topics_heard,
)
from crm_chassis.testing.running import help_of, runtime_behind, said_by, settle
from crm_chassis.testing.web_client import SAID_BY, Client, client

__all__ = [
    "NOON",
    "PARTITIONS",
    "SAID_BY",
    "UNTIL_LEARNED",
    "Client",
    "at_noon",
    "client",
    "command_context",
    "database",
    "help_of",
    "ids_in_sequence",
    "received",
    "runtime_behind",
    "said_by",
    "settle",
    "topics_heard",
]
