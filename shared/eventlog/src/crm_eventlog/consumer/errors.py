"""Errors of a consumer: transient (retried), poison (parked) and fatal (the partition stops)."""

from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from crm_eventlog.consumer.checkpoint import CheckpointConflict
from crm_eventlog.store import Conflict


class TransientError(Exception):
    """A temporary failure outside. The partition waits and receives the same records again."""


class ParkingFull(TransientError):
    """A full parking table. The reader pauses until an operator has looked."""


class GapInLog(Exception):
    """A gap between the checkpoint and the first record read. Reading on would skip records."""


class LogCutShort(Exception):
    """A log that ends before the checkpoint. It is not the log that was read before."""


class Misplaced(Exception):
    """An event in another partition than its position says. Redelivery could not be recognised."""


# Errors that pass by themselves. The records are processed again.
TRANSIENT = (OperationalError, InterfaceError, TimeoutError, CheckpointConflict, TransientError, Conflict)
# PostgreSQL's limits, such as a text too long for its index. psycopg calls them operational, but they never pass.
_LIMITS = "54"


def is_transient(error: Exception) -> bool:
    """Return True if the error is not the record's fault and passes by itself."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return isinstance(error, TRANSIENT) and not state.startswith(_LIMITS)


def format_error(error: Exception) -> str:
    """Return the error as an operator reads it."""
    return f"{type(error).__name__}: {error}"
