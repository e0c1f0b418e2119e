"""Logs of topics: in memory, in a SQLite file and on Kafka."""

from collections.abc import Callable
from datetime import datetime

from crm_eventlog.log.aiokafka_headers import tolerate_invalid_header_names
from crm_eventlog.log.kafka import KafkaLog
from crm_eventlog.log.log import Log, LogRecord, Outgoing, TopicMissing
from crm_eventlog.log.memory import MemoryLog
from crm_eventlog.log.sqlite import SqliteLog

__all__ = ["KafkaLog", "Log", "LogRecord", "MemoryLog", "Outgoing", "SqliteLog", "TopicMissing", "open_log"]


def open_log(url: str, clock: Callable[[], datetime]) -> Log:
    """Return the log at `kafka://host:port`, `sqlite:///path` or `memory://`."""
    if url.startswith("kafka://"):
        # One header name that is not UTF-8 stops aiokafka from reading every partition.
        tolerate_invalid_header_names()
        return KafkaLog(url)
    return MemoryLog(clock) if url.startswith("memory://") else SqliteLog(url, clock)
