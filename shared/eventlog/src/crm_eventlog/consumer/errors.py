"""What can keep a reader from taking records in: what passes by itself, what is set aside, what stops a partition."""

from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from crm_eventlog.consumer.checkpoint import CheckpointConflict
from crm_eventlog.store import Conflict


class TransientError(Exception):
    """Something outside is down for the moment: the partition waits and the same records come again."""


class ParkingFull(TransientError):
    """So much is set aside for a reader that it pauses until somebody has looked."""


class GapInLog(Exception):
    """Records between the checkpoint and what was read are missing: reading on would skip them."""


class LogCutShort(Exception):
    """The log ends before the checkpoint: it is another log than the one that was read."""


class Misplaced(Exception):
    """An event lies in another partition than its position says: nobody could tell what was sent again."""


# What passes by itself: the records stay where they are and are taken in again.
TRANSIENT = (OperationalError, InterfaceError, TimeoutError, CheckpointConflict, TransientError, Conflict)
# PostgreSQL's limits (a text too long for its index, say): psycopg calls them operational, but they never pass.
_LIMITS = "54"


def is_transient(error: Exception) -> bool:
    """Whether this is no fault of the record and passes by itself."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return isinstance(error, TRANSIENT) and not state.startswith(_LIMITS)


def format_error(error: Exception) -> str:
    """What went wrong, as an operator reads it."""
    return f"{type(error).__name__}: {error}"
