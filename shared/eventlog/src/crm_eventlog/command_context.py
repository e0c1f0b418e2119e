"""The context of a command, stored beside every fact of it: who acted, where, when and why."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

COMMAND_NAMESPACE = UUID("5d0c1a4e-8d5b-5c0e-9a55-1b8a0f3c7e21")
COMMAND_ID_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandContext:
    """The context of one command.

    `occurred_at` is the time of the event, `recorded_at` the time at which we learned of it, both aware, in UTC.
    `command_id` is the idempotency key, unique per service. `causation_id` is the event that caused the command.
    `expected_version` lets the command through only while the aggregate has this version. `fingerprint` is the digest
    of the command itself, set by `Application.execute`.
    """

    command_id: str
    actor: str
    role: str
    unit: str
    channel: str
    occurred_at: datetime
    recorded_at: datetime
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None
    expected_version: int | None = None
    fingerprint: str = ""

    def new_id(self, noun: str) -> UUID:
        """Return an id for something this command creates. A repeated command gets the same id."""
        return uuid5(COMMAND_NAMESPACE, f"{self.command_id}/{noun}")
