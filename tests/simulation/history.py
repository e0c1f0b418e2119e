"""The history as the clients saw it: a command is invoked, and ends with ok, with fail, or unknown."""

from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Ended(StrEnum):
    """The end of a command for the client who gave it."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"


class Moment(NamedTuple):
    """A command is invoked (`ended` is None) or ends; `position` as the answer says."""

    command_id: str
    customer: UUID
    ended: Ended | None = None
    position: str = ""
