"""Consumers of the log: each batch in one transaction, with failing records parked under their key."""

from crm_eventlog.consumer.errors import GapInLog, LogCutShort, ParkingFull, TransientError
from crm_eventlog.consumer.event_consumer import PARKING, EventConsumer, Stopped
from crm_eventlog.consumer.parking import Parked, Queue, count_parked, drop, first_parked, list_parked, queues
from crm_eventlog.consumer.polling_consumer import PollingConsumer
from crm_eventlog.consumer.read_your_writes import PositionMalformed, is_visible, parse_position
from crm_eventlog.consumer.redriving import Redriven, redrive

__all__ = [
    "PARKING",
    "EventConsumer",
    "GapInLog",
    "LogCutShort",
    "Parked",
    "ParkingFull",
    "PollingConsumer",
    "PositionMalformed",
    "Queue",
    "Redriven",
    "Stopped",
    "TransientError",
    "count_parked",
    "drop",
    "first_parked",
    "is_visible",
    "list_parked",
    "parse_position",
    "queues",
    "redrive",
]
