"""Read models and what keeps them: rows and checkpoint in one transaction."""

from crm_eventlog.projection.follower import Follower
from crm_eventlog.projection.intake import PARKING, Intake, Stopped
from crm_eventlog.projection.parking import Parked, Queue, count_parked, drop, first_parked, list_parked, queues
from crm_eventlog.projection.projector import Projector, VersionChanged
from crm_eventlog.projection.read_model import ReadModel, insert_or_ignore, insert_or_replace
from crm_eventlog.projection.redriving import Redriven, redrive
from crm_eventlog.projection.trouble import GapInLog, LogCutShort, NotNow, ParkingFull
from crm_eventlog.projection.visible import PositionMalformed, parse_position, visible

__all__ = [
    "PARKING",
    "Follower",
    "GapInLog",
    "Intake",
    "LogCutShort",
    "NotNow",
    "Parked",
    "ParkingFull",
    "PositionMalformed",
    "Projector",
    "Queue",
    "ReadModel",
    "Redriven",
    "Stopped",
    "VersionChanged",
    "count_parked",
    "drop",
    "first_parked",
    "insert_or_ignore",
    "insert_or_replace",
    "list_parked",
    "parse_position",
    "queues",
    "redrive",
    "visible",
]
