"""Read models and the engine that keeps them: rows and checkpoint in one transaction."""

from crm_eventlog.projection.read_model import ReadModel, insert_or_ignore, insert_or_replace

__all__ = ["ReadModel", "insert_or_ignore", "insert_or_replace"]
