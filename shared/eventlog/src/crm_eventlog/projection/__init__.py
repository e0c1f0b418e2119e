"""Read models and what keeps them: rows and checkpoint in one transaction."""

from crm_eventlog.projection.follower import Follower
from crm_eventlog.projection.intake import Intake, NotNow, Stopped
from crm_eventlog.projection.projector import Projector, VersionChanged
from crm_eventlog.projection.read_model import ReadModel, insert_or_ignore, insert_or_replace
from crm_eventlog.projection.visible import PositionMalformed, parse_position, visible

__all__ = [
    "Follower",
    "Intake",
    "NotNow",
    "PositionMalformed",
    "Projector",
    "ReadModel",
    "Stopped",
    "VersionChanged",
    "insert_or_ignore",
    "insert_or_replace",
    "parse_position",
    "visible",
]
