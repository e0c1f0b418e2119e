"""Read models and their projector, with rows and checkpoint in one transaction."""

from crm_eventlog.projection.added_columns import ColumnNeedsRebuild
from crm_eventlog.projection.keyset import Keyset
from crm_eventlog.projection.projector import Projector, VersionChanged
from crm_eventlog.projection.read_model import ReadModel
from crm_eventlog.upserts import insert_or_ignore, insert_or_replace

__all__ = [
    "ColumnNeedsRebuild",
    "Keyset",
    "Projector",
    "ReadModel",
    "VersionChanged",
    "insert_or_ignore",
    "insert_or_replace",
]
